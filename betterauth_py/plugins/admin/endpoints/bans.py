"""`/admin/ban-user` and `/admin/unban-user`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from betterauth_py.plugins import APIError, BaseErrorCodes, endpoint, signed_in, validation
from betterauth_py.plugins.admin import actions
from betterauth_py.plugins.admin.administration import SIGNED_IN, acting, administration_of, find_user, require
from betterauth_py.plugins.admin.endpoints.shared import (
    BAN,
    NO_USER,
    TAGS,
    USER_ID,
    Context,
    change_user,
    shown,
    user_reply,
)
from betterauth_py.plugins.admin.errors import AdminErrorCodes
from betterauth_py.plugins.tools import SecurityEvent, record

_ERRORS = ((400, BaseErrorCodes.FAILED_TO_UPDATE_USER), (403, BAN[1]), NO_USER)


@endpoint(
    "/admin/ban-user",
    methods=("POST",),
    security=SIGNED_IN,
    operation_id="banUser",
    body=validation.Object(
        {
            "userId": USER_ID,
            "banReason": validation.Optional(validation.String("The reason for the ban")),
            "banExpiresIn": validation.Optional(validation.Number("The number of seconds until the ban expires")),
        }
    ),
    errors=((400, AdminErrorCodes.YOU_CANNOT_BAN_YOURSELF), *_ERRORS),
    reply=user_reply("The banned user"),
    tags=TAGS,
)
async def ban_user(ctx: Context) -> dict[str, Any]:
    """Ban a user: its sessions end, and no new one begins."""
    require(ctx, BAN)
    user = await find_user(ctx, ctx.body["userId"])
    if user["id"] == signed_in(ctx)[1]["id"]:
        raise APIError.of(400, AdminErrorCodes.YOU_CANNOT_BAN_YOURSELF)
    options = administration_of(ctx.auth).options
    seconds = ctx.body.get("banExpiresIn") or options.default_ban_expires_in
    changes = actions.ban(ctx.auth, ctx.body.get("banReason"), _end_of_ban(ctx, seconds) if seconds else None)
    async with acting(ctx, user["id"], BAN):
        _, updated = await change_user(ctx, user["id"], changes)
    record(ctx, SecurityEvent.USER_BANNED, updated)
    return {"user": shown(ctx, updated)}


@endpoint(
    "/admin/unban-user",
    methods=("POST",),
    security=SIGNED_IN,
    operation_id="unbanUser",
    body=validation.Object({"userId": USER_ID}),
    errors=_ERRORS,
    reply=user_reply("The user without a ban"),
    tags=TAGS,
)
async def unban_user(ctx: Context) -> dict[str, Any]:
    """Lift the ban of a user."""
    require(ctx, BAN)
    user = await find_user(ctx, ctx.body["userId"])
    async with acting(ctx, user["id"], BAN):
        _, updated = await change_user(ctx, user["id"], actions.unban(ctx.auth))
    record(ctx, SecurityEvent.USER_UNBANNED, updated)
    return {"user": shown(ctx, updated)}


def _end_of_ban(ctx: Context, seconds: float) -> datetime:
    try:
        return ctx.auth.now() + timedelta(milliseconds=int(seconds * 1000))
    except OverflowError:
        # No date is that far away; better-auth 1.7.25 answers 500.
        raise APIError.of(400, BaseErrorCodes.FAILED_TO_UPDATE_USER) from None
