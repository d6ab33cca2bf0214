"""The steps of a request, in better-auth 1.7.25's order.

Over HTTP: disabled path, rate limit, plugins' `on_request`, route, media type and body, origin and redirects, then the
dispatch, then plugins' `on_response`. The dispatch, which in-process calls share: before hooks, body and query
schemas, the endpoint's guard, its handler, after hooks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from betterauth_py.awaiting import resolve
from betterauth_py.core.auth_context import AuthContext
from betterauth_py.core.base_url import HostNotAllowedError, at_host_of
from betterauth_py.core.context import EndpointContext
from betterauth_py.core.endpoint import Endpoint
from betterauth_py.core.messages import (
    Request,
    Response,
    empty_response,
    json_response,
    text_response,
)
from betterauth_py.core.origin import check_origin, check_redirect_parameter, lead_to_application
from betterauth_py.core.plugin import Hook
from betterauth_py.core.request_errors import TOO_BUSY
from betterauth_py.current import enter_endpoint, leave_endpoint
from betterauth_py.errors import OverloadedError
from betterauth_py.http.body import BodyLimits, read_body
from betterauth_py.http.hooks import hooks_by_operation, run_after_hooks, run_before_hooks, without_leading_error_hooks
from betterauth_py.http.responses import report, to_response
from betterauth_py.http.router import Router
from betterauth_py.javascript.values import UNDEFINED
from betterauth_py.options.base_url import DynamicBaseURL
from betterauth_py.wire.errors import APIError, BaseErrorCodes
from betterauth_py.wire.headers import ResponseHeaders
from betterauth_py.wire.validation import ValidationError, validate

AnyEndpoint = Endpoint[Any, Any]
Context = EndpointContext[Any, Any]


class Pipeline:
    """Runs the checks of requests and dispatches them to endpoints."""

    def __init__(self, auth: AuthContext, endpoints: Sequence[AnyEndpoint]) -> None:
        """Serve `endpoints`."""
        self._auth = auth
        skip_slashes = auth.options.advanced.skip_trailing_slashes
        self._router = Router((one for one in endpoints if not one.at_root), skip_trailing_slashes=skip_slashes)
        self._root_router = Router((one for one in endpoints if one.at_root), skip_trailing_slashes=skip_slashes)
        self._operations = {endpoint.operation: endpoint for endpoint in endpoints}
        self._prefix = f"{auth.base_path}/"
        self._follows_host = isinstance(auth.options.base_url, DynamicBaseURL)
        disabled = set(auth.options.disabled_paths)
        aliases = {endpoint.path for endpoint in endpoints if endpoint.path and endpoint.alias_of in disabled}
        self._disabled = frozenset(disabled | aliases)
        advanced = auth.options.advanced
        self._body_limits = BodyLimits(text=advanced.max_body_size, image=advanced.max_image_body_size)
        hooks = auth.options.hooks
        session_first = sorted(auth.plugins, key=lambda plugin: not plugin.gives_session)
        before = [*_always(hooks.before), *(hook for plugin in session_first for hook in plugin.before)]
        held_back_first = sorted(auth.plugins, key=lambda plugin: not plugin.holds_back_sessions)
        after = [*_always(hooks.after), *(hook for plugin in held_back_first for hook in plugin.after)]
        self._before, self._after = hooks_by_operation(before, endpoints), hooks_by_operation(after, endpoints)
        self._after_success = without_leading_error_hooks(self._after)
        self._on_request = [plugin.on_request for plugin in auth.plugins if plugin.on_request]
        self._on_response = [plugin.on_response for plugin in auth.plugins if plugin.on_response]

    async def handle(self, request: Request) -> Response:
        """Answer a request; nothing that a client sends makes this raise.

        Raises:
            Exception: with `on_api_error.throw`, whatever is not an `APIError`.
        """
        try:
            auth = at_host_of(self._auth, request.headers, request) if self._follows_host else self._auth
        except HostNotAllowedError:
            return json_response({"message": "Host is not allowed", "code": "HOST_NOT_ALLOWED"}, ResponseHeaders(), 400)
        if self._disabled and self._without_base_path(request.path) in self._disabled:
            return text_response(404, "Not Found")
        try:
            if auth.rate_limiter.enabled:
                normalized = self._without_base_path(request.path)
                router = self._router if request.path.startswith(self._prefix) else self._root_router
                refusal = await auth.rate_limiter.check(
                    request,
                    normalized,
                    router.bucket_of(normalized),
                    auth.client_ip.resolve(request.headers, request.peer),
                    tracks_ip=auth.client_ip.tracks,
                )
                if refusal is not None:
                    return refusal
            for on_request in self._on_request:
                changed = await on_request(request, auth)
                if isinstance(changed, Response):
                    return changed
                request = changed or request
        except Exception as error:
            return await report(auth, error)
        try:
            response = await self._process(request, auth)
        except Exception as error:
            response = await report(auth, error)
        for on_response in self._on_response:
            response = await on_response(response, auth) or response
        return response

    async def _process(self, request: Request, auth: AuthContext) -> Response:
        if not request.path.startswith(self._prefix):
            return await self._process_at_root(request, auth)
        path = request.path[len(self._prefix) - 1 :]
        route = None if "//" in path else self._router.find(request.method, path)
        if route is None:
            return empty_response(404)
        return await self._serve(request, auth, *route)

    async def _process_at_root(self, request: Request, auth: AuthContext) -> Response:
        """Answer a request outside the base path: `/.well-known/...`."""
        router = self._root_router
        route = router.find("GET" if request.method == "HEAD" else request.method, request.path)
        if route is not None:
            return await self._serve(request, auth, *route)
        methods = router.methods_of(request.path)
        if not methods:
            return empty_response(404)
        allowed = [*methods, "HEAD"] if "GET" in methods else methods
        return Response(405, [("allow", ", ".join(allowed))])

    async def _serve(
        self, request: Request, auth: AuthContext, endpoint: AnyEndpoint, params: dict[str, str]
    ) -> Response:
        try:
            ctx = EndpointContext(
                auth=auth,
                path=endpoint.path or request.path,
                method=request.method,
                request=request,
                headers=request.headers,
                body=(
                    await read_body(request, endpoint, self._body_limits)
                    if request.method != "GET" and endpoint.reads_body
                    else UNDEFINED
                ),
                query=request.query,
                params=params,
            )
            if endpoint.no_store:
                ctx.response_headers.set("cache-control", "no-store")
            if endpoint.checks_origin:
                await check_origin(ctx)
            return to_response(await self.dispatch(endpoint, ctx), ctx, endpoint.reply)
        except APIError as error:
            if endpoint.shape_error is None:
                raise
            raise endpoint.shape_error(error) from None

    def route_of(self, request: Request) -> str:
        """Return the path for the log, without tokens: `/api/auth/reset-password/:token`."""
        if not request.path.startswith(self._prefix):
            found = self._root_router.find(request.method, request.path)
            return str(found[0].path) if found else "(unknown path)"
        route = self._router.find(request.method, request.path[len(self._prefix) - 1 :])
        return f"{self._prefix[:-1]}{route[0].path}" if route else "(unknown path)"

    def endpoint_of(self, operation: str) -> AnyEndpoint:
        """Return the endpoint called `operation`.

        Raises:
            LookupError: if there is none.
        """
        return self._operations[operation]

    async def dispatch(self, endpoint: AnyEndpoint, ctx: Context) -> Any:
        """Run an endpoint with its hooks; return its answer, or the `APIError` that it raised.

        Raises:
            APIError: a before hook's refusal.
            Exception: whatever went wrong inside that is not an answer.
        """
        token = enter_endpoint(ctx)
        try:
            before = self._before.get(endpoint.operation)
            if before is not None:
                answer = await run_before_hooks(before, ctx)
                if answer is not None:
                    return answer
            try:
                ctx.returned = await _run(endpoint, ctx)
                after = self._after_success.get(endpoint.operation)
            except APIError as given:
                error = given if endpoint.shape_error is None else endpoint.shape_error(given)
                ctx.returned = error.sent_with(ctx.response_headers)
                ctx.response_status = error.status
                after = self._after.get(endpoint.operation)
            if after is not None:
                await run_after_hooks(after, ctx)
        finally:
            leave_endpoint(token)
        return ctx.returned

    def _without_base_path(self, path: str) -> str:
        """Return the path as rules and `disabled_paths` name it: without base path and trailing slashes."""
        base_path = self._auth.base_path
        path = path.rstrip("/") or "/"
        if path == base_path:
            return "/"
        return path[len(base_path) :] if path.startswith(f"{base_path}/") else path


async def _run(endpoint: AnyEndpoint, ctx: Context) -> Any:
    try:
        if endpoint.body is not None:
            ctx.body = validate(endpoint.body, ctx.body, "body")
        if endpoint.query is not None:
            ctx.query = validate(endpoint.query, ctx.query, "query")
        if endpoint.requires_headers and not ctx.has_headers:
            raise ValidationError("Headers is required")
    except ValidationError as error:
        raise APIError(400, {"message": error.message, "code": "VALIDATION_ERROR"}) from None
    for parameter in endpoint.redirect_parameters:
        name, refusal = parameter if isinstance(parameter, tuple) else (parameter, BaseErrorCodes.INVALID_CALLBACK_URL)
        await check_redirect_parameter(ctx, name, refusal)
        lead_to_application(ctx, name)
    if endpoint.security.check is not None:
        await endpoint.security.check(ctx)
    try:
        return await endpoint.handler(ctx)
    except OverloadedError as error:
        body = {"message": TOO_BUSY.message, "code": TOO_BUSY.code}
        raise APIError(503, body, {"retry-after": str(error.retry_after)}) from None


def _always(handler: Any) -> list[Hook]:
    """Return the hook of the options, which runs around every endpoint."""
    if handler is None:
        return []

    async def run(ctx: Context) -> Any:
        return await resolve(handler(ctx))

    return [Hook(handler=run)]
