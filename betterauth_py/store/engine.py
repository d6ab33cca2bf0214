"""Engines and connections, with this project's rules for each database.

The engines are SQLAlchemy's for drivers that wait on the event loop, but without `sqlalchemy.ext.asyncio` around them:
it would bring the whole ORM into a server that has no use for it (6 MiB, and a tenth of the start). What uses them runs
in `greenlet_spawn`, as it does there.
"""

from __future__ import annotations

import asyncio
import errno
import os
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import asyncpg
import sqlalchemy
from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.util import await_only

from betterauth_py.errors import DatabaseUnavailableError
from betterauth_py.options import DatabaseOptions
from betterauth_py.store.database_url import DatabaseUrl
from betterauth_py.store.process_memory import ProcessMemory, limit
from betterauth_py.store.sessions.statement import quoted

_BUSY_TIMEOUT_MS = 10_000
_BUSY_PAUSE = 0.02
_PRIMARY_CODE = 0xFF
# PostgreSQL's.
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def create_engine(
    url: DatabaseUrl, options: DatabaseOptions, *, pooled: bool, memory: ProcessMemory | None = None
) -> Engine:
    """Return an engine for `url`, or for `memory`, with this project's rules for each database."""
    if url.dialect == "postgresql":
        engine = _create_postgresql_engine(url, options, pooled=pooled)
    else:
        engine = _create_sqlite_engine(url, options, memory)
    own_pool = engine.pool

    @event.listens_for(engine, "checkin")
    def _close_after_disposal(_connection: Any, record: Any) -> None:
        # Disposing of an engine closes its idle connections only; one that comes back later would stay open.
        if engine.pool is not own_pool:
            record.invalidate()

    return engine


async def connect_postgresql(
    url: DatabaseUrl,
    options: DatabaseOptions,
    *,
    pooled: bool,
    command_timeout: float | None = None,
    aware_dates: bool = False,
) -> asyncpg.Connection[Any]:
    """Open one asyncpg connection at UTC, which reads and takes `uuid` as text.

    Its statements may take `command_timeout` seconds. With `aware_dates` it reads and takes aware dates for `timestamp`
    and `timestamptz` alike: a pooler's connections have the time zone of the database, in which PostgreSQL would turn
    one into the other.

    Raises:
        DatabaseUnavailableError: naming the host and the problem, never the password.
    """
    arguments: dict[str, Any] = {"timeout": options.connect_timeout, "command_timeout": command_timeout}
    if url.tls is not None:
        arguments["ssl"] = url.tls
    if pooled:
        arguments["statement_cache_size"] = 0
    else:
        # Compiling the short queries of this server costs more than it saves.
        settings = {"jit": "off", "application_name": url.application_name, "timezone": "UTC"}
        if url.schema:
            settings["search_path"] = quoted(url.schema)
        arguments["server_settings"] = settings
    try:
        connection = await asyncpg.connect(url.dsn, **arguments)
        try:
            async with asyncio.timeout(options.connect_timeout), connection.transaction():
                await _set_codecs(connection, aware_dates=aware_dates)
        except BaseException:
            connection.terminate()
            raise
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError, ValueError) as error:
        # asyncpg has asked for its socket to be closed; the event loop does that at its next turn.
        await asyncio.sleep(0)
        raise DatabaseUnavailableError(
            f"Cannot connect to PostgreSQL at {url.host or 'localhost'}: {_reason(error)}"
        ) from error
    return connection


async def _set_codecs(connection: asyncpg.Connection[Any], *, aware_dates: bool) -> None:
    await connection.set_type_codec("uuid", schema="pg_catalog", encoder=str, decoder=str)
    for name in ("timestamp", "timestamptz") if aware_dates else ():
        await connection.set_type_codec(
            name, schema="pg_catalog", format="tuple", encoder=_to_microseconds, decoder=_from_microseconds
        )


def _to_microseconds(date: datetime) -> tuple[int]:
    return ((date - _EPOCH) // _MICROSECOND,)


def _from_microseconds(stored: tuple[int]) -> datetime:
    try:
        return _EPOCH + stored[0] * _MICROSECOND
    except OverflowError:
        # `infinity`.
        return (datetime.max if stored[0] > 0 else datetime.min).replace(tzinfo=UTC)


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
    if "unsupported startup parameter" in shown:
        return "a transaction-mode pooler stands between. Set the option `database.pooled` to true, or name the server."
    return f"{shown.rstrip('.')}. Check the host and port of DATABASE_URL, and that the server is up."


def _create_postgresql_engine(url: DatabaseUrl, options: DatabaseOptions, *, pooled: bool) -> Engine:
    connect_args: dict[str, Any] = {
        "async_creator_fn": lambda *_, **__: connect_postgresql(url, options, pooled=pooled, aware_dates=True),
    }
    if pooled:
        connect_args |= {"prepared_statement_cache_size": 0, "prepared_statement_name_func": lambda: ""}
    engine = sqlalchemy.create_engine(
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

    @event.listens_for(engine, "checkout")
    def _refuse_closed(connection: Any, _record: Any, _proxy: Any) -> None:
        # asyncpg knows without asking that the server has cut the connection; the pool then opens another one.
        if connection.driver_connection.is_closed():
            raise DisconnectionError

    return engine


def _create_sqlite_engine(url: DatabaseUrl, options: DatabaseOptions, memory: ProcessMemory | None) -> Engine:
    if url.path is None:
        if memory is not None:
            memory.open()
        # One connection, because each would have a database of its own; those who need it wait for one another.
        engine = sqlalchemy.create_engine(
            "sqlite+aiosqlite://" if memory is None else f"sqlite+aiosqlite:///{memory.uri}&uri=true",
            poolclass=AsyncAdaptedQueuePool,
            pool_size=1,
            max_overflow=0,
            hide_parameters=True,
        )
    else:
        make_sqlite_file(url.path)
        engine = sqlalchemy.create_engine(
            f"sqlite+aiosqlite:///{url.path}",
            pool_size=options.pool_size,
            max_overflow=options.max_overflow,
            hide_parameters=True,
        )

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        # Transactions are opened below, not by the driver's guesses.
        connection.isolation_level = None
        cursor = connection.cursor()
        if url.path is None:
            configure_sqlite(cursor.execute)
            if memory is not None:
                limit(cursor.execute)
        else:
            configure_sqlite_file(cursor.execute, lambda seconds: await_only(asyncio.sleep(seconds)))
        cursor.close()

    @event.listens_for(engine, "invalidate")
    def _roll_back(connection: Any, _record: Any, _error: Any) -> None:
        # Of a task that was cancelled. Closing alone keeps the lock for as long as something refers to its statement.
        connection.rollback()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            # A writer that starts as a reader can fail to upgrade its lock whatever the time-out.
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def make_sqlite_file(path: str) -> None:
    """Make the file, unless it is there, so that only this user may read it: it holds password hashes and tokens.

    Folders that are missing become this user's own, too. SQLite's write-ahead log has the rights of the file.

    Raises:
        OSError: if it cannot be made, or is nothing that this user can read and write.
    """
    file = Path(path).resolve()
    missing = [folder for folder in file.parents if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=0o700, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    # Asked, not tried: to close a file that SQLite has open would end its locks.
    if file.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(file))
    if not os.access(file, os.R_OK | os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(file))


def configure_sqlite(execute: Callable[[str], object]) -> None:
    """Give a SQLite connection its settings: foreign keys on, patience with other writers."""
    execute("PRAGMA foreign_keys = ON")
    execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")


def configure_sqlite_file(execute: Callable[[str], object], wait: Callable[[float], object]) -> None:
    """Give a connection to a SQLite file its settings, write-ahead log included; `wait` lets seconds pass.

    Raises:
        sqlite3.OperationalError: if another connection keeps the file locked for longer than the busy time-out.
    """
    configure_sqlite(execute)
    deadline = monotonic() + _BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            execute("PRAGMA journal_mode = WAL")
            break
        except sqlite3.OperationalError as error:
            # While another connection writes to a file without a write-ahead log, SQLite refuses this change at once,
            # whatever the busy time-out says: several servers may be starting on a new file.
            if error.sqlite_errorcode & _PRIMARY_CODE != sqlite3.SQLITE_BUSY or monotonic() > deadline:
                raise
            wait(_BUSY_PAUSE)
    execute("PRAGMA synchronous = NORMAL")
