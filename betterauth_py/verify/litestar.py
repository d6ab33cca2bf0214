"""The verifier in Litestar: a plugin, a guard and dependencies.

Example:
    @get("/me", guards=[signed_in])
    async def me(current_user: CurrentUser) -> dict[str, str]: ...

    app = Litestar([me], plugins=[BetterAuthPlugin(verifier, trusted_origins=["https://app.example.com"])])
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import Any, Final

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
from betterauth_py.verify.records import Record, User, VerifiedSession

with require_package("Litestar", "litestar"):
    from litestar.config.app import AppConfig
    from litestar.connection import ASGIConnection
    from litestar.di import NamedDependency, Provide
    from litestar.enums import ScopeType
    from litestar.exceptions import (
        HTTPException,
        NotAuthorizedException,
        PermissionDeniedException,
        ServiceUnavailableException,
        WebSocketException,
    )
    from litestar.handlers.base import BaseRouteHandler
    from litestar.middleware import ASGIMiddleware
    from litestar.openapi.config import OpenAPIConfig
    from litestar.openapi.spec import Components, SecurityScheme
    from litestar.plugins import InitPlugin
    from litestar.types import ASGIApp, Receive, Scope, Send

__all__ = [
    "SESSION_SECURITY",
    "BetterAuthPlugin",
    "CurrentSession",
    "CurrentUser",
    "OptionalSession",
    "OptionalUser",
    "signed_in",
]

CurrentUser = NamedDependency[User]
"""For a parameter `current_user`: the signed-in user, or 401."""
OptionalUser = NamedDependency[User | None]
"""For a parameter `optional_user`: the signed-in user, or None."""
CurrentSession = NamedDependency[VerifiedSession]
"""For a parameter `current_session`: the session and its user, or 401."""
OptionalSession = NamedDependency[VerifiedSession | None]
"""For a parameter `optional_session`: the session and its user, or None."""

SESSION_SECURITY: Final[list[dict[str, list[str]]]] = [{"SessionCookie": []}, {"BearerToken": []}]
"""For `security=` of a handler: documents in OpenAPI that it takes the session's cookie or a bearer token."""

_AUTH_STATE: Final = "betterauth.auth_state"
_EXCEPTIONS: Final[dict[int, type[HTTPException]]] = {
    401: NotAuthorizedException,
    403: PermissionDeniedException,
    503: ServiceUnavailableException,
}
_CLOSED_AS_UNAUTHORIZED: Final = 4401


class BetterAuthPlugin(InitPlugin):
    """Verifies the session of every request.

    - `request.user` (`connection.user`) is the `User` or None, `request.auth` the `VerifiedSession` or None.
    - Dependencies: `current_user: CurrentUser` and `current_session: CurrentSession` are 401 without a session,
      `optional_user: OptionalUser` and `optional_session: OptionalSession` are None.
    - `guards=[signed_in]` protects handlers, controllers, routers or the app.
    - `exclude_from_auth=True` on a handler: the request is not authenticated, and has no user.
    - Handlers may return a `User`, which becomes JSON under better-auth's names.

    An untrusted page's unsafe request or WebSocket with cookies is 403; 503 with `Retry-After` if the session cannot be
    checked.
    Refreshed cookies are passed back. The verifier's connections are closed on shutdown.
    """

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
        self._verifier: Final = AsyncRequestVerifier(
            verifier, trusted_origins=trusted_origins, check_origin=check_origin, retry_after=retry_after
        )
        self._cookie_name: Final = cookie_name

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        """Add the middleware, the dependencies and the OpenAPI declarations."""
        app_config.middleware.insert(0, _Introduction(self._verifier))
        provided = {
            "current_user": current_user,
            "current_session": current_session,
            "optional_user": optional_user,
            "optional_session": optional_session,
        }
        for name, provider in provided.items():
            app_config.dependencies.setdefault(name, Provide(provider, sync_to_thread=False))
        app_config.type_encoders = {Record: dict, **(app_config.type_encoders or {})}
        app_config.signature_types = [*app_config.signature_types, User, VerifiedSession]
        app_config.on_shutdown.append(self._close)
        if app_config.openapi_config is not None:
            app_config.openapi_config = self._described(app_config.openapi_config)
        return app_config

    async def _close(self) -> None:
        await asgi.close(self._verifier.verifier)

    def _described(self, config: OpenAPIConfig) -> OpenAPIConfig:
        schemes = Components(
            security_schemes={
                "SessionCookie": SecurityScheme(
                    type="apiKey",
                    name=self._cookie_name,
                    security_scheme_in="cookie",
                    description=COOKIE_DESCRIPTION,
                ),
                "BearerToken": SecurityScheme(type="http", scheme="bearer", description=BEARER_DESCRIPTION),
            }
        )
        config = copy(config)
        given = config.components if isinstance(config.components, list) else [config.components]
        config.components = [*given, schemes]
        return config


class _Introduction(ASGIMiddleware):
    scopes = (ScopeType.HTTP, ScopeType.WEBSOCKET)

    def __init__(self, request_verifier: AsyncRequestVerifier) -> None:
        self._verifier = request_verifier

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Answer one connection."""
        connection: Any = scope
        sending: Any = send
        try:
            auth_state = AuthState(None) if _is_excluded(scope) else await asgi.authenticate(self._verifier, connection)
        except Rejection as rejection:
            if scope["type"] == ScopeType.WEBSOCKET:
                await asgi.reject(connection, sending, rejection)
                return
            raise _exception(rejection) from None
        connection[_AUTH_STATE] = auth_state
        scope["user"] = auth_state.user
        scope["auth"] = auth_state.verified
        sending = asgi.with_cookies(sending, auth_state.set_cookies)
        if scope["type"] == ScopeType.WEBSOCKET and asgi.can_deny(connection):
            sending = _denying(connection, sending)
        await next_app(scope, receive, sending)


def _is_excluded(scope: Scope) -> bool:
    # Not with `exclude_opt_key`: a handler's `request.user` would then raise instead of being None.
    return bool(scope["route_handler"].opt.get("exclude_from_auth"))


def _denying(scope: asgi.Scope, send: asgi.Send) -> asgi.Send:
    """Return a `send` that turns Litestar's close code into the HTTP status that a handshake can still have."""
    accepted = False

    async def deny(message: asgi.Message) -> None:
        nonlocal accepted
        accepted = accepted or message["type"] == "websocket.accept"
        if accepted or message["type"] != "websocket.close" or message.get("code") != _CLOSED_AS_UNAUTHORIZED:
            await send(message)
            return
        try:
            AuthState(None).signed_in()
        except Rejection as rejection:
            await asgi.reject(scope, send, rejection)

    return deny


def signed_in(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guard: 401 without a session.

    Raises:
        NotAuthorizedException: then.
    """
    current_session(connection.scope)


def current_session(scope: Scope) -> VerifiedSession:
    """Dependency: the session and its user.

    Raises:
        NotAuthorizedException: if there is none; for a WebSocket, a WebSocketException that becomes a 401 too.
    """
    auth_state: AuthState = scope.get(_AUTH_STATE) or AuthState(None)  # type: ignore[assignment]
    try:
        return auth_state.signed_in()
    except Rejection as rejection:
        # Litestar would close a WebSocket as after one of its own errors.
        unopened = WebSocketException(detail=rejection.detail, code=_CLOSED_AS_UNAUTHORIZED)
        raise (unopened if scope["type"] == ScopeType.WEBSOCKET else _exception(rejection)) from None


def current_user(scope: Scope) -> User:
    """Dependency: the signed-in user.

    Raises:
        NotAuthorizedException: if there is none; for a WebSocket, a WebSocketException that becomes a 401 too.
    """
    return current_session(scope).user


def optional_session(scope: Scope) -> VerifiedSession | None:
    """Dependency: the session and its user, or None."""
    auth_state: AuthState | None = scope.get(_AUTH_STATE)  # type: ignore[assignment]
    return None if auth_state is None else auth_state.verified


def optional_user(scope: Scope) -> User | None:
    """Dependency: the signed-in user, or None."""
    verified = optional_session(scope)
    return None if verified is None else verified.user


def _exception(rejection: Rejection) -> HTTPException:
    return _EXCEPTIONS[rejection.status](detail=rejection.detail, headers=dict(rejection.headers))
