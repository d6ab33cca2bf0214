"""A connection or session of the service is left as it was found, and never answers from a transaction left behind."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import aiosqlite
import psycopg
import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.ext.asyncio import AsyncSession, async_scoped_session, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, scoped_session, sessionmaker

from betterauth_py.verify import SessionVerifier, sync
from tests.verify.people import People, path_of, through


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


@pytest.fixture
def engine(postgresql: People) -> Iterator[Engine]:
    # Here a transaction goes on seeing what was there when it began.
    engine = create_engine(through(postgresql, "psycopg"), isolation_level="REPEATABLE READ")
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


def end_at(engine: Engine, people: People, year: int) -> None:
    column = '"expiresAt"' if people.columns == "camelCase" else "expires_at"
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE session SET {column} = '{year}-01-01'"))


def lent(engine: Engine, kind: str) -> Any:
    if kind == "connection":
        return engine.connect()
    if kind == "session of a connection":
        return Session(engine.connect())
    return scoped_session(sessionmaker(engine)) if kind == "scoped session" else Session(engine)


@pytest.mark.parametrize("kind", ["connection", "session", "session of a connection", "scoped session"])
def test_an_idle_one_stays_idle_and_sees_each_change(postgresql: People, engine: Engine, kind: str) -> None:
    headers = {"cookie": postgresql.cookie}
    with closing(lent(engine, kind)) as source:
        verifier = sync.SessionVerifier(postgresql.source(source))
        try:
            assert verifier.find(headers)
            end_at(engine, postgresql, 2001)
            assert verifier.find(headers) is None
        finally:
            end_at(engine, postgresql, 2999)
        with source.begin():
            assert verifier.find(headers)
            source.execute(text("INSERT INTO note VALUES (1, 'mine')"))
            assert verifier.find(headers)
        assert source.execute(text("SELECT count(*) FROM note")).scalar() == 1
        source.rollback()
        if isinstance(source, Session) and isinstance(connection := source.get_bind(), Connection):
            connection.close()


def test_what_a_session_holds_is_neither_lost_nor_expired(postgresql: People, engine: Engine) -> None:
    with Session(engine, expire_on_commit=False) as session:
        verifier = sync.SessionVerifier(postgresql.source(session))
        note = Note(id=1, text="first")
        session.add(note)
        session.commit()
        assert verifier.find({"cookie": postgresql.cookie})
        assert vars(note)["text"] == "first"
        note.text = "second"
        assert verifier.find({"cookie": postgresql.cookie})
        session.commit()
        assert session.scalar(text("SELECT text FROM note")) == "second"


async def test_those_of_an_event_loop_are_left_alone_and_asked_one_after_the_other(postgresql: People) -> None:
    engine = create_async_engine(through(postgresql, "asyncpg"))
    headers = {"cookie": postgresql.cookie}
    scoped = async_scoped_session(async_sessionmaker(engine), scopefunc=lambda: "request")
    async with engine.connect() as connection, AsyncSession(engine) as session:
        sources: list[Any] = [connection, session, scoped]
        for source in sources:
            verifier = SessionVerifier(postgresql.source(source))
            found = await asyncio.gather(*(verifier.find(headers) for _ in range(8)))
            assert None not in found
            async with source.begin():
                assert await verifier.find(headers)
            assert await verifier.find(headers)
        assert not connection.in_transaction()
        assert not session.in_transaction()
        await scoped.remove()
    await engine.dispose()


def status_of(connection: psycopg.Connection[Any] | psycopg.AsyncConnection[Any]) -> str:
    return psycopg.pq.TransactionStatus(connection.info.transaction_status).name


async def test_requests_that_overlap_leave_no_transaction_of_psycopg_open(postgresql: People) -> None:
    async with await psycopg.AsyncConnection.connect(postgresql.url) as connection:
        verifier = SessionVerifier(postgresql.source(connection))

        async def ask() -> None:
            for _ in range(20):
                await asyncio.sleep(random.random() / 500)
                await verifier.verify({"cookie": postgresql.cookie})

        await asyncio.gather(*(ask() for _ in range(8)))
        assert status_of(connection) == "IDLE"
    with psycopg.connect(postgresql.url) as blocking:
        twin = sync.SessionVerifier(postgresql.source(blocking))

        def work() -> None:
            for _ in range(20):
                twin.verify({"cookie": postgresql.cookie})

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert status_of(blocking) == "IDLE"


def named(cursor: Any, row: tuple[Any, ...]) -> dict[str, Any]:
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}


@pytest.mark.parametrize("factory", [named, sqlite3.Row])
async def test_rows_of_the_services_own_making_do_not_matter(sqlite: People, factory: Any) -> None:
    async with aiosqlite.connect(path_of(sqlite)) as connection:
        connection.row_factory = factory
        assert await SessionVerifier(sqlite.source(connection)).find({"cookie": sqlite.cookie})
        assert connection.row_factory is factory
    with closing(sqlite3.connect(path_of(sqlite))) as blocking:
        blocking.row_factory = factory
        assert sync.SessionVerifier(sqlite.source(blocking)).find({"cookie": sqlite.cookie})
        assert blocking.row_factory is factory
