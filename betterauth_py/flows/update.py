"""Changing a user's and a session's fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from betterauth_py.core.context import EndpointContext
from betterauth_py.flows.input import read_additional_fields, refuse_long_name
from betterauth_py.flows.session import demand_session
from betterauth_py.store.errors import NotStoredError
from betterauth_py.store.hooks import Row
from betterauth_py.wire.errors import APIError, BaseErrorCodes, UpdateErrorCodes

Context = EndpointContext[Any, Any]


async def update_user_fields(ctx: Context, session: Row, user: Row, given: Mapping[str, Any]) -> Row:
    """Change the name, the image and the additional fields that `given` has; return the user as it is then.

    Raises:
        APIError: 400 if nothing is given, a field may not be set, or a value cannot be stored; 401 if the session has
            ended meanwhile.
    """
    refuse_long_name(given.get("name"))
    changes: Row = {name: given[name] for name in ("name", "image") if name in given}
    changes |= await read_additional_fields(ctx.auth.schema, "user", given, "update")
    _refuse_nothing(changes)
    token = session["token"] if ctx.session_source == "store" else None
    try:
        updated = await ctx.auth.users.update(user["id"], changes, while_session=token)
    except NotStoredError:
        raise APIError.of(400, BaseErrorCodes.FAILED_TO_UPDATE_USER) from None
    if updated is None:
        # A hook refuses, unless the session has ended meanwhile.
        await demand_session(ctx)
    return updated or {**user, **changes}


async def update_session_fields(ctx: Context, token: str, given: Mapping[str, Any]) -> Row | None:
    """Change the additional fields that `given` has; return the session, or None if it is gone.

    Raises:
        APIError: 400 if nothing is given, a field may not be set, or a value cannot be stored.
    """
    changes = await read_additional_fields(ctx.auth.schema, "session", given, "update")
    _refuse_nothing(changes)
    try:
        return await ctx.auth.sessions.update(token, {**changes, "updatedAt": ctx.auth.now()})
    except NotStoredError:
        raise APIError.of(400, UpdateErrorCodes.FAILED_TO_UPDATE_SESSION) from None


def _refuse_nothing(changes: Row) -> None:
    if not changes:
        raise APIError(400, {"message": "No fields to update"})
