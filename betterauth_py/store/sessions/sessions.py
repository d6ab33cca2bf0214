"""Sessions in the database, in secondary storage, or in both."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select

from betterauth_py.clock import Clock, now
from betterauth_py.errors import SecondaryStorageError
from betterauth_py.options import SessionOptions
from betterauth_py.store.conditions import Where
from betterauth_py.store.database import logger
from betterauth_py.store.errors import NotHeldError, NotStoredError
from betterauth_py.store.hooks import Row
from betterauth_py.store.inserts import Holding
from betterauth_py.store.per_loop import PerLoop
from betterauth_py.store.rows import Rows
from betterauth_py.store.sessions.lookup import SessionLookup
from betterauth_py.store.sessions.query import SessionAndUser
from betterauth_py.store.sessions.revocations import SessionRevokedError
from betterauth_py.store.sessions.secondary import Reference, SecondarySessions


class Sessions:
    """Sessions together with their users: in the database, in secondary storage, or in both."""

    def __init__(
        self,
        rows: Rows,
        make_lookup: Callable[[], SessionLookup | None],
        secondary: SecondarySessions | None,
        options: SessionOptions,
        clock: Clock,
    ) -> None:
        """Use `rows` and `secondary`; read rows by a fast look-up where the database has one."""
        self.admissions: list[Callable[[str], Awaitable[None]]] = []  # As `Contributions.session_admissions`.
        self._rows = rows
        self._lookups = PerLoop(make_lookup, _close_lookup)
        self._secondary = secondary
        self._clock = clock
        self._in_database = secondary is None or options.store_session_in_database
        # Without a database, cookies outlive the session: that it has ended must be remembered.
        self._preserves = rows.database.url.in_process if secondary is None else options.preserve_session_in_database
        self._falls_back = self._in_database and not self._preserves
        self._session = rows.database.table("session")
        self._user = rows.database.table("user")

    async def find_with_user(self, token: str, *, fresh: bool = False) -> SessionAndUser | None:
        """Return the session with this token and its user, in one round trip; expired ones too.

        `fresh` bypasses this process's memory cache.

        Raises:
            SecondaryStorageError: if it does not answer, and the database cannot answer in its place.
        """
        if self._secondary is not None:
            try:
                found = await self._secondary.find(token)
            except SessionRevokedError:
                return None
            except SecondaryStorageError as error:
                if not self._falls_back:
                    raise
                logger.error("%s The database is asked instead.", error)
                found = None
            if found is not None or not self._falls_back:
                return found
        lookup = self._lookups.get()
        if lookup is not None and not self._rows.database.in_transaction:
            return await lookup.find(token, fresh=fresh)
        return await self._find_with_sqlalchemy(token)

    async def create(self, row: Row, holding: Holding | None = None) -> Row | None:
        """Store a session; None if a hook refuses it. Secondary storage gets it after the transaction's commit.

        With `holding`, only while that holds: in one statement, or in a transaction if there is more to do in it.

        Raises:
            NotStoredError: if the user is gone.
            NotHeldError: if `holding` does not hold.
        """
        if not self.admissions:
            if holding is None:
                return await self._create(row)
            if self._secondary is None and not self._rows.hooks.watches("session", "create"):
                return await self._rows.create("session", row, holding=holding)
        async with self._rows.database.transaction():
            # They lock the user: as everywhere, before what belongs to the user.
            for admit in self.admissions:
                await admit(row["userId"])
            if holding is not None and (await self._rows.database.execute(holding.row, holding.values)).first() is None:
                raise NotHeldError
            return await self._create(row)

    async def _create(self, row: Row) -> Row | None:
        secondary = self._secondary
        if secondary is None:
            return await self._rows.create("session", row)
        if self._rows.database.in_transaction:
            # If it cannot be reached, fail before anything is committed.
            await secondary.references(row["userId"])

        async def mirror(session: Row) -> Row:
            await self._rows.database.after_commit(lambda: self._mirror(secondary, session), vital=True)
            return session

        return await self._rows.create("session", row, elsewhere=mirror, in_database=self._in_database)

    async def update(self, token: str, changes: Row) -> Row | None:
        """Change the session with this token; None if it is gone or a hook refuses."""
        secondary = self._secondary
        where = self._session.c.token == token
        if secondary is None:
            return await self._rows.update("session", changes, where)
        return await self._rows.update(
            "session",
            changes,
            where,
            elsewhere=lambda changed: secondary.update(token, changed),
            in_database=self._in_database,
        )

    async def delete(self, token: str) -> None:
        """Delete the session with this token."""
        where = self._session.c.token == token
        try:
            if self._secondary is not None:
                await self._secondary.delete(token)
        finally:
            # If one of the two cannot be reached, the session ends at least in the other.
            if self._preserves and self._in_database:
                await self._end(where)
            elif self._in_database:
                await self._rows.delete("session", where)

    async def find_many(self, tokens: Sequence[str]) -> list[SessionAndUser]:
        """Return the sessions with these tokens and their users, expired or not, in the order of the tokens."""
        tokens = list(dict.fromkeys(tokens))
        if self._secondary is not None:
            found = await asyncio.gather(*(self.find_with_user(token, fresh=True) for token in tokens))
            return [one for one in found if one is not None]
        sessions = await self._rows.find_many("session", Where("token", tokens, "in"))
        owners = Where("id", [session["userId"] for session in sessions], "in")
        users = {user["id"]: user for user in await self._rows.find_many("user", owners)}
        by_token = {one["token"]: (one, users[one["userId"]]) for one in sessions if one["userId"] in users}
        return [by_token[token] for token in tokens if token in by_token]

    async def delete_many(self, tokens: Sequence[str]) -> None:
        """Delete the sessions with these tokens; a hook that refuses one of them keeps all in the database."""
        tokens = list(dict.fromkeys(tokens))
        where = self._session.c.token.in_(tokens)
        try:
            if self._secondary is not None:
                await asyncio.gather(*(self._secondary.delete(token) for token in tokens))
        finally:
            if self._preserves and self._in_database:
                await self._end(where)
            elif self._in_database:
                await self._rows.delete_many("session", where)

    async def list_active(self, user_id: str, now: datetime) -> list[Row]:
        """Return the user's sessions that are not expired at `now`; at most as many rows as better-auth reads."""
        if self._secondary is not None and not self._falls_back:
            return await self._secondary.list_active(user_id)
        session = self._session
        return await self._rows.find_many(
            "session", session.c.userId == user_id, session.c.expiresAt > now, limit=self._rows.list_limit
        )

    async def delete_all_of(self, user_id: str, *, at_once: bool = False) -> None:
        """Delete every session of the user; in secondary storage after the transaction's commit, or `at_once`."""
        where = self._session.c.userId == user_id
        references = await self._secondary.references(user_id) if self._secondary is not None else []
        deleted = True
        if self._preserves and self._in_database:
            deleted = await self._end(where)
        elif self._in_database:
            deleted = await self._rows.delete_many("session", where)
        if self._secondary is not None and deleted and at_once:
            await self._secondary.end_all(user_id, references, self._clock.milliseconds())
        elif self._secondary is not None and deleted:
            await self._end_elsewhere(self._secondary, user_id, references)

    async def delete_others_of(self, user_id: str, token: str, now: datetime) -> None:
        """Delete the user's sessions that are not expired at `now`, except the one with `token`."""
        if self._secondary is not None:
            await self._secondary.delete_all(user_id, but=token)
        if self._in_database:
            # Includes those that secondary storage has lost.
            session = self._session
            where = (session.c.userId == user_id, session.c.token != token, session.c.expiresAt > now)
            await (self._end(*where) if self._preserves else self._rows.delete_many("session", *where))

    async def delete_with_user(self, user_id: str) -> None:
        """Delete every session of a user who is being deleted, in the caller's transaction."""
        references = await self._secondary.references(user_id) if self._secondary is not None else []
        if self._in_database:
            await self._rows.delete_many("session", self._session.c.userId == user_id)
        if self._secondary is not None:
            await self._end_elsewhere(self._secondary, user_id, references)

    async def _end_elsewhere(self, secondary: SecondarySessions, user_id: str, references: list[Reference]) -> None:
        # As of now: a session that begins later in this transaction is not one of them.
        moment = self._clock.milliseconds()
        await self._rows.database.after_commit(lambda: secondary.end_all(user_id, references, moment), vital=True)

    def is_alive(self, token: str, user_id: str) -> ColumnElement[bool] | None:
        """Return the condition that the session is unexpired and of this user; None if sessions have no rows."""
        if self._secondary is not None:
            return None
        session = self._session
        return exists(
            select(session.c.id).where(
                session.c.token == token, session.c.userId == user_id, session.c.expiresAt > now(self._clock)
            )
        )

    async def refresh_user(self, user_id: str) -> None:
        """Update the user in the sessions of secondary storage, after the transaction's commit."""
        secondary = self._secondary
        if secondary is None:
            return

        async def refresh() -> None:
            try:
                await secondary.replace_user(user_id, lambda: self._find_user(user_id))
            except SecondaryStorageError:
                # As upstream: the change is stored, and the answer says so.
                logger.exception("A changed user is not yet shown by the sessions in secondary storage")

        await self._rows.database.after_commit(refresh, vital=True)

    async def open(self) -> None:
        """Prepare the look-up for work (again).

        Raises:
            DatabaseError: if `session.memory_cache` is on and notifications of changes do not arrive.
        """
        if (lookup := self._lookups.get()) is not None:
            await lookup.open()

    async def close(self) -> None:
        """Close the look-up's connections."""
        if (lookup := self._lookups.get()) is not None:
            await lookup.close()

    async def _mirror(self, secondary: SecondarySessions, session: Row) -> None:
        user_id = session["userId"]
        user = await self._find_user(user_id)
        if user is not None:
            await secondary.add(session, user)
            # A concurrent change or deletion of the user may not have seen this session yet.
            now_user = await self._find_user(user_id)
            if now_user is not None and now_user != user:
                await secondary.replace_user(user_id, lambda: self._find_user(user_id))
            user = now_user
        if user is None:
            await secondary.delete(session["token"])
            msg = "the user is gone"
            raise NotStoredError(msg)

    async def _find_user(self, user_id: str) -> Row | None:
        return await self._rows.find_one("user", self._user.c.id == user_id)

    async def _end(self, *where: ColumnElement[bool]) -> bool:
        """Keep the rows, but mark them as expired; hooks see them as deleted. Rows already expired stay as they are."""
        moment = now(self._clock)
        return await self._rows.delete_many(
            "session", *where, self._session.c.expiresAt > moment, kept_with={"expiresAt": moment}
        )

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


async def _close_lookup(lookup: SessionLookup | None) -> None:
    if lookup is not None:
        await lookup.close()
