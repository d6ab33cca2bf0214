"""Connections and transactions."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar
from zlib import crc32

import asyncpg
from sqlalchemy import (
    Connection,
    CursorResult,
    Engine,
    Executable,
    Insert,
    Integer,
    MetaData,
    Select,
    Table,
    bindparam,
    func,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.util import greenlet_spawn

from betterauth_py.errors import ConfigurationError, DatabaseError
from betterauth_py.models.schema import Schema
from betterauth_py.models.tables import build_metadata, table_of
from betterauth_py.options import DatabaseOptions
from betterauth_py.store.database_url import parse_database_url
from betterauth_py.store.engine import create_engine
from betterauth_py.store.faults import FaultLog, is_stale_plan, reason_of
from betterauth_py.store.per_loop import PerLoop
from betterauth_py.store.prepared import Found, Prepared
from betterauth_py.store.process_memory import ProcessMemory
from betterauth_py.store.transactions import AfterCommit, Transaction
from betterauth_py.wire.errors import APIError

logger = logging.getLogger("betterauth")
# It would log statements with their parameters: password hashes and tokens.
logging.getLogger("aiosqlite").setLevel(logging.INFO)

Result = TypeVar("Result")
# The first half of the advisory locks' keys; arbitrary, but it must not change.
_LOCKS = 1_651_340_129
_LOCKED = func.pg_advisory_xact_lock(_LOCKS, bindparam("what", type_=Integer)).label("locked")
_LOCK = Prepared(select(_LOCKED), [_LOCKED])


class Database:
    """One database with the tables of one schema."""

    def __init__(self, options: DatabaseOptions, schema: Schema) -> None:
        """Prepare; nothing is connected before the first statement.

        Raises:
            ConfigurationError: if the URL cannot be read.
        """
        self.options = options
        self.schema = schema
        self.url = parse_database_url(options.url)
        self.pooled = self.url.is_pooler if options.pooled is None else options.pooled
        if self.pooled and self.url.schema:
            raise ConfigurationError(
                f"DATABASE_URL (option `database.url`): ?schema={self.url.schema} has no effect behind a transaction "
                f"pooler. Use the direct host, or remove it and run: ALTER ROLE ... SET search_path = {self.url.schema}"
            )
        # asyncpg runs what is prepared, and the transactions around it, without SQLAlchemy's layers.
        self._is_direct = self.url.dialect == "postgresql" and not self.pooled
        self.metadata: MetaData = build_metadata(schema, self.url.dialect)
        self.on_session_change: Callable[[], None] | None = None
        """Called when sessions or users may have changed through this object, before any notification."""
        self._shown_by_sessions = {schema.table_name(model) for model in ("session", "user")}
        self.faults = FaultLog()
        self._memory = ProcessMemory(self.metadata) if self.url.in_process else None
        self._engines = PerLoop(
            lambda: create_engine(self.url, self.options, pooled=self.pooled, memory=self._memory),
            lambda engine: greenlet_spawn(engine.dispose),
        )
        self._current: ContextVar[Transaction | None] = ContextVar("transaction", default=None)

    @property
    def engine(self) -> Engine:
        """The SQLAlchemy engine of the running event loop, created on first use."""
        return self._engines.get()

    @property
    def in_transaction(self) -> bool:
        """Whether the running task is inside `transaction()`."""
        return self._transaction() is not None

    def table(self, model: str) -> Table:
        """Return the table of a model."""
        return table_of(self.metadata, model)

    async def execute(self, statement: Executable, values: Found | None = None) -> CursorResult[Any]:
        """Run one statement: in the current transaction, or by itself and committed at once."""
        current = self._transaction()
        if current is not None:
            current.changes_sessions = current.changes_sessions or self._changes_sessions(statement)
            return await current.execute(statement, values)
        try:
            return await greenlet_spawn(self._execute_alone, statement, values)
        except DBAPIError as error:
            if not is_stale_plan(error):
                raise
            return await greenlet_spawn(self._execute_alone, statement, values)
        finally:
            self._tell_of_changes(self._changes_sessions(statement))

    async def fetch(self, prepared: Prepared, values: Found) -> Sequence[Found]:
        """Run one prepared statement as `execute` does, and return its rows.

        Raises:
            DBAPIError: if the database refuses it.
        """
        if not self._is_direct:
            return (await self.execute(prepared.statement, values)).mappings().all()
        current = self._transaction()
        if current is not None and current.driver is not None:
            current.changes_sessions = current.changes_sessions or self._changes_sessions(prepared.statement)
            driver = current.driver
            return await current.run(lambda: self._fetch(driver, prepared, values))
        connection = await greenlet_spawn(self.engine.raw_connection)
        try:
            return await self._fetch(connection.driver_connection, prepared, values)
        finally:
            self._tell_of_changes(self._changes_sessions(prepared.statement))
            await greenlet_spawn(connection.close)

    async def run(self, work: Callable[[Connection], Result]) -> Result:
        """Return what `work` returns, which has a connection and one transaction for itself.

        It waits for the database as ordinary code does, and yet does not block the event loop.
        """

        def begin_and_run() -> Result:
            with self.engine.begin() as connection:
                return work(connection)

        return await greenlet_spawn(begin_and_run)

    async def _fetch(self, driver: Any, prepared: Prepared, values: Found) -> Sequence[Found]:
        statement = prepared.for_asyncpg(self.engine.dialect)
        try:
            records = await driver.fetch(statement.sql, *statement.arguments(values))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            raise DBAPIError(None, None, error, hide_parameters=True) from error
        return [statement.read(record) for record in records]

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """Run what is inside in one transaction; it commits at the end, or rolls back on any exception.

        An inner transaction joins the outer one. Functions given to `after_commit` run once it is committed.
        """
        if self._transaction() is not None:
            yield
            return
        async with self.connect() as connection:
            driver = self._driver_of(connection) if self._is_direct else None
            transaction = Transaction(connection, driver)
            token = self._current.set(transaction)
            try:
                await transaction.begin()
                yield
                await transaction.commit()
            except BaseException:
                await transaction.abandon()
                raise
            finally:
                transaction.is_open = False
                self._current.reset(token)
                self._tell_of_changes(transaction.changes_sessions)
        # Vital callbacks run first, so that a failing hook does not prevent them.
        for function, vital in sorted(transaction.after_commit, key=lambda queued: not queued[1]):
            await _run_after_commit(function, vital=vital)

    async def after_commit(self, function: AfterCommit, *, vital: bool = False) -> None:
        """Run `function` after the current transaction has committed, or now if there is none.

        If it fails, a `vital` one makes `transaction()` raise, although the transaction stands; others are logged.
        """
        current = self._transaction()
        if current is None:
            await _run_after_commit(function, vital=vital)
        else:
            current.after_commit.append((function, vital))

    async def lock(self, what: str) -> None:
        """Hold the lock called `what`, across all processes, until the current transaction ends."""
        if self.url.dialect == "postgresql":
            await self.fetch(_LOCK, {"what": crc32(what.encode()) - 2**31})
        # SQLite has one writer at a time, and our transactions take the write lock at their start.

    async def ping(self) -> None:
        """Check that the database answers.

        Raises:
            DatabaseError: if it gives none.
        """
        try:
            await self.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError) as error:
            raise DatabaseError(f"The database does not answer: {reason_of(error)}") from error

    async def close(self) -> None:
        """Close all connections of the running event loop; without a database, forget what this process keeps."""
        await self._engines.close()
        if self._memory is not None:
            self._memory.close()

    def _changes_sessions(self, statement: Executable) -> bool:
        """Return whether a statement may change sessions or users; true unless it certainly does not."""
        if self.on_session_change is None or isinstance(statement, Select | Insert):
            return False
        table = getattr(statement, "table", None)
        return getattr(table, "name", None) in {None, *self._shown_by_sessions}

    def _tell_of_changes(self, changes_sessions: bool) -> None:
        if changes_sessions and self.on_session_change is not None:
            self.on_session_change()

    def _transaction(self) -> Transaction | None:
        """Return the open transaction; one that a task inherited and that has ended does not count."""
        current = self._current.get()
        return current if current is not None and current.is_open else None

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Connection]:
        """Give a connection of the pool, to be used in `greenlet_spawn`."""
        connection = await greenlet_spawn(self.engine.connect)
        try:
            yield connection
        finally:
            # A cancelled caller returns the connection too.
            await asyncio.shield(asyncio.ensure_future(greenlet_spawn(connection.close)))

    def _driver_of(self, connection: Connection) -> asyncpg.Connection[Any]:
        """Return asyncpg's connection, whose transactions SQLAlchemy then leaves alone."""
        driver: asyncpg.Connection[Any] = connection.execution_options(
            isolation_level="AUTOCOMMIT"
        ).connection.driver_connection
        return driver

    def _execute_alone(self, statement: Executable, values: Found | None) -> CursorResult[Any]:
        with self._statement_connection() as connection:
            result = connection.execute(statement, values)
            # Rows are fetched before the connection goes back to the pool.
            return result.freeze()() if result.returns_rows else result  # type: ignore[return-value]

    @contextmanager
    def _statement_connection(self) -> Iterator[Connection]:
        if self.pooled:
            # A transaction keeps the pooler's server connection while the unnamed statement is parsed and run.
            with self.engine.begin() as connection:
                yield connection
        else:
            with self.engine.connect() as connection:
                yield connection.execution_options(isolation_level="AUTOCOMMIT")


async def _run_after_commit(function: AfterCommit, *, vital: bool) -> None:
    try:
        await function()
    except APIError:
        raise
    except Exception:
        if vital:
            raise
        # The change stands, and so does its answer.
        logger.exception("A hook failed after its change was committed")
