"""Reads one row with the database connections, pools and engines that a service may pass."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import closing
from typing import Any

from betterauth_py.errors import ConfigurationError
from betterauth_py.verify.drivers_sqlalchemy import AsyncSqlAlchemy, SqlAlchemy
from betterauth_py.verify.row_reader import AsyncRowReader, BlockingRowReader, Row

_SUPPORTED = (
    "asyncpg (Connection, Pool), psycopg 3 (Connection, AsyncConnection, ConnectionPool, AsyncConnectionPool), "
    "SQLAlchemy (Engine, Connection, Session, sessionmaker and their async forms), sqlite3, aiosqlite, "
    "Django's connection"
)


class Asyncpg(AsyncRowReader):
    """asyncpg's connection or pool. A connection is asked by one at a time."""

    placeholder = "$1"

    def __init__(self, given: Any) -> None:
        """Let a pool share its connections out itself."""
        super().__init__(given)
        self._is_pool = hasattr(given, "acquire")

    def row(self, token: str) -> Coroutine[Any, Any, Row | None]:
        """See `AsyncRowReader.row`."""
        return self.given.fetchrow(self.statement, token) if self._is_pool else self._in_turn(token)

    async def _in_turn(self, token: str) -> Row | None:
        async with self.turn:
            row: Row | None = await self.given.fetchrow(self.statement, token)
        return row


class AsyncPsycopg(AsyncRowReader):
    """psycopg's AsyncConnection or AsyncConnectionPool. A connection is asked by one at a time."""

    placeholder = "%s"

    async def row(self, token: str) -> Row | None:
        """See `AsyncRowReader.row`."""
        if hasattr(self.given, "getconn"):
            async with self.given.connection() as connection:
                return await self._of(connection, token)
        async with self.turn:
            return await self._of(self.given, token)

    async def _of(self, connection: Any, token: str) -> Row | None:
        from psycopg.pq import TransactionStatus
        from psycopg.rows import tuple_row

        was_idle = connection.info.transaction_status == TransactionStatus.IDLE
        async with connection.cursor(row_factory=tuple_row) as cursor:
            await cursor.execute(self.statement, (token,))
            row: Row | None = await cursor.fetchone()
        if was_idle and not connection.autocommit:
            await connection.rollback()
        return row


class Psycopg(BlockingRowReader):
    """psycopg's Connection or ConnectionPool. A connection is asked by one at a time."""

    placeholder = "%s"

    def read(self, token: str) -> Row | None:
        """See `BlockingRowReader.read`."""
        if hasattr(self.given, "getconn"):
            with self.given.connection() as connection:
                return self._of(connection, token)
        with self.turn:
            return self._of(self.given, token)

    def _of(self, connection: Any, token: str) -> Row | None:
        from psycopg.pq import TransactionStatus
        from psycopg.rows import tuple_row

        was_idle = connection.info.transaction_status == TransactionStatus.IDLE
        with connection.cursor(row_factory=tuple_row) as cursor:
            cursor.execute(self.statement, (token,))
            row: Row | None = cursor.fetchone()
        if was_idle and not connection.autocommit:
            connection.rollback()
        return row


class Aiosqlite(AsyncRowReader):
    """aiosqlite's Connection."""

    placeholder = "?"

    async def row(self, token: str) -> Row | None:
        """See `AsyncRowReader.row`."""
        async with self.given.execute(self.statement, (token,)) as cursor:
            # The service may have set a row factory.
            cursor.row_factory = None
            row: Row | None = await cursor.fetchone()
        return row


class Sqlite(BlockingRowReader):
    """sqlite3's Connection; several threads may share it if it was opened with `check_same_thread=False`."""

    placeholder = "?"

    def read(self, token: str) -> Row | None:
        """See `BlockingRowReader.read`."""
        with self.turn, closing(self.given.cursor()) as cursor:
            # The service may have set a row factory.
            cursor.row_factory = None
            row: Row | None = cursor.execute(self.statement, (token,)).fetchone()
        return row


class Django(BlockingRowReader):
    """Django's database connection, e.g. `django.db.connection`; every thread has its own behind it."""

    placeholder = "%s"

    def read(self, token: str) -> Row | None:
        """See `BlockingRowReader.read`."""
        try:
            with closing(self.given.cursor()) as cursor:
                cursor.execute(self.statement, [token])
                row: Row | None = cursor.fetchone()
        except Exception:
            self._let_go_if_lost()
            raise
        return row

    def _let_go_if_lost(self) -> None:
        """Have the next question open a connection; Django does so between requests, on the threads that serve them."""
        given = self.given
        is_in_use = given.in_atomic_block or not given.autocommit
        if given.connection is not None and not is_in_use and not given.is_usable():
            given.close()


def reader_of(given: Any) -> AsyncRowReader | BlockingRowReader:
    """Return the reader for `given`.

    Raises:
        ConfigurationError: if it is nothing known.
    """
    for kind in type(given).__mro__:
        library, name = kind.__module__.partition(".")[0], kind.__name__
        is_async = name.startswith(("Async", "async_"))
        makers: dict[str, Callable[[Any], AsyncRowReader | BlockingRowReader]] = {
            "asyncpg": Asyncpg,
            "psycopg": AsyncPsycopg if is_async else Psycopg,
            "psycopg_pool": AsyncPsycopg if is_async else Psycopg,
            "sqlalchemy": AsyncSqlAlchemy if is_async else SqlAlchemy,
            "aiosqlite": Aiosqlite,
            "sqlite3": Sqlite,
            "django": Django,
        }
        if library in makers:
            return makers[library](given)
    raise ConfigurationError(f"Database cannot ask a {type(given).__name__}. Give one of: {_SUPPORTED}.")
