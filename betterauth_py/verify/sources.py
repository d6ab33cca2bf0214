"""The database connections, pools and engines that a service may give, and how each is asked for one row."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Sequence
from contextlib import closing
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any, ClassVar

from betterauth_py.errors import ConfigurationError

if TYPE_CHECKING:
    import asyncio

Row = Sequence[Any]
_SUPPORTED = (
    "asyncpg (Connection, Pool), psycopg 3 (Connection, AsyncConnection, ConnectionPool, AsyncConnectionPool), "
    "SQLAlchemy (Engine, Connection, Session, sessionmaker and their async forms), sqlite3, aiosqlite, "
    "Django's connection"
)


class Source(ABC):
    """Something that answers one query with one row."""

    placeholder: ClassVar[str]

    def __init__(self, given: Any) -> None:
        """Ask `given`."""
        self.given = given
        self.statement = ""


class AsyncSource(Source):
    """A source that waits on an event loop."""

    @abstractmethod
    async def row(self, token: str) -> Row | None:
        """Return the row with this token, or None."""


class BlockingSource(Source):
    """A source that blocks its thread."""

    @abstractmethod
    def read(self, token: str) -> Row | None:
        """Return the row with this token, or None."""


class Asyncpg(AsyncSource):
    """asyncpg's connection or pool. A connection is asked by one at a time."""

    placeholder = "$1"

    def __init__(self, given: Any) -> None:
        """Queue up for a single connection, which can do but one thing at a time; a pool does so itself."""
        import asyncio

        super().__init__(given)
        self._turn = None if hasattr(given, "acquire") else asyncio.Lock()

    def row(self, token: str) -> Coroutine[Any, Any, Row | None]:
        """See `AsyncSource.row`."""
        return self._in_turn(self._turn, token) if self._turn else self.given.fetchrow(self.statement, token)

    async def _in_turn(self, turn: asyncio.Lock, token: str) -> Row | None:
        async with turn:
            row: Row | None = await self.given.fetchrow(self.statement, token)
        return row


class AsyncPsycopg(AsyncSource):
    """psycopg's AsyncConnection or AsyncConnectionPool."""

    placeholder = "%s"

    async def row(self, token: str) -> Row | None:
        """See `AsyncSource.row`."""
        if hasattr(self.given, "getconn"):
            async with self.given.connection() as connection:
                return await self._of(connection, token)
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


class Psycopg(BlockingSource):
    """psycopg's Connection or ConnectionPool."""

    placeholder = "%s"

    def read(self, token: str) -> Row | None:
        """See `BlockingSource.read`."""
        if hasattr(self.given, "getconn"):
            with self.given.connection() as connection:
                return self._of(connection, token)
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


class _OfSqlAlchemy(Source):
    placeholder = ":token"

    def __init__(self, given: Any) -> None:
        """Read without a transaction where the connection is ours."""
        super().__init__(given)
        self._opener = _opener(given)

    @cached_property
    def _text(self) -> Any:
        from sqlalchemy import text

        return text(self.statement)


class AsyncSqlAlchemy(_OfSqlAlchemy, AsyncSource):
    """SQLAlchemy's AsyncEngine, AsyncConnection, AsyncSession or async_sessionmaker."""

    async def row(self, token: str) -> Row | None:
        """See `AsyncSource.row`."""
        if self._opener is None:
            return _first(await self.given.execute(self._text, {"token": token}))
        async with self._opener() as connection:
            return _first(await connection.execute(self._text, {"token": token}))


class SqlAlchemy(_OfSqlAlchemy, BlockingSource):
    """SQLAlchemy's Engine, Connection, Session, scoped_session or sessionmaker."""

    def read(self, token: str) -> Row | None:
        """See `BlockingSource.read`."""
        if self._opener is None:
            return _first(self.given.execute(self._text, {"token": token}))
        with self._opener() as connection:
            return _first(connection.execute(self._text, {"token": token}))


class Aiosqlite(AsyncSource):
    """aiosqlite's Connection."""

    placeholder = "?"

    async def row(self, token: str) -> Row | None:
        """See `AsyncSource.row`."""
        async with self.given.execute(self.statement, (token,)) as cursor:
            row: Row | None = await cursor.fetchone()
        return None if row is None else tuple(row)


class Sqlite(BlockingSource):
    """sqlite3's Connection; several threads may share it if it was opened with `check_same_thread=False`."""

    placeholder = "?"

    def __init__(self, given: Any) -> None:
        """Let one thread at a time ask."""
        super().__init__(given)
        self._lock = Lock()

    def read(self, token: str) -> Row | None:
        """See `BlockingSource.read`."""
        with self._lock:
            row = self.given.execute(self.statement, (token,)).fetchone()
        return None if row is None else tuple(row)


class Django(BlockingSource):
    """Django's database connection, e.g. `django.db.connection`; every thread has its own behind it."""

    placeholder = "%s"

    def read(self, token: str) -> Row | None:
        """See `BlockingSource.read`."""
        with closing(self.given.cursor()) as cursor:
            cursor.execute(self.statement, [token])
            row: Row | None = cursor.fetchone()
        return row


def source_of(given: Any) -> AsyncSource | BlockingSource:
    """Return how `given` is asked.

    Raises:
        ConfigurationError: if it is nothing known.
    """
    for kind in type(given).__mro__:
        library, name = kind.__module__.partition(".")[0], kind.__name__
        is_async = name.startswith(("Async", "async_"))
        makers: dict[str, Callable[[Any], AsyncSource | BlockingSource]] = {
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


def _opener(given: Any) -> Callable[[], Any] | None:
    """Return what opens a connection or session for one read, or None if `given` is one."""
    if hasattr(given, "connect") and hasattr(given, "dispose"):
        opener: Callable[[], Any] = given.execution_options(isolation_level="AUTOCOMMIT").connect
        return opener
    return given if callable(given) and not hasattr(given, "execute") else None


def _first(result: Any) -> Row | None:
    row = result.first()
    return None if row is None else tuple(row)
