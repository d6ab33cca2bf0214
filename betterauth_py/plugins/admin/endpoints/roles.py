"""`/admin/set-role` and `/admin/has-permission`."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.plugins import APIError, Reply, Where, endpoint, validation
from betterauth_py.plugins.admin.administration import (
    SELF_CHECKED,
    SIGNED_IN,
    acting,
    administration_of,
    find_user,
    read_stored_session,
    require,
)
from betterauth_py.plugins.admin.endpoints.shared import (
    NO_USER,
    ROLE,
    SET_ROLE,
    TAGS,
    USER_ID,
    Context,
    as_list,
    change_user,
    joined_roles,
    shown,
    user_reply,
)
from betterauth_py.plugins.admin.errors import AdminErrorCodes
from betterauth_py.plugins.tools import SecurityEvent, record

_PERMISSIONS: Final = validation.Record(validation.Array(validation.String()))
_NO_PERMISSIONS: Final = "invalid permission check. no permission(s) were passed."


@endpoint(
    "/admin/set-role",
    methods=("POST",),
    security=SIGNED_IN,
    operation_id="setUserRole",
    requires_headers=True,
    body=validation.Object({"userId": USER_ID, "role": ROLE}),
    errors=(
        (400, AdminErrorCodes.YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE),
        (403, SET_ROLE[1]),
        NO_USER,
    ),
    reply=user_reply("The user with the role"),
    tags=TAGS,
)
async def set_role(ctx: Context) -> dict[str, Any]:
    """Set the roles of a user."""
    require(ctx, SET_ROLE)
    role = joined_roles(ctx, as_list(ctx.body["role"]))
    user = await find_user(ctx, ctx.body["userId"])
    async with acting(ctx, user["id"], SET_ROLE):
        _, updated = await change_user(ctx, user["id"], {"role": role})
    record(ctx, SecurityEvent.ROLE_CHANGED, updated)
    return {"user": shown(ctx, updated)}


@endpoint(
    "/admin/has-permission",
    methods=("POST",),
    security=SELF_CHECKED,
    operation_id="userHasPermission",
    body=validation.Intersection(
        validation.Object({"userId": validation.Optional(USER_ID), "role": validation.Optional(validation.String())}),
        validation.Union(
            (
                validation.Object({"permission": _PERMISSIONS}),
                validation.Object({"permissions": _PERMISSIONS}),
            ),
            exclusive=True,
        ),
    ),
    reply=Reply(
        "Whether the user has the permissions",
        {
            "type": "object",
            "properties": {"error": {"type": ["string", "null"]}, "success": {"type": "boolean"}},
            "required": ["success"],
        },
    ),
    tags=TAGS,
)
async def user_has_permission(ctx: Context) -> dict[str, Any]:
    """Tell whether the signed-in user has permissions; code in this process asks for any user, or role."""
    permissions = ctx.body.get("permissions")
    if permissions is None:
        raise APIError(400, {"message": _NO_PERMISSIONS})
    found = await read_stored_session(ctx)
    if found is not None:
        user = found[1]
    elif not ctx.is_in_process:
        raise APIError(401)
    else:
        user_id, role = ctx.body.get("userId"), ctx.body.get("role")
        if not user_id and not role:
            raise APIError(400, {"message": "user id or role is required"})
        named = {"id": user_id or "", "role": role} if role else None
        stored = named or await ctx.auth.rows.find_one("user", Where("id", user_id))
        if stored is None:
            raise APIError(400, {"message": "user not found"})
        user = stored
    return {"error": None, "success": administration_of(ctx.auth).roles.may(user, permissions)}
