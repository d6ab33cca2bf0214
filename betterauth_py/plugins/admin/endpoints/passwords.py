"""`/admin/set-user-password`."""

from __future__ import annotations

from typing import Final

from betterauth_py.plugins import (
    APIError,
    BaseErrorCodes,
    NotStoredError,
    PasswordRefusal,
    Reply,
    answering,
    endpoint,
    validation,
)
from betterauth_py.plugins.admin.administration import SIGNED_IN, Need, acting, find_user, require
from betterauth_py.plugins.admin.endpoints.shared import NO_USER, TAGS, Context
from betterauth_py.plugins.admin.errors import AdminErrorCodes
from betterauth_py.plugins.tools import (
    SecurityEvent,
    record,
    refuse_long_password,
    refuse_short_password,
    store_password,
)

_SET_PASSWORD: Final[Need] = ({"user": ["set-password"]}, AdminErrorCodes.YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PASSWORD)
_LENGTHS = answering(
    {
        PasswordRefusal.TOO_SHORT: (400, BaseErrorCodes.PASSWORD_TOO_SHORT),
        PasswordRefusal.TOO_LONG: (400, BaseErrorCodes.PASSWORD_TOO_LONG),
    }
)


@endpoint(
    "/admin/set-user-password",
    methods=("POST",),
    security=SIGNED_IN,
    operation_id="setUserPassword",
    body=validation.Object(
        {
            "newPassword": validation.Checked(
                validation.String("The new password"), (validation.MinLength(1, "newPassword cannot be empty"),)
            ),
            "userId": validation.Checked(
                validation.String("The id of the user", coerce=True),
                (validation.MinLength(1, "userId cannot be empty"),),
            ),
        }
    ),
    errors=(
        (400, BaseErrorCodes.PASSWORD_TOO_SHORT),
        (400, BaseErrorCodes.PASSWORD_TOO_LONG),
        (403, _SET_PASSWORD[1]),
        NO_USER,
    ),
    reply=Reply("Set", {"type": "object", "properties": {"status": {"type": "boolean"}}, "required": ["status"]}),
    tags=TAGS,
)
async def set_user_password(ctx: Context) -> dict[str, bool]:
    """Set or replace the password of a user; its sessions go on."""
    require(ctx, _SET_PASSWORD)
    auth, password = ctx.auth, ctx.body["newPassword"]
    with _LENGTHS:
        refuse_short_password(auth, password)
        refuse_long_password(auth, password)
    user = await find_user(ctx, ctx.body["userId"])
    password_hash = await auth.passwords.hash(password)
    try:
        async with acting(ctx, user["id"], _SET_PASSWORD):
            account = await auth.accounts.find_credential(user["id"], lock=True)
            await store_password(auth, user, account, password_hash)
    except NotStoredError:
        raise APIError.of(*NO_USER) from None
    record(ctx, SecurityEvent.PASSWORD_CHANGED if account is not None else SecurityEvent.PASSWORD_SET, user)
    return {"status": True}
