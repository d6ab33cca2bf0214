"""The fast look-up of a session and its user by the session's token.

Concurrent look-ups are batched into one query (`= ANY(...)`). Connections are dedicated and the
statement is prepared once, so there is no pool, no transaction and no reset around the read.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

import asyncpg

from betterauth_py.errors import DatabaseUnavailableError
from betterauth_py.models.schema import Schema
from betterauth_py.options import MemoryCacheOptions
from betterauth_py.store.batching import BatchedLookups
from betterauth_py.store.database import Database
from betterauth_py.store.engine import configure_sqlite_file, connect_postgresql, make_sqlite_file
from betterauth_py.store.faults import reason_of
from betterauth_py.store.sessions.cache import SessionCache, name_of
from betterauth_py.store.sessions.changes import SessionChanges
from betterauth_py.store.sessions.query import CONTAINERS, SessionAndUser, make_reader, session_query

_FAREWELL_SECONDS = 2
_STOPPED = "The session look-up was stopped."
_CLOSED = "The session look-up is closed."
_LOST_CONNECTION = (
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InvalidCachedStatementError,
    OSError,
    TimeoutError,
)


class SessionLookup(Protocol):
    """Finds a session and its user by the session's token."""

    async def find(self, token: str, *, fresh: bool = False) -> SessionAndUser | None:
        """Return the session and its user, or None; with `fresh`, as they are in the database now."""
        ...

    async def open(self) -> None:
        """Prepare for work (again)."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...


def make_session_lookup(database: Database, cache: MemoryCacheOptions) -> SessionLookup | None:
    """Return the look-up for this database, or None if it has to use plain SQLAlchemy."""
    if database.url.dialect == "postgresql":
        if database.pooled:
            return None
        return CachedSessionLookup(database, cache) if cache.enabled else PostgresqlSessionLookup(database)
    return SqliteSessionLookup(database) if database.url.path is not None else None


class _GatheringLookup:
    """Batches concurrent look-ups into one query."""

    def __init__(self, schema: Schema) -> None:
        self.statement = session_query(schema)
        self._read = make_reader(schema)
        self._token_index = list(schema.models["session"].fields).index("token")
        self._lookups = BatchedLookups(self._rows_by_token, lambda: DatabaseUnavailableError(_STOPPED))

    async def find(self, token: str, *, fresh: bool = False) -> SessionAndUser | None:
        """Return the session and its user, or None."""
        if "\0" in token:
            # No row has such a token, and PostgreSQL would refuse the query.
            return None
        row = await self._lookups.ask(token)
        return None if row is None else self._read(row)

    async def query(self, tokens: list[str]) -> Sequence[Sequence[Any]]:
        """Return the rows of all tokens."""
        raise NotImplementedError

    async def _rows_by_token(self, tokens: list[str]) -> dict[str, Sequence[Any]]:
        return {row[self._token_index]: row for row in await self.query(tokens)}


class PostgresqlSessionLookup(_GatheringLookup):
    """Reads over one dedicated asyncpg connection with prepared statements; reconnects when it is lost."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        super().__init__(database.schema)
        self._database = database
        self._connection: asyncpg.Connection[Any] | None = None
        self._find_one: Any = None
        self._find_many: Any = None
        self._closed = False

    async def open(self) -> None:
        """Allow connecting (again)."""
        self._closed = False

    async def query(self, tokens: list[str]) -> Sequence[Sequence[Any]]:
        """Return the rows of all tokens."""
        try:
            return await self._query(tokens)
        except _LOST_CONNECTION:
            # The server restarted, closed the connection or timed out: retry once on a new one; nothing was written.
            await self._hang_up()
        try:
            return await self._query(tokens)
        except (OSError, TimeoutError) as error:
            raise DatabaseUnavailableError(f"The session look-up failed: {reason_of(error)}") from error

    async def close(self) -> None:
        """Close the connection, until it is opened again."""
        self._closed = True
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            await connection.close(timeout=_FAREWELL_SECONDS)
        except _LOST_CONNECTION:
            connection.terminate()

    async def _query(self, tokens: list[str]) -> Sequence[Sequence[Any]]:
        if self._connection is None:
            await self._connect()
        if len(tokens) == 1:
            rows: Sequence[Sequence[Any]] = await self._find_one.fetch(tokens[0])
        else:
            rows = await self._find_many.fetch(tokens)
        return rows

    async def _connect(self) -> None:
        if self._closed:
            raise DatabaseUnavailableError(_CLOSED)
        options = self._database.options
        connection = await connect_postgresql(
            self._database.url, options, pooled=False, command_timeout=options.connect_timeout
        )
        try:
            self._find_one = await connection.prepare(f"{self.statement} = $1")
            self._find_many = await connection.prepare(f"{self.statement} = ANY($1::text[])")
        except BaseException:
            connection.terminate()
            raise
        self._connection = connection

    async def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()
            # The event loop closes the socket in its next iteration; let it run one.
            await asyncio.sleep(0)


class CachedSessionLookup(PostgresqlSessionLookup):
    """Reads recently read sessions from memory, all others over the dedicated connection."""

    def __init__(self, database: Database, options: MemoryCacheOptions) -> None:
        """Read from `database`; changes that this process makes through `database` are visible at once."""
        super().__init__(database)
        self.cache = SessionCache(options.max_entries, options.max_bytes)
        self._changes = SessionChanges(database, self.cache, options.max_staleness)
        self._is_plain = _is_plain(database.schema)
        self._session_id, self._user_id = self._indexes_of_ids(database.schema)

    async def open(self) -> None:
        """Start to listen for changes.

        Raises:
            DatabaseError: if that is not possible, with the reason.
        """
        await super().open()
        await self._changes.open()

    async def find(self, token: str, *, fresh: bool = False) -> SessionAndUser | None:
        """Return the session and its user, or None; with `fresh` as they are in the database now."""
        if not fresh:
            kept = self.cache.get(token)
            if kept is not None:
                return self._given(kept)
        if "\0" in token:
            return None
        ticket = self.cache.ticket
        row = await self._lookups.ask(token)
        if row is None:
            # Not cached: a missing session may be created at any moment, without a notification.
            return None
        kept = self._read(row) if self._is_plain else row
        names = (name_of("session", row[self._session_id]), name_of("user", row[self._user_id]))
        self.cache.add(token, kept, names, ticket, tuple(row))
        return self._given(kept)

    async def close(self) -> None:
        """Forget everything and close the connections."""
        await self._changes.close()
        await super().close()

    def _given(self, kept: Any) -> SessionAndUser:
        """Return copies of the rows, because hooks may change them."""
        if self._is_plain:
            return kept[0].copy(), kept[1].copy()
        return self._read(kept)

    @staticmethod
    def _indexes_of_ids(schema: Schema) -> tuple[int, int]:
        """Return the indexes of the ids in a row of the query: each follows the fields of its model."""
        session = len(schema.models["session"].fields)
        return session, session + 1 + len(schema.models["user"].fields)


class SqliteSessionLookup(_GatheringLookup):
    """Reads on a dedicated thread with one connection, so that the event loop never waits for the disk."""

    def __init__(self, database: Database) -> None:
        """Read from the database's file."""
        super().__init__(database.schema)
        self._path = str(database.url.path)
        self._connection: sqlite3.Connection | None = None
        self._thread: ThreadPoolExecutor | None = self._make_thread()

    async def open(self) -> None:
        """Allow the thread to start (again)."""
        if self._thread is None:
            self._thread = self._make_thread()

    async def query(self, tokens: list[str]) -> Sequence[Sequence[Any]]:
        """Return the rows of all tokens."""
        if self._thread is None:
            raise DatabaseUnavailableError(_CLOSED)
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._query, tokens)

    async def close(self) -> None:
        """Close the connection and end the thread."""
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.shutdown(wait=True)
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self) -> sqlite3.Connection:
        make_sqlite_file(self._path)
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        try:
            configure_sqlite_file(connection.execute, time.sleep)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    @staticmethod
    def _make_thread() -> ThreadPoolExecutor:
        return ThreadPoolExecutor(max_workers=1, thread_name_prefix="betterauth-session")

    def _query(self, tokens: list[str]) -> list[tuple[Any, ...]]:
        if self._connection is None:
            self._connection = self._connect()
        rows: list[tuple[Any, ...]] = []
        for token in tokens:
            rows += self._connection.execute(f"{self.statement} = ?", (token,)).fetchall()
        return rows


def _is_plain(schema: Schema) -> bool:
    """Return whether the values of a row are immutable, and no function of the options creates them."""
    fields = [field for model in ("session", "user") for field in schema.models[model].fields.values()]
    return not any(field.transform.output or field.type in CONTAINERS for field in fields)
