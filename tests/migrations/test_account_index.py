"""Accounts are found by their provider and its id of the user: an index, also for databases that there are."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Connection, inspect, text

from betterauth_py.store import account_index
from betterauth_py.store.account_index import AccountIndex
from betterauth_py.store.migrations import apply_migrations
from tests.migrations.commands import Command, alembic
from tests.store.support import auth_on, database_of, execute_script, running

NAME = "account_providerId_accountId_idx"


def ask(url: str, work: Any, **options: Any) -> Any:
    """What `work` returns of a connection."""

    async def run() -> Any:
        auth = auth_on(url, **options)
        try:
            return await database_of(auth).run(work)
        finally:
            await auth.shutdown()

    return asyncio.run(run())


def indexes(url: str, table: str = "account") -> dict[str, list[str]]:
    def read(connection: Connection) -> dict[str, list[str]]:
        return {
            str(index["name"]): list(map(str, index["column_names"]))
            for index in inspect(connection).get_indexes(table)
        }

    found: dict[str, list[str]] = ask(url, read)
    return found


def fill(url: str, accounts: int) -> None:
    """Store accounts by hand, of one user."""
    own = "'u', '2026-11-21T08:00:00Z', '2026-11-21T08:00:00Z'" if url.startswith("postgres") else "'u', 1, 1"
    no = "false, " if url.startswith("postgres") else "0, "
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {accounts}) "
    times = own.partition(", ")[2]
    script = (
        f'INSERT INTO "user" (id, name, email, email_verified, created_at, updated_at) '
        f"VALUES ('u', 'U', 'u@example.com', {no}{times});"
        f"INSERT INTO account (id, account_id, provider_id, user_id, created_at, updated_at) "
        f"{numbers}SELECT 'a' || i, i, 'github', {own} FROM n;"
    )
    asyncio.run(execute_script(url, script))


def test_it_comes_with_an_upgrade_and_goes_with_a_downgrade(database_url: str, betterauth: Command) -> None:
    assert betterauth(database_url, "migrate").code == 0
    assert indexes(database_url)[NAME] == ["provider_id", "account_id"]
    fill(database_url, 20)
    down = betterauth(database_url, "migrate", "--to", "0001_core")
    assert (down.code, down.errors) == (0, "")
    assert NAME not in indexes(database_url)
    assert betterauth(database_url, "migrate", "--check").code == 1
    up = betterauth(database_url, "migrate")
    assert (up.code, up.errors) == (0, "")
    assert NAME in indexes(database_url)
    assert betterauth(database_url, "migrate", "--check").code == 0


def test_plain_alembic_makes_it_too(database_url: str) -> None:
    for arguments in (["upgrade", "head"], ["downgrade", "0001_core"], ["upgrade", "head"]):
        done = alembic(database_url, *arguments)
        assert done.code == 0, done.errors
    assert NAME in indexes(database_url)


def test_the_server_works_without_it(database_url: str, betterauth: Command) -> None:
    assert betterauth(database_url, "migrate").code == 0
    assert betterauth(database_url, "migrate", "--to", "0001_core").code == 0

    async def serve() -> None:
        async with running(auth_on(database_url), migrate=False):
            pass

    asyncio.run(serve())


def test_an_index_made_by_hand_is_enough(database_url: str, betterauth: Command) -> None:
    assert betterauth(database_url, "migrate").code == 0
    assert betterauth(database_url, "migrate", "--to", "0001_core").code == 0
    asyncio.run(execute_script(database_url, "CREATE INDEX own ON account (provider_id, account_id)"))
    assert betterauth(database_url, "migrate").code == 0
    assert {"own", NAME} & set(indexes(database_url)) == {"own"}
    assert betterauth(database_url, "migrate", "--to", "0001_core").code == 0
    assert "own" in indexes(database_url)


def test_one_for_some_rows_is_not(database_url: str, betterauth: Command) -> None:
    assert betterauth(database_url, "migrate").code == 0
    assert betterauth(database_url, "migrate", "--to", "0001_core").code == 0
    some = "CREATE INDEX own ON account (provider_id, account_id) WHERE scope IS NULL"
    asyncio.run(execute_script(database_url, some))
    assert betterauth(database_url, "migrate").code == 0
    assert NAME in indexes(database_url)


def test_an_account_may_be_there_twice(database_url: str, betterauth: Command) -> None:
    """As in better-auth, whose tables promise nothing else; signing in with it is refused."""
    assert betterauth(database_url, "migrate").code == 0
    fill(database_url, 2)
    asyncio.run(execute_script(database_url, "UPDATE account SET account_id = '1'"))
    assert betterauth(database_url, "migrate").code == 0


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table is large from ten rows on."""
    monkeypatch.setattr(account_index, "LARGE", 10)


async def test_a_large_table_gets_it_without_blocking(postgresql_url: str, large: None) -> None:
    async with running(auth_on(postgresql_url)) as auth:
        database = database_of(auth)
        await apply_migrations(database, target="0001_core")
        await asyncio.to_thread(fill, postgresql_url, 20)
        reader, other = await asyncpg.connect(postgresql_url), await asyncpg.connect(postgresql_url)
        # The build ends when nobody needs what was there before it.
        async with reader.transaction(isolation="repeatable_read"):
            await reader.fetch("SELECT FROM account LIMIT 1")
            migration = asyncio.create_task(apply_migrations(database))
            building = "SELECT FROM pg_index WHERE indexrelid = to_regclass($1) AND NOT indisvalid"
            async with asyncio.timeout(20):
                while not await other.fetch(building, f'"{NAME}"'):  # noqa: ASYNC110 - nobody tells
                    await asyncio.sleep(0.02)
            await asyncio.wait_for(other.execute("UPDATE account SET scope = 'all'"), 5)
            assert not migration.done()
            assert await other.fetch(building, f'"{NAME}"')
        await reader.close()
        await other.close()
        await asyncio.wait_for(migration, 20)
        assert await database.run(AccountIndex.of(database.schema).exists)


def test_what_an_interrupted_build_has_left_is_built_anew(
    postgresql_url: str, betterauth: Command, large: None
) -> None:
    assert betterauth(postgresql_url, "migrate").code == 0
    fill(postgresql_url, 20)

    def spoil(connection: Connection) -> None:
        connection.execute(text(f"UPDATE pg_index SET indisvalid = false WHERE indexrelid = '\"{NAME}\"'::regclass"))

    def is_valid(connection: Connection) -> bool:
        question = text(f"SELECT indisvalid FROM pg_index WHERE indexrelid = '\"{NAME}\"'::regclass")
        return bool(connection.execute(question).scalar_one())

    ask(postgresql_url, spoil)
    assert not ask(postgresql_url, is_valid)
    done = betterauth(postgresql_url, "migrate")
    assert (done.code, done.errors) == (0, "")
    assert ask(postgresql_url, is_valid)


async def test_several_at_once_build_one(postgresql_url: str, large: None) -> None:
    async with running(auth_on(postgresql_url)) as auth:
        database = database_of(auth)
        await execute_script(postgresql_url, f'DROP INDEX "{NAME}"')
        await asyncio.gather(*(account_index.build_account_index(database) for _ in range(4)))
        assert await database.run(AccountIndex.of(database.schema).exists)
