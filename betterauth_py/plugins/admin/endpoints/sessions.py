"""`/admin/list-user-sessions`, `/admin/revoke-user-session` and `/admin/revoke-user-sessions`."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.plugins import Reply, Where, endpoint, signed_in, validation
from betterauth_py.plugins.admin import actions
from betterauth_py.plugins.admin.administration import SIGNED_IN, Need, acting, require
from betterauth_py.plugins.admin.endpoints.shared import REVOKE, SUCCESS, TAGS, USER_ID, Context
from betterauth_py.plugins.admin.errors import AdminErrorCodes
from betterauth_py.plugins.tools import SecurityEvent, record, without_hidden_fields

_LIST: Final[Need] = ({"session": ["list"]}, AdminErrorCodes.YOU_ARE_NOT_ALLOWED_TO_LIST_USERS_SESSIONS)


@endpoint(
    "/admin/list-user-sessions",
    methods=("POST",),
    security=SIGNED_IN,
    operation_id="adminListUserSessions",
    body=validation.Object({"userId": USER_ID}),
    errors=((403, _LIST[1]),),
    reply=Reply(
        "The sessions of the user",
        {
            "type": "object",
            "properties": {"sessions": {"type": "array", "items": {"$ref": "#/components/schemas/Session"}}},
            "required": ["sessions"],
        },
    ),
    tags=TAGS,
)
async def list_user_sessions(ctx: Context) -> dict[str, Any]:
    """List the active sessions of a user."""
    require(ctx, _LIST)
    auth, user_id = ctx.auth, ctx.body["userId"]
    if await auth.rows.find_one("user", Where("id", user_id)) is None:
        return {"sessions": []}
    found = await auth.sessions.list_active(user_id, auth.now())
    return {"sessions": [without_hidden_fields(auth.schema, "session", session) for session in found]}


@endpoint(
    "/admin/revoke-user-session",
    methods=("POST",),
    security=SIGNED_IN,
    operation_id="revokeUserSession",
    body=validation.Object({"sessionToken": validation.String("The session token")}),
    errors=((403, REVOKE[1]),),
    reply=Reply("Revoked", SUCCESS),
    tags=TAGS,
)
async def revoke_user_session(ctx: Context) -> dict[str, bool]:
    """End one session of a user."""
    require(ctx, REVOKE)
    found = await ctx.auth.sessions.find_with_user(ctx.body["sessionToken"], fresh=True)
    if found is not None:
        async with acting(ctx, None, REVOKE):
            await ctx.auth.sessions.delete(found[0]["token"])
        record(ctx, SecurityEvent.SESSION_REVOKED, found[1])
    return {"success": True}


@endpoint(
    "/admin/revoke-user-sessions",
    methods=("POST",),
    security=SIGNED_IN,
    operation_id="revokeUserSessions",
    body=validation.Object({"userId": USER_ID}),
    errors=((403, REVOKE[1]),),
    reply=Reply("Revoked", SUCCESS),
    tags=TAGS,
)
async def revoke_user_sessions(ctx: Context) -> dict[str, bool]:
    """End all sessions of a user, and all that an admin has begun as others."""
    require(ctx, REVOKE)
    user = await ctx.auth.rows.find_one("user", Where("id", ctx.body["userId"]))
    if user is not None:
        async with acting(ctx, user["id"] if user["id"] != signed_in(ctx)[1]["id"] else None, REVOKE):
            await actions.end_sessions(ctx.auth, user)
        record(ctx, SecurityEvent.SESSIONS_REVOKED, user)
    return {"success": True}
