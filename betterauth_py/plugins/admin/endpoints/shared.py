"""What the endpoints of the admin plugin share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from betterauth_py.plugins import (
    APIError,
    BaseErrorCodes,
    EndpointContext,
    Reply,
    Row,
    validation,
)
from betterauth_py.plugins.admin.actions import change
from betterauth_py.plugins.admin.administration import Need, administration_of
from betterauth_py.plugins.admin.errors import AdminErrorCodes
from betterauth_py.plugins.tools import without_hidden_fields

Context = EndpointContext[dict[str, Any], dict[str, Any]]

TAGS: Final = ("Admin",)
USER_ID: Final = validation.String("The id of the user", coerce=True)
ROLE: Final = validation.Union((validation.String(), validation.Array(validation.String())))
NO_USER: Final = (404, BaseErrorCodes.USER_NOT_FOUND)
USER_REPLY: Final = {
    "type": "object",
    "properties": {"user": {"$ref": "#/components/schemas/User"}},
    "required": ["user"],
}
SUCCESS: Final = {"type": "object", "properties": {"success": {"type": "boolean"}}, "required": ["success"]}

SET_ROLE: Final[Need] = ({"user": ["set-role"]}, AdminErrorCodes.YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE)
BAN: Final[Need] = ({"user": ["ban"]}, AdminErrorCodes.YOU_ARE_NOT_ALLOWED_TO_BAN_USERS)
REVOKE: Final[Need] = ({"session": ["revoke"]}, AdminErrorCodes.YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS)


def user_reply(description: str) -> Reply:
    """Return the declaration of an answer that shows a user."""
    return Reply(description, USER_REPLY)


def shown(ctx: Context, user: Row) -> Row:
    """Return a user as clients may see it."""
    return without_hidden_fields(ctx.auth.schema, "user", user)


def joined_roles(ctx: Context, given: Sequence[Any]) -> str:
    """Return roles as they are stored.

    Raises:
        APIError: 400 if one is no text, or not a declared role.
    """
    roles = administration_of(ctx.auth).roles
    for role in given:
        if not isinstance(role, str):
            raise APIError.of(400, AdminErrorCodes.INVALID_ROLE_TYPE)
        if roles.are_declared and role not in roles.known:
            raise APIError.of(400, AdminErrorCodes.YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE)
    return ",".join(given)


def as_list(role: Any) -> list[Any]:
    """Return one role, or several, as a list."""
    return role if isinstance(role, list) else [role]


async def change_user(ctx: Context, user_id: str, changes: Row) -> tuple[Row, Row]:
    """Change the user within the transaction of the call; return the rows from before and after.

    Raises:
        APIError: 400 if the values cannot be stored, or a hook refuses.
    """
    changed = await change(ctx.auth, user_id, changes)
    if changed is None:
        raise APIError.of(400, BaseErrorCodes.FAILED_TO_UPDATE_USER)
    return changed
