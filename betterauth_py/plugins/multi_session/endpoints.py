"""`/multi-session/list-device-sessions`, `/multi-session/set-active` and `/multi-session/revoke`."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.plugins import (
    APIError,
    Endpoint,
    EndpointContext,
    Reply,
    Row,
    Security,
    endpoint,
    set_session_cookie,
    signed_in,
    validation,
)
from betterauth_py.plugins.multi_session.cookies import device_cookie, device_tokens
from betterauth_py.plugins.multi_session.errors import MultiSessionErrorCodes
from betterauth_py.plugins.tools import delete_session_cookie, session_reply

Context = EndpointContext[dict[str, Any], Any]

_SESSION_AND_USER: Final = {
    "type": "object",
    "properties": {
        "session": {"$ref": "#/components/schemas/Session"},
        "user": {"$ref": "#/components/schemas/User"},
    },
    "required": ["session", "user"],
}
_TAGS: Final = ("Multi-session",)
_INVALID: Final = (401, MultiSessionErrorCodes.INVALID_SESSION_TOKEN)


@endpoint(
    "/multi-session/list-device-sessions",
    methods=("GET",),
    security=Security.PUBLIC,
    operation_id="listDeviceSessions",
    requires_headers=True,
    reply=Reply("A session of each user who is signed in here", {"type": "array", "items": _SESSION_AND_USER}),
    tags=_TAGS,
)
async def list_device_sessions(ctx: Context) -> list[Row]:
    """List the sessions of this browser, one for each user."""
    by_user: dict[str, Row] = {}
    for session, user in await _active_sessions(ctx):
        by_user.setdefault(user["id"], session_reply(ctx.auth.schema, session, user))
    return list(by_user.values())


@endpoint(
    "/multi-session/set-active",
    methods=("POST",),
    security=Security.PUBLIC,
    operation_id="setActiveSession",
    requires_headers=True,
    body=validation.Object({"sessionToken": validation.String("The session token to set as active")}),
    errors=(_INVALID,),
    reply=Reply("The session and its user", _SESSION_AND_USER),
    tags=_TAGS,
)
async def set_active_session(ctx: Context) -> Row:
    """Make a session of this browser the active one."""
    cookie = device_cookie(ctx, ctx.body["sessionToken"])
    token = ctx.get_signed_cookie(cookie)
    if token is None:
        raise APIError.of(*_INVALID)
    found = await ctx.auth.sessions.find_with_user(token, fresh=True)
    if found is None or found[0]["expiresAt"] < ctx.auth.now():
        ctx.expire_cookie(cookie)
        raise APIError.of(*_INVALID)
    session, user = found
    await set_session_cookie(ctx, session, user)
    return session_reply(ctx.auth.schema, session, user)


@endpoint(
    "/multi-session/revoke",
    methods=("POST",),
    security=Security.SESSION,
    operation_id="revokeDeviceSession",
    requires_headers=True,
    body=validation.Object({"sessionToken": validation.String("The session token to revoke")}),
    errors=(_INVALID,),
    reply=Reply("Revoked", {"type": "object", "properties": {"status": {"type": "boolean"}}, "required": ["status"]}),
    tags=_TAGS,
)
async def revoke_device_session(ctx: Context) -> dict[str, bool]:
    """End a session of this browser; if it was the active one, another becomes active."""
    cookie = device_cookie(ctx, ctx.body["sessionToken"])
    token = ctx.get_signed_cookie(cookie)
    if token is None:
        raise APIError.of(*_INVALID)
    await ctx.auth.sessions.delete(token)
    ctx.expire_cookie(cookie)
    if signed_in(ctx)[0]["token"] == token:
        left = await _active_sessions(ctx)
        if left:
            await set_session_cookie(ctx, *left[0])
        else:
            delete_session_cookie(ctx)
    return {"status": True}


async def _active_sessions(ctx: Context) -> list[tuple[Row, Row]]:
    tokens = device_tokens(ctx)
    found = await ctx.auth.sessions.find_many(list(tokens.values())) if tokens else []
    now = ctx.auth.now()
    return [(session, user) for session, user in found if session["expiresAt"] > now]


ENDPOINTS: Final[list[Endpoint[Any, Any]]] = [list_device_sessions, set_active_session, revoke_device_session]
