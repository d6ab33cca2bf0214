"""Stores what an authentic cookie says, where there is no database: another process may know more than this one."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from sqlalchemy import ColumnElement, and_
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DBAPIError

from betterauth_py.store.coercion import UnstorableValueError, to_storable
from betterauth_py.store.hooks import Row
from betterauth_py.store.rows import Rows


async def remember(rows: Rows, session: Row | None, user: Row, account: Row | None, now: datetime) -> bool:
    """Store the user, the session and the account in this process's memory, unless it knows newer ones.

    No hook runs, because nothing happens to them. Return False if user and session cannot be stored: another user has
    the same address here, or a field that the cookie does not show is required.
    """
    try:
        async with rows.database.transaction():
            await _put(rows, "user", user)
            if session is not None:
                # One that has ended meanwhile stays so.
                await _put(rows, "session", session, rows.database.table("session").c.expiresAt > now)
    except (DBAPIError, UnstorableValueError):
        return False
    if account is not None:
        # The session does not need it.
        with suppress(DBAPIError, UnstorableValueError):
            await _put(rows, "account", account)
    return True


async def _put(rows: Rows, model: str, row: Row, *if_there: ColumnElement[bool]) -> None:
    table, fields = rows.database.table(model), rows.database.schema.models[model].fields
    values = {name: to_storable(field, row[name]) for name, field in fields.items() if row.get(name) is not None}
    added = insert(table).values({**values, "id": row["id"]})
    newer = table.c.updatedAt < added.excluded.updatedAt
    upsert = added.on_conflict_do_update(index_elements=[table.c.id], set_=values, where=and_(newer, *if_there))
    await rows.database.execute(upsert)
