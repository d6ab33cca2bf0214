"""`GET|POST /get-session`, and the alias `GET /session`."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.core.context import EndpointContext
from betterauth_py.core.endpoint import Reply, endpoint
from betterauth_py.flows.security import Security
from betterauth_py.flows.session import read_session
from betterauth_py.wire.errors import APIError, BaseErrorCodes
from betterauth_py.wire.validation import Object, Optional, QueryFlag

_SESSION_AND_USER: Final = {
    "session": {"$ref": "#/components/schemas/Session"},
    "user": {"$ref": "#/components/schemas/User"},
}


@endpoint(
    "/get-session",
    methods=("GET", "POST"),
    security=Security.PUBLIC,
    operation_id="getSession",
    reads_body=False,
    no_store=False,  # The handler sets its own headers.
    query=Optional(
        Object(
            {
                "disableCookieCache": Optional(
                    QueryFlag("Disable cookie cache and fetch session from database"),
                ),
                "disableRefresh": Optional(
                    QueryFlag(
                        "Disable session refresh. Useful for checking session status, without updating the session"
                    ),
                ),
            }
        )
    ),
    requires_headers=True,
    errors=(
        (401, BaseErrorCodes.FAILED_TO_GET_SESSION),
        (405, BaseErrorCodes.METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED),
        (500, BaseErrorCodes.FAILED_TO_GET_SESSION),
    ),
    reply=Reply(
        "The session and its user, or null",
        {
            "type": ["object", "null"],
            "properties": {**_SESSION_AND_USER, "needsRefresh": {"type": "boolean"}},
            "required": ["session", "user"],
        },
    ),
)
async def get_session(ctx: EndpointContext[Any, Any]) -> dict[str, Any] | None:
    """Get the current session."""
    ctx.response_headers.set("cache-control", "no-store")
    ctx.response_headers.set("pragma", "no-cache")
    is_post = ctx.method == "POST"
    if is_post and not ctx.options.session.defer_session_refresh:
        raise APIError.of(405, BaseErrorCodes.METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED)
    query = ctx.query or {}
    try:
        return await read_session(
            ctx,
            disable_cookie_cache=bool(query.get("disableCookieCache")),
            disable_refresh=bool(query.get("disableRefresh")),
            may_write=is_post,
        )
    except APIError:
        raise
    except Exception as error:
        ctx.auth.log_failure("get a session", error)
        raise APIError.of(500, BaseErrorCodes.FAILED_TO_GET_SESSION) from None


@endpoint(
    "/session",
    methods=("GET",),
    security=Security.PUBLIC,
    operation_id="session",
    alias_of="/get-session",
    query=get_session.query,
    requires_headers=True,
    errors=get_session.errors,
    reply=Reply(
        "The session and its user, or null for both",
        {
            "type": "object",
            "properties": {name: {"anyOf": [schema, {"type": "null"}]} for name, schema in _SESSION_AND_USER.items()},
            "required": ["session", "user"],
        },
    ),
    shown_to_clients=False,
)
async def session(ctx: EndpointContext[Any, Any]) -> dict[str, Any]:
    """Get the current session and user, always as an object."""
    found = await get_session.handler(ctx) or {}
    return {"user": found.get("user"), "session": found.get("session")}
