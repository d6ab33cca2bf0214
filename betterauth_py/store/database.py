"""Connections and transactions."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zlib import crc32

import asyncpg
from sqlalchemy import CursorResult, Executable, MetaData, Table, event, func, select, text
from sqlalchemy.exc import DisconnectionError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from betterauth_py.errors import DatabaseError
from betterauth_py.models.schema import Schema
from betterauth_py.models.tables import build_metadata, table_of
from betterauth_py.options import DatabaseOptions
from betterauth_py.store.database_url import DatabaseUrl, parse_database_url
from betterauth_py.wire.errors import APIError

logger = logging.getLogger("betterauth")
# It would log statements with their parameters: password hashes and tokens.
logging.getLogger("aiosqlite").setLevel(logging.INFO)

AfterCommit = Callable[[], Awaitable[object]]
_BUSY_TIMEOUT_MS = 10_000
# The first half of the advisory locks' names; arbitrary, but it must stay the same.
_LOCKS = 1_651_340_129


@dataclass
class _Transaction:
    connection: AsyncConnection
    is_open: bool = True
    after_commit: list[tuple[AfterCommit, bool]] = field(default_factory=list)


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
        self.metadata: MetaData = build_metadata(schema, self.url.dialect)
        self._engine: AsyncEngine | None = None
        self._current: ContextVar[_Transaction | None] = ContextVar("transaction", default=None)

    @property
    def engine(self) -> AsyncEngine:
        """The SQLAlchemy engine, made at the first use."""
        if self._engine is None:
            self._engine = create_engine(self.url, self.options, pooled=self.pooled)
        return self._engine

    @property
    def in_transaction(self) -> bool:
        """Whether the running task is inside `transaction()`."""
        return self._transaction() is not None

    def table(self, model: str) -> Table:
        """Return the table of a model."""
        return table_of(self.metadata, model)

    async def execute(self, statement: Executable) -> CursorResult[Any]:
        """Run one statement: in the current transaction, or by itself and committed at once."""
        current = self._transaction()
        if current is not None:
            return await current.connection.execute(statement)
        async with self._statement_connection() as connection:
            result = await connection.execute(statement)
            # Rows are fetched before the connection goes back to the pool.
            return result.freeze()() if result.returns_rows else result  # type: ignore[return-value]

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """Run what is inside in one transaction; it commits at the end, or rolls back on any exception.

        An inner transaction joins the outer one. Functions given to `after_commit` run once it is committed.
        """
        if self._transaction() is not None:
            yield
            return
        async with self.engine.connect() as connection:
            transaction = _Transaction(connection)
            token = self._current.set(transaction)
            try:
                async with connection.begin():
                    yield
            finally:
                transaction.is_open = False
                self._current.reset(token)
        # What is vital comes first: a hook that fails does not keep it from being done.
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
        """Let no other process have the lock called `what` until the current transaction ends."""
        if self.url.dialect == "postgresql":
            await self.execute(select(func.pg_advisory_xact_lock(_LOCKS, crc32(what.encode()) - 2**31)))
        # On SQLite there is one writer at a time, and a transaction of ours is one from its start.

    async def ping(self) -> None:
        """Ask the database for a sign of life.

        Raises:
            DatabaseError: if it gives none.
        """
        try:
            await self.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError) as error:
            raise DatabaseError(f"The database does not answer: {type(error).__name__}") from error

    async def close(self) -> None:
        """Close all connections."""
        if self._engine is not None:
            await self._engine.dispose()
            self._engine = None

    def _transaction(self) -> _Transaction | None:
        """Return the open transaction; one that a task has inherited and that is over counts no more."""
        current = self._current.get()
        return current if current is not None and current.is_open else None

    @asynccontextmanager
    async def _statement_connection(self) -> AsyncIterator[AsyncConnection]:
        if self.pooled:
            # A transaction keeps the pooler's server connection while the unnamed statement is parsed and run.
            async with self.engine.begin() as connection:
                yield connection
        else:
            async with self.engine.connect() as connection:
                yield await connection.execution_options(isolation_level="AUTOCOMMIT")


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


def create_engine(url: DatabaseUrl, options: DatabaseOptions, *, pooled: bool) -> AsyncEngine:
    """Return an engine for `url` with this project's rules for each database."""
    if url.dialect == "postgresql":
        return _create_postgresql_engine(url, options, pooled=pooled)
    return _create_sqlite_engine(url, options)


async def connect_postgresql(
    url: DatabaseUrl, options: DatabaseOptions, *, pooled: bool, command_timeout: float | None = None
) -> asyncpg.Connection[Any]:
    """Open one asyncpg connection; its statements may take `command_timeout` seconds.

    Raises:
        DatabaseError: naming the host and the problem, never the password.
    """
    arguments: dict[str, Any] = {"timeout": options.connect_timeout, "command_timeout": command_timeout}
    if url.tls is not None:
        arguments["ssl"] = url.tls
    if pooled:
        arguments["statement_cache_size"] = 0
    else:
        # Compiling the short queries of this server costs more than it saves.
        arguments["server_settings"] = {"jit": "off", "application_name": url.application_name}
    try:
        return await asyncpg.connect(url.dsn, **arguments)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError, ValueError) as error:
        # asyncpg has asked for its socket to be closed; the event loop does that at its next turn.
        await asyncio.sleep(0)
        raise DatabaseError(f"Cannot connect to PostgreSQL at {url.host or 'localhost'}: {_reason(error)}") from error


def _reason(error: BaseException) -> str:
    if isinstance(error, asyncpg.InvalidPasswordError | asyncpg.InvalidAuthorizationSpecificationError):
        return "the user or password is refused. Check DATABASE_URL."
    if isinstance(error, asyncpg.InvalidCatalogNameError):
        return "there is no such database. Create it, or check the name at the end of DATABASE_URL."
    if isinstance(error, asyncio.TimeoutError):
        return "no answer in time. Check the host and port of DATABASE_URL, and that the server is up."
    shown = str(error) or type(error).__name__
    if "authentication failed" in shown:
        return "the user or password is refused. Check DATABASE_URL."
    return f"{shown.rstrip('.')}. Check the host and port of DATABASE_URL, and that the server is up."


def _create_postgresql_engine(url: DatabaseUrl, options: DatabaseOptions, *, pooled: bool) -> AsyncEngine:
    connect_args: dict[str, Any] = {
        "async_creator_fn": lambda *_, **__: connect_postgresql(url, options, pooled=pooled),
    }
    if pooled:
        connect_args |= {"prepared_statement_cache_size": 0, "prepared_statement_name_func": lambda: ""}
    engine = create_async_engine(
        "postgresql+asyncpg://",
        connect_args=connect_args,
        pool_size=options.pool_size,
        max_overflow=options.max_overflow,
        pool_timeout=options.connect_timeout,
        # A pooler or a sleeping Neon branch drops idle connections; a live test costs one round trip.
        pool_pre_ping=pooled,
        pool_recycle=300 if pooled else 1800,
        hide_parameters=True,
    )

    @event.listens_for(engine.sync_engine, "checkout")
    def _refuse_closed(connection: Any, _record: Any, _proxy: Any) -> None:
        # asyncpg knows without asking that the server has cut the connection; the pool then opens another one.
        if connection.driver_connection.is_closed():
            raise DisconnectionError

    return engine


def _create_sqlite_engine(url: DatabaseUrl, options: DatabaseOptions) -> AsyncEngine:
    if url.path is None:
        # One connection, because each would have a database of its own; those who need it wait for one another.
        engine = create_async_engine(
            "sqlite+aiosqlite://", poolclass=AsyncAdaptedQueuePool, pool_size=1, max_overflow=0, hide_parameters=True
        )
    else:
        Path(url.path).resolve().parent.mkdir(parents=True, exist_ok=True)
        engine = create_async_engine(
            f"sqlite+aiosqlite:///{url.path}",
            pool_size=options.pool_size,
            max_overflow=options.max_overflow,
            hide_parameters=True,
        )

    @event.listens_for(engine.sync_engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        # Transactions are opened below, not by the driver's guesses.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in sqlite_pragmas(in_memory=url.path is None):
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            # A writer that starts as a reader can fail to upgrade its lock whatever the time-out.
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def sqlite_pragmas(*, in_memory: bool = False) -> list[str]:
    """Return the settings of every SQLite connection: WAL, foreign keys on, patience with other writers."""
    pragmas = ["PRAGMA foreign_keys = ON", f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}"]
    return pragmas if in_memory else ["PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL", *pragmas]
