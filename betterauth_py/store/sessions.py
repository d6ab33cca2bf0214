"""Sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select

from betterauth_py.store.hooks import Row
from betterauth_py.store.rows import Rows
from betterauth_py.store.session_lookup import SessionLookup
from betterauth_py.store.session_query import SessionAndUser

_MOST_LISTED: Final = 100


class Sessions:
    """Sessions and, with them, the users they belong to."""

    def __init__(self, rows: Rows, lookup: SessionLookup | None) -> None:
        """Work on `rows`; read through `lookup` where one exists for the database."""
        self._rows = rows
        self._lookup = lookup
        self._session = rows.database.table("session")
        self._user = rows.database.table("user")

    async def find_with_user(self, token: str) -> SessionAndUser | None:
        """Return the session with this token and its user, in one round trip; expired ones too."""
        if self._lookup is not None and not self._rows.database.in_transaction:
            return await self._lookup.find(token)
        return await self._find_with_sqlalchemy(token)

    async def create(self, row: Row) -> Row | None:
        """Insert a session; None if a hook refuses it."""
        return await self._rows.create("session", row)

    async def update(self, token: str, changes: Row) -> Row | None:
        """Change the session with this token; None if it is gone or a hook refuses."""
        return await self._rows.update("session", changes, self._session.c.token == token)

    async def delete(self, token: str) -> None:
        """Delete the session with this token."""
        await self._rows.delete("session", self._session.c.token == token)

    async def list_active(self, user_id: str, now: datetime) -> list[Row]:
        """Return the user's sessions that are not over at `now`; at most as many as upstream reads."""
        session = self._session
        return await self._rows.find_many(
            "session", session.c.userId == user_id, session.c.expiresAt > now, limit=_MOST_LISTED
        )

    async def delete_all_of(self, user_id: str) -> None:
        """Delete every session of the user."""
        await self._rows.delete_many("session", self._session.c.userId == user_id)

    async def delete_others_of(self, user_id: str, token: str, now: datetime) -> None:
        """Delete the user's sessions that are not over at `now`, but for the one with `token`."""
        session = self._session
        await self._rows.delete_many(
            "session", session.c.userId == user_id, session.c.token != token, session.c.expiresAt > now
        )

    def open(self) -> None:
        """Prepare the look-up for work (again)."""
        if self._lookup is not None:
            self._lookup.open()

    async def close(self) -> None:
        """Close the look-up's connections."""
        if self._lookup is not None:
            await self._lookup.close()

    async def _find_with_sqlalchemy(self, token: str) -> SessionAndUser | None:
        if "\0" in token:
            return None
        session, user = self._session, self._user
        statement = (
            select(
                *(column.label(f"session_{column.key}") for column in session.c),
                *(column.label(f"user_{column.key}") for column in user.c),
            )
            .join_from(session, user, user.c.id == session.c.userId)
            .where(session.c.token == token)
        )
        found = (await self._rows.database.execute(statement)).first()
        if found is None:
            return None
        return (
            self._rows.to_row("session", found._mapping, "session_"),
            self._rows.to_row("user", found._mapping, "user_"),
        )
