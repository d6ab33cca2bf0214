"""A database that restarts, hangs or is another one: never a yes, no long wait; and sources that cannot work."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import aiosqlite
import asyncpg
import psycopg
import pytest
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import create_async_engine

from betterauth_py import ConfigurationError
from betterauth_py.verify import Database, SessionVerifier, VerificationUnavailableError, sync
from tests.store.stoppable import Stoppable
from tests.store.support import SECRET
from tests.verify.django_settings import configure
from tests.verify.people import People, path_of, populated, through

NO_LAYOUT: Any = "kebab-case"
NO_TEXT: Any = b"x" * 32


async def test_a_restart_of_the_database_is_no_yes_no_long_wait_and_soon_over() -> None:
    with tempfile.TemporaryDirectory(prefix="betterauth-restart-", ignore_cleanup_errors=True) as folder:
        server = Stoppable(Path(folder) / "data")
        try:
            people = await populated(server.url, "drizzle")
            engine = create_engine(through(people, "psycopg"))
            async_engine = create_async_engine(through(people, "asyncpg"))
            async with asyncpg.create_pool(server.url, min_size=3, max_size=3) as pool:
                sources = [people.source(source, timeout=5) for source in (pool, async_engine, engine)]
                verifiers = [SessionVerifier(source) for source in sources]
                blocking = sync.SessionVerifier(people.source(engine))
                for verifier in verifiers:
                    for _ in range(4):
                        await verifier.verify({"cookie": people.cookie})
                blocking.verify({"cookie": people.cookie})

                await asyncio.to_thread(server.stop)
                for verifier in verifiers:
                    start = time.monotonic()
                    with pytest.raises(VerificationUnavailableError):
                        await verifier.find({"cookie": people.cookie})
                    assert time.monotonic() - start < 7
                with pytest.raises(VerificationUnavailableError):
                    await asyncio.to_thread(blocking.find, {"cookie": people.cookie})

                await asyncio.to_thread(server.start)
                for verifier in verifiers:
                    found = await asyncio.gather(*(verifier.find({"cookie": people.cookie}) for _ in range(5)))
                    assert None not in found
                assert await asyncio.to_thread(blocking.find, {"cookie": people.cookie}) is not None
            await async_engine.dispose()
            engine.dispose()
        finally:
            server.close()


async def test_a_database_that_does_not_answer_is_given_up(postgresql: People) -> None:
    async with asyncpg.create_pool(postgresql.url, min_size=1, max_size=2) as pool:
        verifier = SessionVerifier(postgresql.source(pool, timeout=0.4))
        async with pool.acquire() as blocker, blocker.transaction():
            await blocker.execute('LOCK TABLE "session" IN ACCESS EXCLUSIVE MODE')
            start = time.monotonic()
            with pytest.raises(VerificationUnavailableError) as caught:
                await verifier.verify({"cookie": postgresql.cookie})
            assert time.monotonic() - start < 3
            assert caught.value.reason == "the database did not answer within 0.4 seconds"
        assert await verifier.find({"cookie": postgresql.cookie}) is not None


async def test_a_paused_database_is_not_waited_for_until_it_has_cancelled_the_question() -> None:
    with tempfile.TemporaryDirectory(prefix="betterauth-paused-", ignore_cleanup_errors=True) as folder:
        server = Stoppable(Path(folder) / "data")
        try:
            people = await populated(server.url, "drizzle")
            headers = {"cookie": people.cookie}
            engine = create_async_engine(through(people, "psycopg"))
            async with asyncpg.create_pool(server.url, min_size=2, max_size=2) as pool:
                verifiers = [SessionVerifier(people.source(source, timeout=0.5)) for source in (pool, engine)]
                for verifier in verifiers:
                    await verifier.verify(headers)
                with server.paused():
                    for verifier in verifiers:
                        start = time.monotonic()
                        asked = [verifier.find(headers) for _ in range(5)]
                        answers = await asyncio.gather(*asked, return_exceptions=True)
                        assert {type(answer) for answer in answers} == {VerificationUnavailableError}
                        assert time.monotonic() - start < 3
                await asyncio.sleep(0.5)
                for verifier in verifiers:
                    assert await verifier.find(headers) is not None
            await engine.dispose()
        finally:
            server.close()


async def test_a_restart_is_soon_over_for_djangos_connections_of_other_threads() -> None:
    from django.db.utils import ConnectionHandler  # type: ignore[import-untyped]
    from django.utils.connection import ConnectionProxy  # type: ignore[import-untyped]

    configure()
    with tempfile.TemporaryDirectory(prefix="betterauth-restart-", ignore_cleanup_errors=True) as folder:
        server = Stoppable(Path(folder) / "data")
        try:
            people = await populated(server.url, "drizzle")
            parts = psycopg.conninfo.conninfo_to_dict(server.url)
            django = ConnectionHandler({
                "default": {
                    "ENGINE": "django.db.backends.postgresql", "NAME": parts["dbname"], "USER": parts["user"],
                    "HOST": parts["host"], "CONN_MAX_AGE": None,
                }
            })  # fmt: skip
            # Threads that serve Django's requests look after their connections when one ends; this one does not.
            asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
            proxy = ConnectionProxy(django, "default")
            verifier = SessionVerifier(people.source(proxy, timeout=5))
            assert await verifier.find({"cookie": people.cookie})
            await asyncio.to_thread(server.stop)
            with pytest.raises(VerificationUnavailableError):
                await verifier.find({"cookie": people.cookie})
            await asyncio.to_thread(server.start)
            for _ in range(3):
                assert await verifier.find({"cookie": people.cookie})
            await asyncio.to_thread(lambda: proxy.close())  # noqa: PLW0108 - the connection of that thread
        finally:
            server.close()


def test_a_pool_without_a_free_connection_is_waited_for_once(postgresql: People) -> None:
    engine = create_engine(through(postgresql, "psycopg"), pool_size=1, max_overflow=0, pool_timeout=0.5)
    verifier = sync.SessionVerifier(postgresql.source(engine, timeout=0.4))
    with engine.connect():
        start = time.monotonic()
        with pytest.raises(VerificationUnavailableError):
            verifier.find({"cookie": postgresql.cookie})
        assert time.monotonic() - start < 1
    assert verifier.find({"cookie": postgresql.cookie})
    engine.dispose()


def test_tables_that_are_not_there_are_no_yes(sqlite: People) -> None:
    with closing(sqlite3.connect(path_of(sqlite))) as connection:
        verifier = sync.SessionVerifier(sqlite.source(connection, user_table="nobody"))
        with pytest.raises(VerificationUnavailableError) as caught:
            verifier.verify({"cookie": sqlite.cookie})
    assert caught.value.reason == "the database cannot be asked: OperationalError"


def no_source() -> Any:
    return object()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda source: Database(no_source(), secret=SECRET), "cannot ask a object. Give one of: asyncpg"),
        (Database, "the secret is missing"),
        (lambda source: Database(source, secret=["x", ""]), "the secret is missing"),
        (lambda source: Database(source, secret=NO_TEXT), "the secret is missing"),
        (lambda source: Database(source, secret="x", columns=NO_LAYOUT), "'snake_case' or 'camelCase'"),
        (lambda source: Database(source, secret="x", user_fields={"a": "a%s"}), "take for a parameter"),
    ],
)
def test_what_cannot_work_is_refused_at_once(make: Callable[[Any], Any], message: str) -> None:
    with closing(sqlite3.connect(":memory:")) as connection, pytest.raises(ConfigurationError, match=message):
        make(connection)


async def test_a_source_for_an_event_loop_is_refused_by_the_twin(sqlite: People) -> None:
    async with aiosqlite.connect(path_of(sqlite)) as connection:
        with pytest.raises(ConfigurationError, match="a Connection needs an event loop"):
            sync.SessionVerifier(sqlite.source(connection))
