"""Every connection, pool and engine that a service may give to `Database`, on both layouts' tables."""

from __future__ import annotations

import asyncio
import sqlite3
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiosqlite
import asyncpg
import psycopg
import pytest
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import scoped_session, sessionmaker

from betterauth_py.conformance.recorder.embedded_postgres import EmbeddedPostgres
from betterauth_py.verify import SessionVerifier, VerificationUnavailableError, sync
from tests.store.support import execute_script
from tests.verify.django_settings import configure
from tests.verify.people import People, path_of, populated, through

DATABASES = [f"{engine} {layout}" for engine in ("sqlite", "postgresql") for layout in ("drizzle", "better-auth")]


@pytest.fixture(scope="module", params=DATABASES)
def people(
    request: pytest.FixtureRequest, postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> People:
    engine, layout = request.param.split()
    if engine == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'auth.db'}"
    else:
        url = postgres.database(f"verify_all_{layout.replace('-', '_')}")
    return asyncio.run(populated(url, layout))


@asynccontextmanager
async def async_sources(people: People) -> AsyncIterator[dict[str, Any]]:
    """What an asyncio service may have, by name."""
    async with AsyncExitStack() as stack:
        if people.url.startswith("sqlite"):
            engine = create_async_engine(through(people, "aiosqlite"))
            stack.push_async_callback(engine.dispose)
            yield {
                "aiosqlite": await stack.enter_async_context(aiosqlite.connect(path_of(people))),
                "engine": engine,
                "sessionmaker": async_sessionmaker(engine),
                "blocking": stack.enter_context(closing(sqlite3.connect(path_of(people), check_same_thread=False))),
            }
            return
        engine = create_async_engine(through(people, "asyncpg"))
        stack.push_async_callback(engine.dispose)
        blocking = create_engine(through(people, "psycopg"))
        stack.callback(blocking.dispose)
        connection = await asyncpg.connect(people.url)
        stack.push_async_callback(connection.close)
        yield {
            "asyncpg connection": connection,
            "asyncpg pool": await stack.enter_async_context(asyncpg.create_pool(people.url, min_size=1, max_size=3)),
            "psycopg": await stack.enter_async_context(await psycopg.AsyncConnection.connect(people.url)),
            "psycopg autocommit": await stack.enter_async_context(
                await psycopg.AsyncConnection.connect(people.url, autocommit=True)
            ),
            "engine": engine,
            "sessionmaker": async_sessionmaker(engine),
            "connection": await stack.enter_async_context(engine.connect()),
            "session": await stack.enter_async_context(async_sessionmaker(engine)()),
            "blocking engine": blocking,
        }


async def test_every_source_of_an_asyncio_service(people: People) -> None:
    async with async_sources(people) as sources:
        for name, source in sources.items():
            verifier = SessionVerifier(people.source(source))
            for _ in range(2):
                verified = await verifier.verify({"cookie": people.cookie})
                assert verified.user.email == people.email, name
                assert verified.user.email_verified is False
                assert (verified.session.expires_at - verified.session.created_at).total_seconds() == 604_800, name
            assert await verifier.find({"cookie": people.cookie.replace("token=", "token=x")}) is None
            found = await asyncio.gather(*(verifier.find({"cookie": people.cookie}) for _ in range(8)))
            if name not in {"session", "connection"}:
                # Those two belong to one request; SQLAlchemy refuses to share them.
                assert [one is not None and one.user.email for one in found] == [people.email] * 8, name


def blocking_sources(people: People, stack: ExitStack) -> dict[str, Any]:
    """What a service of threads may have, by name."""
    if people.url.startswith("sqlite"):
        engine = create_engine(people.url)
        stack.callback(engine.dispose)
        connection = stack.enter_context(closing(sqlite3.connect(path_of(people), check_same_thread=False)))
        return {"sqlite3": connection, "engine": engine, "sessionmaker": sessionmaker(engine)}
    engine = create_engine(through(people, "psycopg"))
    stack.callback(engine.dispose)
    scoped = scoped_session(sessionmaker(engine))
    stack.callback(scoped.remove)
    return {
        "psycopg": stack.enter_context(psycopg.connect(people.url)),
        "engine": engine,
        "sessionmaker": sessionmaker(engine),
        "scoped session": scoped,
        "session": stack.enter_context(OrmSession(engine)),
        "connection": stack.enter_context(engine.connect()),
    }


def test_every_source_of_a_service_of_threads(people: People) -> None:
    with ExitStack() as stack:
        for name, source in blocking_sources(people, stack).items():
            verifier = sync.SessionVerifier(people.source(source))
            for _ in range(2):
                assert verifier.verify({"cookie": people.cookie}).user.email == people.email, name
            assert verifier.find({"cookie": people.cookie.replace("token=", "token=x")}) is None


def test_djangos_connection(sqlite: People) -> None:
    from django.db.utils import ConnectionHandler  # type: ignore[import-untyped]
    from django.utils.connection import ConnectionProxy  # type: ignore[import-untyped]

    configure()
    connections = ConnectionHandler({"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": path_of(sqlite)}})
    # As `django.db.connection` is made.
    verifier = sync.SessionVerifier(sqlite.source(ConnectionProxy(connections, "default")))
    assert verifier.verify({"cookie": sqlite.cookie}).user.email == sqlite.email
    connections.close_all()


def status_of(connection: psycopg.AsyncConnection[Any]) -> str:
    return psycopg.pq.TransactionStatus(connection.info.transaction_status).name


async def test_a_transaction_of_the_service_is_left_as_it_was(postgresql: People) -> None:
    async with await psycopg.AsyncConnection.connect(postgresql.url) as connection:
        verifier = SessionVerifier(postgresql.source(connection))
        await verifier.verify({"cookie": postgresql.cookie})
        assert status_of(connection) == "IDLE"
        await connection.execute("CREATE TEMPORARY TABLE mine (id int)")
        await verifier.verify({"cookie": postgresql.cookie})
        assert status_of(connection) == "INTRANS"
        await connection.execute("SELECT * FROM mine")
        await connection.rollback()


async def test_other_names_and_further_fields(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'auth.db'}"
    people = await populated(url, "drizzle")
    await execute_script(
        url,
        """
        ALTER TABLE "user" RENAME TO people; ALTER TABLE "session" RENAME TO visits;
        ALTER TABLE people RENAME COLUMN email TO "e-mail"; ALTER TABLE people ADD COLUMN role TEXT DEFAULT 'admin';
        ALTER TABLE visits RENAME COLUMN token TO secret_token;
        """,
    )
    with closing(sqlite3.connect(path_of(people))) as connection:
        source = people.source(
            connection,
            session_table="visits",
            user_table="people",
            session_fields={"token": "secret_token"},
            user_fields={"email": "e-mail", "role": "role"},
        )
        verified = sync.SessionVerifier(source).verify({"cookie": people.cookie})
    assert (verified.user.email, verified.user.role, verified.user.extra) == (people.email, "admin", {"role": "admin"})
    with pytest.raises(AttributeError, match="This user has no field 'banned'"):
        _ = verified.user.banned


@pytest.mark.parametrize(
    ("stored", "read"),
    [(1_795_248_000, True), (1_795_248_000_250, True), ("2026-11-21T08:00:00.250Z", True),
     ("2026-11-21 08:00:00", True), ("2026-11-21 08:00:00+00:00", True),
     ("tomorrow", False), (None, False), (b"x", False)],
)  # fmt: skip
def test_dates_of_every_orm_and_of_none(tmp_path: Path, stored: Any, read: bool) -> None:
    people = asyncio.run(populated(f"sqlite:///{tmp_path / 'auth.db'}", "drizzle"))
    with closing(sqlite3.connect(path_of(people))) as connection:
        connection.execute("CREATE TABLE visits AS SELECT * FROM session")
        connection.execute("UPDATE visits SET expires_at = '2999-01-01T00:00:00Z', created_at = ?", (stored,))
        connection.execute("CREATE TABLE broken AS SELECT * FROM visits")
        connection.execute("UPDATE broken SET expires_at = ?", (stored,))
        verifier = sync.SessionVerifier(people.source(connection, session_table="visits"))
        if read:
            assert verifier.verify({"cookie": people.cookie}).session.created_at.isoformat()[:16] == "2026-11-21T08:00"
        broken = sync.SessionVerifier(people.source(connection, session_table="broken"))
        if read:
            assert broken.find({"cookie": people.cookie}) is None
        else:
            with pytest.raises(VerificationUnavailableError):
                broken.find({"cookie": people.cookie})


@pytest.fixture(autouse=True)
def no_warnings_of_drivers() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The default datetime adapter", DeprecationWarning)
        yield


async def test_a_row_that_has_changed_makes_new_records_and_one_that_has_not_the_same(tmp_path: Path) -> None:
    people = await populated(f"sqlite:///{tmp_path / 'auth.db'}", "drizzle")
    connection = sqlite3.connect(path_of(people), check_same_thread=False)
    with closing(connection):
        verifier = sync.SessionVerifier(people.source(connection))
        first, second = (verifier.verify({"cookie": people.cookie}) for _ in range(2))
        assert second.user is first.user
        connection.execute("UPDATE \"user\" SET name = 'Grace'")
        third = verifier.verify({"cookie": people.cookie})
        assert (third.user.name, first.user.name) == ("Grace", first.user["name"])
        assert first.user.name != "Grace"
        connection.execute('UPDATE "session" SET expires_at = 0')
        assert verifier.find({"cookie": people.cookie}) is None
        connection.execute('DELETE FROM "session"')
        assert verifier.find({"cookie": people.cookie}) is None


async def test_dates_are_in_utc_whatever_the_time_zone_of_the_connection(postgres: EmbeddedPostgres) -> None:
    people = await populated(postgres.database("verify_time_zones"), "better-auth")
    async with await psycopg.AsyncConnection.connect(people.url, autocommit=True) as connection:
        await connection.execute("SET TIME ZONE 'Asia/Kolkata'")
        verified = await SessionVerifier(people.source(connection)).verify({"cookie": people.cookie})
    dates = [verified.user.created_at, verified.user.updated_at, verified.session.expires_at]
    assert all(date.tzinfo is UTC for date in dates), dates
    assert abs(verified.user.created_at - datetime.now(UTC)) < timedelta(minutes=5)
