"""`/admin/update-user`."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.plugins import APIError, BaseErrorCodes, Reply, Row, endpoint, signed_in, validation
from betterauth_py.plugins.admin.administration import (
    SIGNED_IN,
    Need,
    acting,
    find_user,
    require,
)
from betterauth_py.plugins.admin.endpoints.shared import (
    BAN,
    NO_USER,
    SET_ROLE,
    TAGS,
    USER_ID,
    Context,
    as_list,
    change_user,
    joined_roles,
    shown,
)
from betterauth_py.plugins.admin.endpoints.users import BAN_FIELDS
from betterauth_py.plugins.admin.errors import AdminErrorCodes
from betterauth_py.plugins.tools import SecurityEvent, record, to_text

_UPDATE: Final[Need] = ({"user": ["update"]}, AdminErrorCodes.YOU_ARE_NOT_ALLOWED_TO_UPDATE_USERS)
_SET_EMAIL: Final[Need] = ({"user": ["set-email"]}, AdminErrorCodes.YOU_ARE_NOT_ALLOWED_TO_SET_USERS_EMAIL)
_SET_PHONE: Final[Need] = ({"user": ["set-phone"]}, AdminErrorCodes.YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PHONE_NUMBER)
_TAKEN: Final = (400, AdminErrorCodes.USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL)


@endpoint(
    "/admin/update-user",
    methods=("POST",),
    security=SIGNED_IN,
    operation_id="adminUpdateUser",
    body=validation.Object({"userId": USER_ID, "data": validation.Record(validation.Anything())}),
    takes_image=True,
    errors=(
        (400, AdminErrorCodes.NO_DATA_TO_UPDATE),
        (400, AdminErrorCodes.PASSWORD_CANNOT_BE_UPDATED_VIA_UPDATE_USER),
        (400, AdminErrorCodes.USER_ID_CANNOT_BE_UPDATED),
        (400, AdminErrorCodes.INVALID_ROLE_TYPE),
        (400, AdminErrorCodes.YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE),
        (400, AdminErrorCodes.YOU_CANNOT_BAN_YOURSELF),
        (400, BaseErrorCodes.INVALID_EMAIL),
        _TAKEN,
        (400, BaseErrorCodes.FAILED_TO_UPDATE_USER),
        (403, _UPDATE[1]),
        (403, SET_ROLE[1]),
        (403, BAN[1]),
        (403, _SET_EMAIL[1]),
        (403, _SET_PHONE[1]),
        NO_USER,
    ),
    reply=Reply("The changed user", {"$ref": "#/components/schemas/User"}),
    tags=TAGS,
)
async def admin_update_user(ctx: Context) -> Row:
    """Change any fields of a user."""
    require(ctx, _UPDATE)
    user_id, data = ctx.body["userId"], dict(ctx.body["data"])
    needs = [_UPDATE, *await _check(ctx, user_id, data)]
    await find_user(ctx, user_id)
    async with acting(ctx, user_id, *needs):
        before, updated = await change_user(ctx, user_id, data)
        if "banned" in data and updated["banned"] and user_id == signed_in(ctx)[1]["id"]:
            # Sent as 1 or "true"; nothing of the transaction stays.
            raise APIError.of(400, AdminErrorCodes.YOU_CANNOT_BAN_YOURSELF)
    if "email" in data and before["email"] != updated["email"]:
        record(ctx, SecurityEvent.EMAIL_CHANGED, before)
    return shown(ctx, updated)


async def _check(ctx: Context, user_id: str, data: dict[str, Any]) -> list[Need]:
    """Check the fields in better-auth's order and bring them into the form that is stored; return what they need."""
    needs: list[Need] = []

    def need(one: Need) -> None:
        require(ctx, one)
        needs.append(one)

    if not data:
        raise APIError.of(400, AdminErrorCodes.NO_DATA_TO_UPDATE)
    if "password" in data:
        raise APIError.of(400, AdminErrorCodes.PASSWORD_CANNOT_BE_UPDATED_VIA_UPDATE_USER)
    if "id" in data:
        raise APIError.of(400, AdminErrorCodes.USER_ID_CANNOT_BE_UPDATED)
    if "role" in data:
        need(SET_ROLE)
        data["role"] = joined_roles(ctx, as_list(data["role"]))
    if any(name in data for name in BAN_FIELDS):
        need(BAN)
        if data.get("banned") is True and user_id == signed_in(ctx)[1]["id"]:
            raise APIError.of(400, AdminErrorCodes.YOU_CANNOT_BAN_YOURSELF)
    if "email" in data or "emailVerified" in data:
        need(_SET_EMAIL)
    if "email" in data:
        data["email"] = to_text(data["email"]).lower()
        if not validation.is_email(data["email"]):
            raise APIError.of(400, BaseErrorCodes.INVALID_EMAIL)
        other = await ctx.auth.users.find_by_email(data["email"])
        if other is not None and other["id"] != user_id:
            raise APIError.of(*_TAKEN)
    if "phoneNumber" in data or "phoneNumberVerified" in data:
        need(_SET_PHONE)
    return needs
