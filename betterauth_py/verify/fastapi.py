"""The verifier in FastAPI: dependencies for the signed-in user.

auth = SessionAuth(SessionVerifier(Remote("http://localhost:3001")), trusted_origins=["http://localhost:3000"])
CurrentUser = Annotated[User, Depends(auth.user)]

@app.get("/me")
async def me(user: CurrentUser): ...
"""

# No `from __future__ import annotations`: FastAPI has to see the annotations of the functions made here.
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import Annotated, Any, Final

from betterauth_py.verify import asgi
from betterauth_py.verify.integration import (
    BEARER_DESCRIPTION,
    COOKIE_DESCRIPTION,
    COOKIE_NAME,
    AsyncRequestVerifier,
    AsyncVerifier,
    AuthState,
    Rejection,
    require_package,
)
from betterauth_py.verify.records import User, VerifiedSession

with require_package("FastAPI", "fastapi", "starlette"):
    from fastapi import FastAPI, HTTPException, Response, Security, WebSocketException
    from fastapi.openapi.models import APIKey, HTTPBearer
    from fastapi.security.base import SecurityBase
    from starlette.datastructures import Headers
    from starlette.requests import HTTPConnection

__all__ = ["REFUSALS", "RefreshedCookiesMiddleware", "SessionAuth"]

_COOKIES: Final = "betterauth.set_cookies"
_DETAIL: Final = {"type": "object", "properties": {"detail": {"type": "string"}}, "required": ["detail"]}

REFUSALS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"description": description, "content": {"application/json": {"schema": _DETAIL}}}
    for status, description in (
        (401, "Not authenticated"),
        (403, "Origin not allowed"),
        (503, "Authentication service unavailable"),
    )
}
"""For `responses=` of an endpoint, router or the app: documents the refusals of the dependencies in OpenAPI."""


class SessionAuth:
    """Dependencies for the signed-in user. A request is verified once, however many of them it uses.

    Without a session the required forms answer 401 `{"detail": "Not authenticated"}`. An untrusted page's unsafe
    request (or WebSocket) with cookies is 403; 503 with `Retry-After` if the session cannot be checked, in the optional
    forms too.
    In tests, `app.dependency_overrides[auth.user]` replaces one.
    """

    user: Callable[..., Coroutine[Any, Any, User]]
    """Dependency: the signed-in user, or 401."""
    optional_user: Callable[..., Coroutine[Any, Any, User | None]]
    """Dependency: the signed-in user, or None."""
    session: Callable[..., Coroutine[Any, Any, VerifiedSession]]
    """Dependency: the session and its user, or 401."""
    optional_session: Callable[..., Coroutine[Any, Any, VerifiedSession | None]]
    """Dependency: the session and its user, or None."""

    def __init__(
        self,
        verifier: AsyncVerifier,
        *,
        trusted_origins: Iterable[str] = (),
        check_origin: bool = True,
        retry_after: int = 5,
        cookie_name: str = COOKIE_NAME,
    ) -> None:
        """Ask `verifier`.

        Args:
            verifier: knows sessions.
            trusted_origins: whose pages may send unsafe requests and open WebSockets with cookies; see `csrf`.
            check_origin: False turns that check off.
            retry_after: seconds for the `Retry-After` of a 503.
            cookie_name: the session cookie's name in the OpenAPI document; nothing else depends on it.

        Raises:
            ConfigurationError: if the verifier is the sync one, or an origin is none.
        """
        request_verifier = AsyncRequestVerifier(
            verifier, trusted_origins=trusted_origins, check_origin=check_origin, retry_after=retry_after
        )
        shown = {"in": "cookie", "name": cookie_name, "description": COOKIE_DESCRIPTION}
        cookie = _Scheme("SessionCookie", APIKey.model_validate(shown))
        bearer = _Scheme("BearerToken", HTTPBearer(description=BEARER_DESCRIPTION))

        # FastAPI spends more time on a nested dependency than verification takes, so these have none except those for
        # OpenAPI; the result is kept in the scope.
        CookieShown = Annotated[None, Security(cookie)]  # noqa: N806 - a type
        BearerShown = Annotated[None, Security(bearer)]  # noqa: N806
        key = f"betterauth.auth_state.{id(self)}"

        async def authenticate(connection: HTTPConnection, response: Response) -> AuthState:
            found: AuthState | None = connection.scope.get(key)
            if found is None:
                try:
                    found = await asgi.authenticate(request_verifier, connection.scope)
                except Rejection as rejection:
                    raise _exception(connection, rejection) from None
                connection.scope[key] = found
                _pass_back(connection, response, found.set_cookies)
            return found

        async def session(
            connection: HTTPConnection, response: Response, _cookie: CookieShown, _bearer: BearerShown
        ) -> VerifiedSession:
            auth_state = await authenticate(connection, response)
            try:
                return auth_state.signed_in()
            except Rejection as rejection:
                raise _exception(connection, rejection, auth_state.set_cookies) from None

        async def optional_session(
            connection: HTTPConnection, response: Response, _cookie: CookieShown, _bearer: BearerShown
        ) -> VerifiedSession | None:
            return (await authenticate(connection, response)).verified

        async def user(
            connection: HTTPConnection, response: Response, _cookie: CookieShown, _bearer: BearerShown
        ) -> User:
            return (await session(connection, response, None, None)).user

        async def optional_user(
            connection: HTTPConnection, response: Response, _cookie: CookieShown, _bearer: BearerShown
        ) -> User | None:
            verified = (await authenticate(connection, response)).verified
            return None if verified is None else verified.user

        self._verifier: Final = verifier
        self.session = session
        self.optional_session = optional_session
        self.user = user
        self.optional_user = optional_user

    @asynccontextmanager
    async def lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        """Close the verifier's connections when the application stops: `FastAPI(lifespan=auth.lifespan)`."""
        try:
            yield
        finally:
            await asgi.close(self._verifier)


class RefreshedCookiesMiddleware:
    """Passes refreshed cookies back with every answer: `app.add_middleware(RefreshedCookiesMiddleware)`.

    Without it they go back only with values that FastAPI makes the answer of, not with a `Response` that the endpoint
    makes itself, and not when a WebSocket is accepted.
    """

    def __init__(self, app: asgi.ASGIApp) -> None:
        """Wrap `app`."""
        self.app: Final = app

    async def __call__(self, scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        """Answer one connection."""
        if scope["type"] in {"http", "websocket"}:
            cookies: list[str] = []
            scope[_COOKIES] = cookies
            send = asgi.with_cookies(send, cookies)
        await self.app(scope, receive, send)


class _Scheme(SecurityBase):
    """Documents the credentials in OpenAPI; it reads nothing, and so works for WebSockets too."""

    def __init__(self, scheme_name: str, model: APIKey | HTTPBearer) -> None:
        self.scheme_name = scheme_name
        self.model = model

    async def __call__(self) -> None:
        """Read nothing."""


def _pass_back(connection: HTTPConnection, response: Response, set_cookies: tuple[str, ...]) -> None:
    kept: list[str] | None = connection.scope.get(_COOKIES)
    if kept is not None:
        kept.extend(set_cookies)
        return
    for value in set_cookies:
        response.headers.append("set-cookie", value)


def _exception(
    connection: HTTPConnection, rejection: Rejection, set_cookies: tuple[str, ...] = ()
) -> HTTPException | WebSocketException:
    scope = connection.scope
    if scope["type"] == "websocket" and not asgi.can_deny(scope):
        return WebSocketException(asgi.close_code(rejection), rejection.detail)
    pairs = list(rejection.headers)
    if _COOKIES not in scope:
        pairs += [("set-cookie", value) for value in set_cookies]
    # A mapping that may contain a name several times.
    headers = Headers(raw=[(name.encode(), value.encode("latin-1")) for name, value in pairs])
    return HTTPException(rejection.status, rejection.detail, headers)
