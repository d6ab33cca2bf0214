"""The ASGI app: a Litestar app that passes auth requests to the pipeline without routing them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from re import compile as compile_pattern
from time import perf_counter
from typing import Any, Final, Protocol

from litestar import Litestar, asgi
from litestar import Response as LitestarResponse
from litestar.handlers import ASGIRouteHandler
from litestar.plugins import PluginProtocol
from litestar.types import Receive, Scope, Send

from betterauth_py.core.auth_context import AuthContext, logger
from betterauth_py.core.endpoint import Endpoint
from betterauth_py.core.messages import JSON_TYPE, BodyTooLargeError, Request, Response, empty_response
from betterauth_py.http.cors import add_cors_headers, answer_preflight, is_preflight
from betterauth_py.http.health import Readiness
from betterauth_py.http.landing import LandingPage
from betterauth_py.http.peers import is_host, peer_without_address
from betterauth_py.http.pipeline import Pipeline
from betterauth_py.http.router import resolve_dot_segments
from betterauth_py.http.security_headers import SecurityHeaders
from betterauth_py.javascript import json
from betterauth_py.log import log_access, new_request_id
from betterauth_py.wire.headers import HeadersTooLargeError, RequestHeaders

# A valid mount path. Without this, a client's extra slashes (`//x`, `/%2Fx`) would look like one.
_MOUNT: Final = compile_pattern(r"(?:/(?:(?!%2[fF])[^/])+)+")
_MOST_MOUNTS_TOLD: Final = 10

# Path and query; Node's parser takes 16 KiB of these and all headers together.
_LONGEST_TARGET: Final = 16_384

Lifecycle = Callable[[], Awaitable[None]]
Respond = Callable[[Scope], Awaitable[Response]]


class Sender(Protocol):
    """Sends an answer to an ASGI server."""

    async def __call__(self, response: Response, send: Any, *, headers_only: bool = False) -> None:
        """Send it; without its body for HEAD."""
        ...


class AuthHandler:
    """Serves the auth endpoints: everything below the base path."""

    def __init__(self, auth: AuthContext, pipeline: Pipeline, send_response: Sender) -> None:
        """Hand requests to `pipeline`."""
        self._auth = auth
        self._pipeline = pipeline
        self._send = send_response
        self._access_log = auth.options.logger.access_log
        self._mounts_told: set[str] = set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one ASGI request."""
        started = perf_counter()
        try:
            request = self._request(scope, receive)
        except HeadersTooLargeError:
            # As Node's HTTP server. A server with its own limits never gets here.
            await self._send(empty_response(431), send)
            return
        try:
            response = await self._respond(request)
        except ClientGoneError:
            return
        except Exception as error:
            if self._auth.options.on_api_error.throw:
                raise
            # Outside the pipeline only a function of the options can fail, such as `trusted_origins`.
            logger.error("Unexpected %s", type(error).__name__, exc_info=error)
            response = empty_response(500)
        await self._send(response, send)
        if self._access_log:
            log_access(request.method, self._pipeline.route_of(request), response.status, perf_counter() - started)

    async def _respond(self, request: Request) -> Response:
        if not is_host(request.headers.value("host") or ""):
            # better-auth 1.7.25 on Node crashes here, because this is no valid URL.
            return Response(400, [("content-type", JSON_TYPE)])
        if request.method == "OPTIONS" and is_preflight(request):
            return await answer_preflight(self._auth, request)
        given = request.headers.value("x-request-id")
        if self._access_log or given is not None:
            request.id = new_request_id(given)
        response = await self._pipeline.handle(request)
        if given is not None and given == request.id:
            response.headers.append(("x-request-id", given))
        if request.headers.value("origin") is not None:
            await add_cors_headers(self._auth, request, response)
        return response

    def _request(self, scope: Any, receive: Any) -> Request:
        query: bytes = scope["query_string"]
        if len(query) + len(scope["path"]) > _LONGEST_TARGET:
            raise HeadersTooLargeError
        headers = RequestHeaders.from_asgi(scope["headers"])
        return Request(
            method=scope["method"],
            path=self._path(scope),
            query_string=query.decode("latin-1") if query else "",
            headers=headers,
            scheme=scope["scheme"],
            connection_from=scope.get("client") or peer_without_address(scope),
            read_body=lambda most: _read_body(receive, headers, most),
        )

    def _path(self, scope: Any) -> str:
        """Return the path as it was sent, including the mount."""
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        path = resolve_dot_segments(raw.decode("latin-1").partition("?")[0])
        base_path, root_path = self._auth.base_path, (scope.get("root_path") or "").rstrip("/")
        if not root_path and not path.startswith(base_path) and path.endswith(scope["path"].rstrip("/")):
            # Litestar strips the mount from the path and does not pass it on.
            mount = path.removesuffix(scope["path"].rstrip("/")).rstrip("/")
            root_path = mount if _MOUNT.fullmatch(mount) else ""
        if not root_path or (path.startswith(base_path) and base_path.startswith(root_path)):
            return path
        whole = path if path.startswith(f"{root_path}/") else f"{root_path}{path}"
        if whole.startswith(base_path):
            return whole
        self._tell_of_mount(root_path)
        inner = whole.removeprefix(root_path)
        return inner if inner.startswith(base_path) else whole

    def _tell_of_mount(self, root_path: str) -> None:
        """Warn once, if mount and base path differ, that links lead elsewhere or that nothing is found."""
        # A mount with parameters has any number of paths.
        if root_path in self._mounts_told or len(self._mounts_told) >= _MOST_MOUNTS_TOLD:
            return
        self._mounts_told.add(root_path)
        base_path = self._auth.base_path
        logger.warning(
            "This app is mounted at %s, but its links lead to %s, because that is its base path. Mount it at %s, or "
            "set base_url (BETTER_AUTH_URL) to a URL with the path %s or %s%s, whichever clients use.",
            root_path, base_path, base_path, root_path, root_path, base_path,
        )  # fmt: skip


class ClientGoneError(BaseException):
    """The connection ended before the whole request arrived; an incomplete body is not processed."""


async def _read_body(receive: Any, headers: RequestHeaders, most: int) -> bytes:
    announced = headers.value("content-length") or ""
    # A number with more digits is no valid length.
    if announced.isdecimal() and (len(announced) > 19 or int(announced) > most):
        raise BodyTooLargeError
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientGoneError
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > most:
            raise BodyTooLargeError
        chunks.append(chunk)
        if not message.get("more_body"):
            return b"".join(chunks)


class AuthApp(Litestar):
    """A Litestar app that passes requests below the base path to the auth handler before routing.

    Routing would lead to the same handler, at a fifth of the cost of reading a session.
    """

    def __init__(self, handler: AuthHandler, base_path: str, **settings: Any) -> None:
        """Create the app with Litestar's own settings."""
        self._handler = handler
        self._prefix = f"{base_path}/"
        super().__init__(**settings)
        # If a page has its path below the base path, requests are routed.
        if any(route.path.startswith(self._prefix) and route.path != "/" for route in self.routes):
            self._prefix = ""

    @staticmethod
    def _get_default_plugins(plugins: list[PluginProtocol]) -> list[PluginProtocol]:
        """Return none, because there are no typed handlers: importing pydantic takes as long as everything else."""
        return plugins

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one ASGI connection."""
        if self._prefix and scope["type"] == "http" and scope["path"].startswith(self._prefix):
            await self._handler(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def build_app(
    auth: AuthContext,
    pipeline: Pipeline,
    endpoints: tuple[Endpoint[Any, Any], ...],
    *,
    on_startup: Lifecycle,
    on_shutdown: Lifecycle,
) -> Litestar:
    """Assemble the Litestar app."""
    send_response = _sender(SecurityHeaders(auth.options, auth.base_origin))
    handler = AuthHandler(auth, pipeline, send_response)

    links = {"API reference": "/reference", "OpenAPI": "/openapi.json"} if shows_reference(auth) else {}
    landing = LandingPage(auth, links=links) if auth.options.landing_page and auth.base_path else None

    # At the root, so that unknown paths get better-auth's empty 404 instead of the framework's.
    @asgi("/", is_mount=True, copy_scope=False)
    async def serve_auth(scope: Scope, receive: Receive, send: Send) -> None:
        if landing is not None and scope["path"] == "/" and scope.get("method") in {"GET", "HEAD"}:
            page = landing.answer(scope["query_string"].decode("latin-1"))
            await send_response(page, send, headers_only=scope.get("method") == "HEAD")
        else:
            await handler(scope, receive, send)

    @asgi("/session", copy_scope=False)
    async def serve_session_alias(scope: Scope, receive: Receive, send: Send) -> None:
        path = f"{auth.base_path}/session"
        await handler({**scope, "path": path, "raw_path": path.encode(), "root_path": ""}, receive, send)

    alive = Response(200, [("content-type", JSON_TYPE)], b'{"status":"ok"}')
    readiness = Readiness(auth)
    pages: dict[str, Respond] = {
        "/health/live": lambda _: _answer(alive),
        "/health/ready": lambda scope: _readiness(readiness, scope),
    }
    if shows_reference(auth):
        # Production needs neither the reference nor its imports.
        from betterauth_py.http.reference import reference_pages  # noqa: PLC0415

        pages |= reference_pages(auth, endpoints)
    return AuthApp(
        handler,
        auth.base_path,
        route_handlers=[serve_auth, serve_session_alias, *(_page(path, pages[path], send_response) for path in pages)],
        on_startup=[on_startup],
        on_shutdown=[on_shutdown],
        exception_handlers={Exception: _raise if auth.options.on_api_error.throw else _bare_failure},
        openapi_config=None,
        logging_config=None,
    )


def shows_reference(auth: AuthContext) -> bool:
    """Return whether the API's description is served: in production only if the options say so."""
    wanted = auth.options.api_reference
    return not auth.in_production if wanted is None else wanted


def _sender(protection: SecurityHeaders) -> Sender:
    """Return the function that sends a response with security headers to an ASGI server."""

    async def send_response(response: Response, send: Any, *, headers_only: bool = False) -> None:
        await send({"type": "http.response.start", "status": response.status, "headers": protection.raw(response)})
        await send({"type": "http.response.body", "body": b"" if headers_only else response.body})

    return send_response


def _page(path: str, respond: Respond, send_response: Sender) -> ASGIRouteHandler:
    """Serve one of our pages to GET and HEAD; other methods get the empty 404 of an unknown path."""

    @asgi(path, copy_scope=False)
    async def serve_page(scope: Scope, receive: Receive, send: Send) -> None:
        method = scope.get("method")
        response = await respond(scope) if method in {"GET", "HEAD"} else empty_response(404)
        await send_response(response, send, headers_only=method == "HEAD")

    return serve_page


async def _answer(response: Response) -> Response:
    return response


async def _readiness(readiness: Readiness, scope: Scope) -> Response:
    body = await readiness(scope.get("state") or {})
    return Response(200 if body["status"] == "ok" else 503, [("content-type", JSON_TYPE)], json.stringify(body))


def _raise(_: Any, error: Exception) -> LitestarResponse[bytes]:
    raise error


def _bare_failure(_: Any, error: Exception) -> LitestarResponse[bytes]:
    # Only the status of the framework's own responses is kept.
    status = getattr(error, "status_code", 500)
    if status >= 500:
        logger.error("Unexpected %s", type(error).__name__, exc_info=error)
    return LitestarResponse(b"", status_code=status)
