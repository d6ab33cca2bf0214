"""Numbers change only by verification: hooks before `/update-user` and around user rows."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.plugins import (
    UNDEFINED,
    APIError,
    DatabaseHooksOptions,
    EndpointContext,
    Hook,
    Row,
    RowHooks,
    TableHooks,
)
from betterauth_py.plugins.phone_number.errors import PhoneNumberErrorCodes

Context = EndpointContext[Any, Any]
_OF_ADMINS: Final = "/admin/update-user"


async def _refuse_update(ctx: Context) -> None:
    if isinstance(ctx.body, dict) and ctx.body.get("phoneNumber") is not None:
        raise APIError.of(400, PhoneNumberErrorCodes.PHONE_NUMBER_CANNOT_BE_UPDATED)


BEFORE: Final = [Hook(paths={"/update-user"}, handler=_refuse_update)]


def _is_given(row: Row) -> bool:
    return row.get("phoneNumber", UNDEFINED) not in {None, UNDEFINED}


async def _before_create(row: Row, ctx: Context | None) -> Row | None:
    if not _is_given(row) or row.get("phoneNumberVerified") is True:
        return None
    if ctx is not None and isinstance(ctx.body, dict) and ctx.body.get("phoneNumber"):
        raise APIError.of(400, PhoneNumberErrorCodes.PHONE_NUMBER_CANNOT_BE_SET)
    return {"phoneNumber": None, "phoneNumberVerified": False}


async def _before_update(row: Row, ctx: Context | None) -> Row | None:
    if "phoneNumber" in row and row["phoneNumber"] is None:
        return {"phoneNumberVerified": False}
    if ctx is None or not _is_given(row) or row.get("phoneNumberVerified") is True or ctx.path == _OF_ADMINS:
        return None
    return {"phoneNumber": UNDEFINED}


DATABASE_HOOKS: Final = DatabaseHooksOptions(
    user=TableHooks(create=RowHooks(before=_before_create), update=RowHooks(before=_before_update))
)
