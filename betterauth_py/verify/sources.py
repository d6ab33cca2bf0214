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
    """psycopg's AsyncConnection or AsyncConnectionPool. A connection is asked by one at a time."""

    placeholder = "%s"

    def __init__(self, given: Any) -> None:
        """Queue up for a single connection, so that each sees whether a transaction is the service's own."""
        import asyncio

        super().__init__(given)
        self._turn = asyncio.Lock()

    async def row(self, token: str) -> Row | None:
        """See `AsyncSource.row`."""
        if hasattr(self.given, "getconn"):
            async with self.given.connection() as connection:
                return await self._of(connection, token)
        async with self._turn:
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
    """psycopg's Connection or ConnectionPool. A connection is asked by one at a time."""

    placeholder = "%s"

    def __init__(self, given: Any) -> None:
        """Queue up for a single connection, so that each sees whether a transaction is the service's own."""
        super().__init__(given)
        self._turn = Lock()

    def read(self, token: str) -> Row | None:
        """See `BlockingSource.read`."""
        if hasattr(self.given, "getconn"):
            with self.given.connection() as connection:
                return self._of(connection, token)
        with self._turn:
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

    def _through(self, given: Any, token: str) -> Row | None:
        """Read over a connection or session and leave it in the transaction it is in, or in none.

        One that stayed open would go on seeing the sessions of its beginning, and `begin` would refuse the service.
        """
        if given.in_transaction():
            return _first(given.execute(self._text, {"token": token}))
        # Rolling a session back would expire its objects.
        bind = given.get_bind() if hasattr(given, "get_bind") else given
        if hasattr(bind, "dispose"):
            with bind.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT")
                return _first(connection.execute(self._text, {"token": token}))
        was_idle = not bind.in_transaction()
        try:
            return _first(bind.execute(self._text, {"token": token}))
        finally:
            if was_idle:
                bind.rollback()


class AsyncSqlAlchemy(_OfSqlAlchemy, AsyncSource):
    """SQLAlchemy's AsyncEngine, AsyncConnection, AsyncSession or async_sessionmaker, or an async_scoped_session."""

    def __init__(self, given: Any) -> None:
        """Queue up for a single connection or session, which can do but one thing at a time."""
        import asyncio

        super().__init__(given)
        self._turn = asyncio.Lock()

    async def row(self, token: str) -> Row | None:
        """See `AsyncSource.row`."""
        if self._opener is not None:
            async with self._opener() as connection:
                return _first(await connection.execute(self._text, {"token": token}))
        if hasattr(self.given, "registry"):
            return await self._by(self.given.registry(), token)
        async with self._turn:
            return await self._by(self.given, token)

    async def _by(self, given: Any, token: str) -> Row | None:
        row: Row | None = await given.run_sync(self._through, token)
        return row


class SqlAlchemy(_OfSqlAlchemy, BlockingSource):
    """SQLAlchemy's Engine, Connection, Session, scoped_session or sessionmaker."""

    def __init__(self, given: Any) -> None:
        """Queue up for a single connection or session, which can do but one thing at a time."""
        super().__init__(given)
        self._turn = Lock()

    def read(self, token: str) -> Row | None:
        """See `BlockingSource.read`."""
        if self._opener is not None:
            with self._opener() as connection:
                return _first(connection.execute(self._text, {"token": token}))
        if hasattr(self.given, "registry"):
            return self._through(self.given.registry(), token)
        with self._turn:
            return self._through(self.given, token)


class Aiosqlite(AsyncSource):
    """aiosqlite's Connection."""

    placeholder = "?"

    async def row(self, token: str) -> Row | None:
        """See `AsyncSource.row`."""
        async with self.given.execute(self.statement, (token,)) as cursor:
            # Whatever the service makes of its own rows.
            cursor.row_factory = None
            row: Row | None = await cursor.fetchone()
        return row


class Sqlite(BlockingSource):
    """sqlite3's Connection; several threads may share it if it was opened with `check_same_thread=False`."""

    placeholder = "?"

    def __init__(self, given: Any) -> None:
        """Let one thread at a time ask."""
        super().__init__(given)
        self._lock = Lock()

    def read(self, token: str) -> Row | None:
        """See `BlockingSource.read`."""
        with self._lock, closing(self.given.cursor()) as cursor:
            # Whatever the service makes of its own rows.
            cursor.row_factory = None
            row: Row | None = cursor.execute(self.statement, (token,)).fetchone()
        return row


class Django(BlockingSource):
    """Django's database connection, e.g. `django.db.connection`; every thread has its own behind it."""

    placeholder = "%s"

    def read(self, token: str) -> Row | None:
        """See `BlockingSource.read`."""
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
