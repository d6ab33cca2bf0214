"""What the framework integrations share: the origin check, the verifier, and the answers 401, 403 and 503."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from inspect import iscoroutinefunction
from typing import Any, Final, Protocol

from betterauth_py.errors import ConfigurationError
from betterauth_py.verify.credentials import Headers
from betterauth_py.verify.csrf import OriginCheck, UntrustedOriginError
from betterauth_py.verify.errors import NoSessionError, SessionError, VerificationUnavailableError
from betterauth_py.verify.records import User, VerifiedSession

logger = logging.getLogger("betterauth.verify")

COOKIE_NAME: Final = "better-auth.session_token"
# Descriptions of the credentials in OpenAPI.
COOKIE_DESCRIPTION: Final = "Set by the auth server at sign-in; browsers send it by themselves."
BEARER_DESCRIPTION: Final = "A token of the auth server's jwt or bearer plugin."


class AsyncVerifier(Protocol):
    """The part of a `SessionVerifier` that integrations use; tests may pass something simpler."""

    async def verify(self, headers: Headers) -> VerifiedSession:
        """Return the session of a request, or raise a `SessionError`."""
        ...


class SyncVerifier(Protocol):
    """The part of a `sync.SessionVerifier` that integrations use."""

    def verify(self, headers: Headers) -> VerifiedSession:
        """Return the session of a request, or raise a `SessionError`."""
        ...


class Rejection(Exception):  # noqa: N818 - an answer, which some frameworks want raised
    """The answer to a rejected request, without details."""

    def __init__(self, status: int, detail: str, *headers: tuple[str, str]) -> None:
        """Create the answer: status, text for the client, and headers; `Set-Cookie` may repeat."""
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = (*headers, ("cache-control", "no-store"))


@dataclass(frozen=True, slots=True)
class AuthState:
    """The session of a request, or that there is none."""

    verified: VerifiedSession | None
    set_cookies: tuple[str, ...] = ()
    """Cookies that the auth service refreshed or cleared, to be passed back with every answer."""

    @property
    def user(self) -> User | None:
        """The signed-in user, if there is one."""
        return None if self.verified is None else self.verified.user

    def signed_in(self) -> VerifiedSession:
        """Return the session.

        Raises:
            Rejection: 401 if there is none.
        """
        if self.verified is None:
            # A 401 names an authentication scheme (RFC 9110, 11.6.1).
            raise Rejection(401, "Not authenticated", ("www-authenticate", "Bearer"))
        return self.verified


def is_async(verifier: AsyncVerifier | SyncVerifier) -> bool:
    """Return whether the verifier is async.

    Raises:
        ConfigurationError: if it is not a verifier.
    """
    if isinstance(verifier, type) or not callable(getattr(verifier, "verify", None)):
        given = f"the class {verifier.__name__}" if isinstance(verifier, type) else f"a {type(verifier).__name__}"
        raise ConfigurationError(f"verifier: give a SessionVerifier, as in SessionVerifier(Remote(url)), not {given}.")
    return iscoroutinefunction(verifier.verify)


class _RequestVerifier:
    def __init__(self, trusted_origins: Iterable[str], check_origin: bool, retry_after: int) -> None:
        if type(retry_after) is not int or retry_after < 0:
            raise ConfigurationError(f"retry_after: give whole seconds, such as 5, not {retry_after!r}.")
        self._origins: Final = OriginCheck(trusted_origins)
        self._check_origin: Final = check_origin
        self._retry_after: Final = retry_after

    def _screen(self, method: str, scheme: str, headers: Headers) -> Headers:
        """Return the headers to use, after the origin check.

        Raises:
            Rejection: 403 if an untrusted page sends cookies.
        """
        if not self._check_origin:
            return headers
        try:
            return self._origins.screen(method, scheme, headers)
        except UntrustedOriginError as error:
            logger.warning("Refused: %s. If it is right, add it to trusted_origins.", error)
            raise Rejection(403, "Origin not allowed") from None

    def _without_session(self, error: SessionError) -> AuthState:
        """Return the state of a request without a session.

        Raises:
            Rejection: 503 if the session could not be checked.
        """
        if isinstance(error, VerificationUnavailableError):
            raise Rejection(
                503, "Authentication service unavailable", ("retry-after", str(self._retry_after))
            ) from None
        if not isinstance(error, NoSessionError):
            logger.info("No session: %s", error.reason)
        return AuthState(None, error.set_cookies)


class AsyncRequestVerifier(_RequestVerifier):
    """Authenticates requests with a verifier for asyncio."""

    def __init__(
        self, verifier: AsyncVerifier, *, trusted_origins: Iterable[str], check_origin: bool, retry_after: int
    ) -> None:
        """Ask `verifier`.

        Raises:
            ConfigurationError: if the verifier is the sync one or none, or another option is wrong.
        """
        if not is_async(verifier):
            raise ConfigurationError("This framework is async: use betterauth_py.verify.SessionVerifier, not sync's.")
        super().__init__(trusted_origins, check_origin, retry_after)
        self.verifier: Final = verifier

    async def authenticate(self, method: str, scheme: str, headers: Headers) -> AuthState:
        """Return the session of a request.

        Raises:
            Rejection: 403 if an untrusted page sends cookies, 503 if the session cannot be checked.
        """
        screened = self._screen(method, scheme, headers)
        try:
            verified = await self.verifier.verify(screened)
        except SessionError as error:
            return self._without_session(error)
        return AuthState(verified, verified.set_cookies)


class SyncRequestVerifier(_RequestVerifier):
    """Authenticates requests with a verifier that blocks its thread."""

    def __init__(
        self, verifier: SyncVerifier, *, trusted_origins: Iterable[str], check_origin: bool, retry_after: int
    ) -> None:
        """Ask `verifier`.

        Raises:
            ConfigurationError: if the verifier is the async one or none, or another option is wrong.
        """
        if is_async(verifier):
            raise ConfigurationError(
                "This framework needs the verifier without await: from betterauth_py.verify import sync, and "
                "sync.SessionVerifier(sync.Remote(...))."
            )
        super().__init__(trusted_origins, check_origin, retry_after)
        self.verifier: Final = verifier

    def authenticate(self, method: str, scheme: str, headers: Headers) -> AuthState:
        """Return the session of a request.

        Raises:
            Rejection: 403 if an untrusted page sends cookies, 503 if the session cannot be checked.
        """
        screened = self._screen(method, scheme, headers)
        try:
            verified = self.verifier.verify(screened)
        except SessionError as error:
            return self._without_session(error)
        return AuthState(verified, verified.set_cookies)


def with_peer(headers: Headers, peer: str | None) -> Headers:
    """Return the headers with the address of the connection, unless a proxy has named the client's."""
    if not peer:
        return headers
    pairs = list(headers.items() if isinstance(headers, Mapping) else headers)
    if any(len(name) == 15 and _is_forwarded_for(name) for name, _ in pairs):
        return headers
    in_bytes = bool(pairs) and isinstance(pairs[0][0], bytes)
    added: Any = (b"x-forwarded-for", peer.encode()) if in_bytes else ("x-forwarded-for", peer)
    return [*pairs, added]


def _is_forwarded_for(name: str | bytes) -> bool:
    return name.lower() in {"x-forwarded-for", b"x-forwarded-for"}


@contextmanager
def require_package(framework: str, package: str, *parts: str) -> Iterator[None]:
    """Check that the framework of an integration and its packages are installed and new enough.

    Raises:
        ImportError: if it is.
    """
    try:
        yield
    except ImportError as error:
        packages = (package, *parts)
        if error.name is None or error.name.partition(".")[0] not in packages:
            raise
        module = f"betterauth_py.verify.{package}"
        if isinstance(error, ModuleNotFoundError) and error.name in packages:
            msg = f"{module} is for {framework}, which is not installed: pip install {package}"
            raise ModuleNotFoundError(msg, name=error.name) from None
        msg = f"{module} needs a newer {framework}: pip install --upgrade {package} ({error})"
        raise ImportError(msg, name=error.name) from None
