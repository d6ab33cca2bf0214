"""SQLite files: several servers open a new one, or somebody writes to it, at the same moment."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from betterauth_py.errors import DatabaseError
from betterauth_py.store import engine
from betterauth_py.store.database import Database
from betterauth_py.store.sessions.lookup import SqliteSessionLookup
from tests.store.support import auth_on, database_of, running, sign_up

HELD_SECONDS = 0.3


def file_of(sqlite_url: str) -> str:
    return sqlite_url.removeprefix("sqlite:///")


@contextmanager
def a_writer_without_a_log(sqlite_url: str) -> Iterator[sqlite3.Connection]:
    """A connection in the middle of a write, to a file with a rollback journal: SQLite does not wait for this one."""
    with closing(sqlite3.connect(file_of(sqlite_url), isolation_level=None, check_same_thread=False)) as writer:
        writer.execute("PRAGMA journal_mode = DELETE")
        writer.execute("BEGIN IMMEDIATE")
        yield writer


def journal_mode(sqlite_url: str) -> str:
    with closing(sqlite3.connect(file_of(sqlite_url))) as connection:
        return str(connection.execute("PRAGMA journal_mode").fetchone()[0])


async def test_a_server_waits_for_a_writer_before_it_turns_the_log_on(sqlite_url: str) -> None:
    auth = auth_on(sqlite_url)
    Path(file_of(sqlite_url)).parent.mkdir(parents=True, exist_ok=True)
    with a_writer_without_a_log(sqlite_url) as writer:
        asyncio.get_running_loop().call_later(HELD_SECONDS, writer.execute, "COMMIT")
        async with running(auth):
            assert (await sign_up(auth))["token"]
    assert journal_mode(sqlite_url) == "wal"


async def test_the_session_look_up_waits_for_a_writer_too(sqlite_url: str) -> None:
    async with running(auth_on(sqlite_url)) as auth:
        token = (await sign_up(auth))["token"]
    lookup = SqliteSessionLookup(database_of(auth))
    with a_writer_without_a_log(sqlite_url) as writer:
        end = threading.Timer(HELD_SECONDS, writer.execute, ["COMMIT"])
        end.start()
        assert len(await lookup.query([token])) == 1
        end.join()
    await lookup.close()


async def test_a_file_that_stays_locked_ends_the_wait_with_an_error(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_BUSY_TIMEOUT_MS", 200)
    auth = auth_on(sqlite_url)
    with a_writer_without_a_log(sqlite_url), pytest.raises(DatabaseError, match="locked"):
        await auth.migrate()
    await auth.shutdown()


async def test_a_transaction_that_is_cancelled_at_any_moment_keeps_no_lock(sqlite_url: str) -> None:
    async def work(database: Database) -> None:
        async with database.transaction():
            await database.execute(select(1))

    async with running(auth_on(sqlite_url)) as auth:
        for moment in range(40):
            cancelled = asyncio.create_task(work(database_of(auth)))
            await asyncio.sleep(moment * 0.0001)
            if cancelled.cancel():
                with pytest.raises(asyncio.CancelledError):
                    await cancelled
            with closing(sqlite3.connect(file_of(sqlite_url), timeout=0.5, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
