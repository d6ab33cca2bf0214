"""Changing a user's and a session's fields."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from betterauth_py.core.auth_context import AuthContext
from betterauth_py.core.refusals import RefusedError
from betterauth_py.flows.input import read_additional_fields, refuse_long_name
from betterauth_py.flows.session import require_living_session
from betterauth_py.store.errors import NotStoredError
from betterauth_py.store.hooks import Row


class UpdateRefusal(Enum):
    """Why an update is refused."""

    NOTHING_GIVEN = "NOTHING_GIVEN"
    NOT_STORED = "NOT_STORED"
    """The database or one of its constraints refuses the values."""


class UpdateRefusedError(RefusedError):
    """An update is refused."""

    refusal: UpdateRefusal


async def update_user_fields(auth: AuthContext, session_token: str | None, user: Row, given: Mapping[str, Any]) -> Row:
    """Change the name, the image and the additional fields that `given` has; return the changed user.

    `session_token` is the session of the request, which must not end meanwhile (None: there is none).

    Raises:
        FieldRefusedError: if a field may not be set.
        UpdateRefusedError: if nothing is given, or a value cannot be stored.
        SessionEndedError: if the session has ended meanwhile.
    """
    refuse_long_name(given.get("name"))
    changes: Row = {name: given[name] for name in ("name", "image") if name in given}
    changes |= await read_additional_fields(auth.schema, "user", given, "update")
    _refuse_nothing(changes)
    try:
        updated = await auth.users.update(user["id"], changes, while_session=session_token)
    except NotStoredError:
        raise UpdateRefusedError(UpdateRefusal.NOT_STORED) from None
    if updated is None:
        # A hook refuses, unless the session has ended meanwhile.
        await require_living_session(auth, session_token)
    return updated or {**user, **changes}


async def update_session_fields(auth: AuthContext, token: str, given: Mapping[str, Any]) -> Row | None:
    """Change the additional fields that `given` has; return the session, or None if it is gone.

    Raises:
        FieldRefusedError: if a field may not be set.
        UpdateRefusedError: if nothing is given, or a value cannot be stored.
    """
    changes = await read_additional_fields(auth.schema, "session", given, "update")
    _refuse_nothing(changes)
    try:
        return await auth.sessions.update(token, {**changes, "updatedAt": auth.now()})
    except NotStoredError:
        raise UpdateRefusedError(UpdateRefusal.NOT_STORED) from None


def _refuse_nothing(changes: Row) -> None:
    if not changes:
        raise UpdateRefusedError(UpdateRefusal.NOTHING_GIVEN)
