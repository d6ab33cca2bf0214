"""Turns the results and errors of endpoints into responses."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.awaiting import resolve
from betterauth_py.core.auth_context import AuthContext, logger
from betterauth_py.core.context import EndpointContext
from betterauth_py.core.endpoint import Reply
from betterauth_py.core.messages import JSON_TYPE, Response, empty_response, error_response, json_response
from betterauth_py.core.request_errors import TOO_BUSY
from betterauth_py.errors import BetterAuthError
from betterauth_py.javascript.values import Undefined
from betterauth_py.store.faults import is_fault, is_outage
from betterauth_py.wire.errors import APIError, ErrorCode

UNAVAILABLE: Final = ErrorCode(TOO_BUSY.code, "The service is unavailable right now. Please try again shortly.")
_TEXTS: Final = (str, Undefined)
_RETRY: Final = {"retry-after": "5"}


def to_response(answer: Any, ctx: EndpointContext[Any, Any], reply: Reply) -> Response:
    """Return the response for what an endpoint, or a hook instead of it, returned; `reply` is the endpoint's."""
    if isinstance(answer, Response):
        own = ctx.response_headers.items()
        # As in better-auth, headers set on the context replace the response's own; cookies are added.
        taken = {name for name, _ in own} - {"set-cookie"}
        answer.headers = [*(header for header in answer.headers if header[0].lower() not in taken), *own]
        return answer
    if isinstance(answer, APIError):
        answer.response_headers = answer.response_headers or ctx.response_headers
        response = error_response(answer)
        # As in better-auth, a hook that replaces an error replaces its body, not its status.
        response.status = ctx.response_status or response.status
        return response
    if isinstance(answer, _TEXTS):
        text = answer if isinstance(answer, str) else ""
        ctx.response_headers.set("content-type", "text/plain" if text else JSON_TYPE)
        return Response(ctx.response_status or 200, ctx.response_headers.items(), text.encode("utf-8", "replace"))
    status = ctx.response_status or reply.status
    if status == 204:
        return Response(status, ctx.response_headers.items())
    media_type = reply.media_type if reply.media_type.endswith("+json") else JSON_TYPE
    return json_response(answer, ctx.response_headers, status, media_type)


async def report(auth: AuthContext, error: Exception) -> Response:
    """Return the response to a request that failed, after calling `on_api_error.on_error`.

    Raises:
        Exception: `error` itself, if it is no `APIError` and `on_api_error.throw` is on.
    """
    if isinstance(error, APIError):
        return error_response(await _told(auth, error) or error)
    if auth.options.on_api_error.throw:
        raise error
    is_database_fault = is_fault(error)
    if is_database_fault:
        auth.database.faults.log(error)
    elif isinstance(error, BetterAuthError):
        logger.error("%s", error)
    else:
        logger.error("Unexpected %s", type(error).__name__, exc_info=error)
    answer = await _told(auth, error)
    if answer is None and is_database_fault and is_outage(error):
        answer = APIError(503, {"message": UNAVAILABLE.message, "code": UNAVAILABLE.code}, _RETRY)
    return empty_response(500) if answer is None else error_response(answer)


async def _told(auth: AuthContext, error: Exception) -> APIError | None:
    """Call `on_error`, unless the error is a redirect; return the error that it raises to be answered instead."""
    options = auth.options.on_api_error
    if options.on_error is None or options.throw or (isinstance(error, APIError) and error.status == 302):
        return None
    try:
        await resolve(options.on_error(error, auth))
    except APIError as wanted:
        return wanted
    except Exception:
        logger.exception("on_api_error.on_error failed")
    return None
