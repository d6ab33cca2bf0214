"""The fast way from a session token to its session and user.

Look-ups that wait at the same moment are gathered into one query (`= ANY(...)`), which is exact: every look-up is
answered by a query that starts after it was asked. Connections are dedicated and the statement is prepared once, so
there is no pool, no transaction and no reset around the read.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

import asyncpg

from betterauth_py.errors import DatabaseError
from betterauth_py.models.schema import Schema
from betterauth_py.store.database import Database, connect_postgresql, sqlite_pragmas
from betterauth_py.store.session_query import SessionAndUser, make_reader, session_query

_Answer = asyncio.Future[Sequence[Any] | None]
_LARGEST_BATCH = 500
_FAREWELL_SECONDS = 2
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

    async def find(self, token: str) -> SessionAndUser | None:
        """Return the session and its user, or None."""
        ...

    def open(self) -> None:
        """Prepare for work (again)."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...


def make_session_lookup(database: Database) -> SessionLookup | None:
    """Return the look-up for this database, or None where plain SQLAlchemy has to do."""
    if database.url.dialect == "postgresql":
        return None if database.pooled else PostgresqlSessionLookup(database)
    return SqliteSessionLookup(database) if database.url.path is not None else None


class _BatchingLookup:
    """Gathers look-ups: the first one starts a query at once, those that come meanwhile share the next one."""

    def __init__(self, schema: Schema) -> None:
        self.statement = session_query(schema)
        self._read = make_reader(schema)
        self._token_index = list(schema.models["session"].fields).index("token")
        self._waiting: dict[str, list[_Answer]] = {}
        self._worker: asyncio.Task[None] | None = None

    async def find(self, token: str) -> SessionAndUser | None:
        """Return the session and its user, or None."""
        if "\0" in token:
            # No row has one, and PostgreSQL would refuse the question.
            return None
        # One future per caller: one that gives up does not take the answer away from others.
        answer: _Answer = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(token, []).append(answer)
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())
        row = await answer
        return None if row is None else self._read(row)

    async def query(self, tokens: list[str]) -> Sequence[Sequence[Any]]:
        """Return the rows of all tokens."""
        raise NotImplementedError

    async def _work(self) -> None:
        batch: dict[str, list[_Answer]] = {}
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, {}
                tokens = list(batch)
                for start in range(0, len(tokens), _LARGEST_BATCH):
                    await self._answer(batch, tokens[start : start + _LARGEST_BATCH])
        except BaseException:
            # Stopped from outside: nobody is left waiting for an answer that will not come.
            error = DatabaseError("The session look-up was stopped.")
            for answers in (*batch.values(), *self._waiting.values()):
                _fail(answers, error)
            self._waiting = {}
            raise
        finally:
            self._worker = None

    async def _answer(self, batch: dict[str, list[_Answer]], tokens: list[str]) -> None:
        try:
            rows = {row[self._token_index]: row for row in await self.query(tokens)}
        except Exception as error:
            for token in tokens:
                _fail(batch[token], error)
            return
        for token in tokens:
            row = rows.get(token)
            for answer in batch[token]:
                if not answer.done():
                    answer.set_result(row)


def _fail(answers: list[_Answer], error: Exception) -> None:
    for answer in answers:
        if not answer.done():
            answer.set_exception(error)


class PostgresqlSessionLookup(_BatchingLookup):
    """Reads over one dedicated asyncpg connection with prepared statements; reconnects when it is lost."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        super().__init__(database.schema)
        self._database = database
        self._connection: asyncpg.Connection[Any] | None = None
        self._find_one: Any = None
        self._find_many: Any = None
        self._closed = False

    def open(self) -> None:
        """Allow connecting (again)."""
        self._closed = False

    async def query(self, tokens: list[str]) -> Sequence[Sequence[Any]]:
        """Return the rows of all tokens."""
        try:
            return await self._query(tokens)
        except _LOST_CONNECTION:
            # The server restarted, hung up or fell silent: one more try on a new connection; nothing was written.
            await self._hang_up()
            return await self._query(tokens)

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
            raise DatabaseError(_CLOSED)
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
            # The event loop closes the socket at its next turn; let it have one.
            await asyncio.sleep(0)


class SqliteSessionLookup(_BatchingLookup):
    """Reads on one thread of its own with one connection, so that the event loop never waits for the disk."""

    def __init__(self, database: Database) -> None:
        """Read from the database's file."""
        super().__init__(database.schema)
        self._path = str(database.url.path)
        self._connection: sqlite3.Connection | None = None
        self._thread: ThreadPoolExecutor | None = None
        self.open()

    def open(self) -> None:
        """Provide the thread (again)."""
        if self._thread is None:
            self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="betterauth-session")

    async def query(self, tokens: list[str]) -> Sequence[Sequence[Any]]:
        """Return the rows of all tokens."""
        if self._thread is None:
            raise DatabaseError(_CLOSED)
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._query, tokens)

    async def close(self) -> None:
        """Close the connection and end the thread."""
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.shutdown(wait=True)
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _query(self, tokens: list[str]) -> list[tuple[Any, ...]]:
        if self._connection is None:
            self._connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
            for pragma in sqlite_pragmas():
                self._connection.execute(pragma)
        rows: list[tuple[Any, ...]] = []
        for token in tokens:
            rows += self._connection.execute(f"{self.statement} = ?", (token,)).fetchall()
        return rows
