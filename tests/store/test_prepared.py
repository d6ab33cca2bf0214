"""Prepared statements on asyncpg's own connections: transactions, refusals and cancellation are as SQLAlchemy's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import DBAPIError

from betterauth_py import BetterAuth
from betterauth_py.store.database import Database
from betterauth_py.store.prepared import Prepared
from tests.store.support import auth_on, counts, database_of, new_address, running, sign_up


@pytest.fixture
async def auth(database_url: str) -> AsyncIterator[BetterAuth]:
    # One connection: whoever does not give it back is noticed.
    async with running(auth_on(database_url, database={"pool_size": 1, "max_overflow": 0})) as auth:
        yield auth


@pytest.fixture
def database(auth: BetterAuth) -> Database:
    return database_of(auth)


def names(database: Database) -> Prepared:
    user = database.table("user")
    return Prepared(select(user.c.name).where(user.c.email == bindparam("email")), [user.c.name])


async def test_rows_are_read_as_their_columns_types_say(auth: BetterAuth, database: Database) -> None:
    email = new_address()
    await sign_up(auth, email)
    user = database.table("user")
    whole = Prepared(select(user).where(user.c.email == bindparam("email")), list(user.c))
    prepared = (await database.fetch(whole, {"email": email}))[0]
    executed = (await database.execute(select(user).where(user.c.email == email))).one()._mapping
    keys = [column.key for column in user.c]
    assert [prepared[key] for key in keys] == [executed[key] for key in keys]
    assert await database.fetch(whole, {"email": "nobody@example.com"}) == []


async def test_prepared_and_other_statements_share_a_transaction(auth: BetterAuth, database: Database) -> None:
    email = new_address()
    await sign_up(auth, email)
    user = database.table("user")

    async def rename_and_fail() -> None:
        async with database.transaction():
            await database.execute(update(user).where(user.c.email == email).values(name="Renamed"))
            assert (await database.fetch(names(database), {"email": email}))[0]["name"] == "Renamed"
            raise LookupError

    with pytest.raises(LookupError):
        await rename_and_fail()
    assert (await database.fetch(names(database), {"email": email}))[0]["name"] != "Renamed"


async def test_a_refused_statement_gives_its_connection_back(auth: BetterAuth, database: Database) -> None:
    email = new_address()
    await sign_up(auth, email)
    user = database.table("user")
    row = (await database.fetch(Prepared(select(user), list(user.c)), {}))[0]
    again = Prepared(insert(user).returning(user.c.id), [user.c.id], inserted=list(row))
    for _ in range(3):
        with pytest.raises(DBAPIError) as refused:
            await database.fetch(again, row)
        assert email not in str(refused.value.args)
    async with database.transaction():
        assert len(await database.fetch(names(database), {"email": email})) == 1


async def test_a_transaction_that_is_cancelled_at_any_moment_stays_open_on_no_connection(postgresql_url: str) -> None:
    """What its connection's next user wrote would be part of it, and lost."""

    async def work(database: Database) -> None:
        async with database.transaction():
            await database.execute(select(1))

    async with running(auth_on(postgresql_url, database={"pool_size": 1, "max_overflow": 0})) as auth:
        database = database_of(auth)
        await sign_up(auth)
        for turns in range(20):
            cancelled = asyncio.create_task(work(database))
            for _ in range(turns):
                await asyncio.sleep(0)
            if cancelled.cancel():
                with pytest.raises(asyncio.CancelledError):
                    await cancelled
            await sign_up(auth)
            assert (await counts(postgresql_url, "user"))["user"] == turns + 2


async def test_a_cancelled_statement_gives_its_connection_back(postgresql_url: str) -> None:
    options = {"pool_size": 1, "max_overflow": 0}
    async with running(auth_on(postgresql_url, database=options)) as auth:
        email, database = new_address(), database_of(auth)
        await sign_up(auth, email)
        user = database.table("user")
        rename = Prepared(update(user).values(name=bindparam("new")).returning(user.c.name), [user.c.name])
        blocker: asyncpg.Connection[Any] = await asyncpg.connect(database.url.dsn)
        try:
            async with blocker.transaction():
                await blocker.execute('LOCK TABLE "user"')
                waiting = asyncio.create_task(database.fetch(rename, {"new": "Renamed"}))
                await asyncio.sleep(0.1)
                waiting.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await waiting
        finally:
            await blocker.close()
        found = await asyncio.wait_for(database.fetch(names(database), {"email": email}), 5)
        assert found[0]["name"] != "Renamed"
        async with database.transaction():
            assert len(await database.fetch(names(database), {"email": email})) == 1
