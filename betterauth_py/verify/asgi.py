"""The verifier in front of any ASGI application: `scope["user"]` and `scope["betterauth"]`.

Example:
    app = BetterAuthMiddleware(app, verifier, trusted_origins=["https://app.example.com"])

Starlette, FastAPI and Litestar have integrations of their own.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, Final

from betterauth_py.errors import ConfigurationError
from betterauth_py.verify.csrf import WEBSOCKET
from betterauth_py.verify.integration import AsyncRequestVerifier, AsyncVerifier, AuthState, Rejection, with_peer

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

_STARTS: Final = frozenset({"http.response.start", "websocket.accept", "websocket.http.response.start"})
_DENIAL: Final = "websocket.http.response"
_POLICY_VIOLATION: Final = 1008
_TRY_AGAIN_LATER: Final = 1013


class BetterAuthMiddleware:
    """Puts the `User` or None into `scope["user"]` and the `VerifiedSession` or None into `scope["betterauth"]`.

    Who is not let in gets 401, 403 or 503 as JSON, WebSockets before they are accepted. Refreshed cookies are passed
    back with the answer. The connections of the verifier are closed when the application shuts down. Put it inside
    (after) a CORS middleware, so that refusals have CORS headers too.
    """

    def __init__(
        self,
        app: ASGIApp,
        verifier: AsyncVerifier,
        *,
        trusted_origins: Iterable[str] = (),
        check_origin: bool = True,
        required: bool = False,
        exclude: Iterable[str] = (),
        retry_after: int = 5,
    ) -> None:
        """Wrap `app`.

        Args:
            app: the application.
            verifier: knows sessions.
            trusted_origins: whose pages may send unsafe requests and open WebSockets with cookies; see `csrf`.
            check_origin: False turns that check off.
            required: answer 401 to everybody without a session, but for CORS preflights.
            exclude: paths that are not authenticated: `/health` alone, `/static/` and everything below; without the
                path the application is mounted at.
            retry_after: seconds for the `Retry-After` of a 503.

        Raises:
            ConfigurationError: if the verifier is the sync one, an origin is none, or `exclude` is a text.
        """
        if isinstance(exclude, str):
            raise ConfigurationError(f"exclude: give a list of paths, [{exclude!r}], not a text.")
        self.app: Final = app
        self._verifier: Final = AsyncRequestVerifier(
            verifier, trusted_origins=trusted_origins, check_origin=check_origin, retry_after=retry_after
        )
        self._required: Final = required
        self._excluded: Final = frozenset(exclude)
        self._excluded_folders: Final = tuple(path for path in self._excluded if path.endswith("/"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "lifespan":
            await self._until_shutdown(scope, receive, send)
        elif scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
        elif self._is_excluded(scope):
            self.introduce(scope, AuthState(None))
            await self.app(scope, receive, send)
        else:
            await self._answer(scope, receive, send)

    def introduce(self, scope: Scope, auth_state: AuthState) -> None:
        """Authenticate the connection and pass it to the application."""
        scope["betterauth"] = auth_state.verified
        scope["user"] = auth_state.user

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            auth_state = await authenticate(self._verifier, scope)
        except Rejection as rejection:
            await reject(scope, send, rejection)
            return
        send = with_cookies(send, auth_state.set_cookies)
        if self._required and not is_preflight(scope):
            try:
                auth_state.signed_in()
            except Rejection as rejection:
                await reject(scope, send, rejection)
                return
        self.introduce(scope, auth_state)
        await self.app(scope, receive, send)

    def _is_excluded(self, scope: Scope) -> bool:
        path, root = scope["path"], scope.get("root_path", "")
        # Paths are compared without the mount (Starlette's mounts, uvicorn's --root-path).
        if root and path.startswith(f"{root}/"):
            path = path[len(root) :]
        return path in self._excluded or path.startswith(self._excluded_folders)

    async def _until_shutdown(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, receive, send)
        finally:
            await close(self._verifier.verifier)


async def authenticate(request_verifier: AsyncRequestVerifier, scope: Scope) -> AuthState:
    """Authenticate the connection.

    Raises:
        Rejection: 403 if an untrusted page sends cookies, 503 if the session cannot be checked.
    """
    method = WEBSOCKET if scope["type"] == "websocket" else scope["method"]
    headers = with_peer(scope["headers"], (scope.get("client") or (None,))[0])
    return await request_verifier.authenticate(method, scope.get("scheme", "http"), headers)


async def close(verifier: AsyncVerifier) -> None:
    """Close the connections of a verifier that has any."""
    aclose = getattr(verifier, "aclose", None)
    if aclose is not None:
        await aclose()


async def reject(scope: Scope, send: Send, rejection: Rejection) -> None:
    """Send the rejection: as JSON, for a WebSocket as an HTTP answer too if the server can, else as a close code."""
    prefix = ""
    if scope["type"] == "websocket":
        if not can_deny(scope):
            await send({"type": "websocket.close", "code": close_code(rejection), "reason": rejection.detail})
            return
        prefix = "websocket."
    body = json.dumps({"detail": rejection.detail}, separators=(",", ":")).encode()
    headers = (("content-type", "application/json"), ("content-length", str(len(body))), *rejection.headers)
    encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    await send({"type": f"{prefix}http.response.start", "status": rejection.status, "headers": encoded})
    await send({"type": f"{prefix}http.response.body", "body": body})


def can_deny(scope: Scope) -> bool:
    """Return whether the server can answer the opening of a WebSocket with an HTTP status (ASGI's denial response)."""
    return _DENIAL in (scope.get("extensions") or {})


def close_code(rejection: Rejection) -> int:
    """Return the close code for a server that cannot (RFC 6455, 7.4.1 and IANA's registry)."""
    return _TRY_AGAIN_LATER if rejection.status == 503 else _POLICY_VIOLATION


def with_cookies(send: Send, set_cookies: Iterable[str]) -> Send:
    """Return a `send` that adds `Set-Cookie` headers to the answer's start; they may still be added until then."""

    async def add_cookies(message: Message) -> None:
        if message["type"] in _STARTS:
            cookies = [(b"set-cookie", value.encode("latin-1")) for value in set_cookies]
            if cookies:
                message["headers"] = [*(message.get("headers") or ()), *cookies]
        await send(message)

    return add_cookies


def is_preflight(scope: Scope) -> bool:
    """Return whether this is a CORS preflight, which never carries credentials (Fetch standard)."""
    if scope["type"] != "http" or scope["method"] != "OPTIONS":
        return False
    return any(name.lower() == b"access-control-request-method" for name, _ in scope["headers"])
