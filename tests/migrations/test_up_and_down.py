"""`betterauth migrate` and plain Alembic go up and down."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import Connection, inspect

from betterauth_py.store.migrations import head_revision
from betterauth_py.store.revisions import newest_revision
from tests.migrations.commands import Command, alembic, end_of, start
from tests.store.support import auth_on, database_of, execute_script, running, sign_up

CORE = {"user", "session", "account", "verification"}


def tables(url: str) -> set[str]:
    """The names of all tables."""

    def names(connection: Connection) -> set[str]:
        return set(inspect(connection).get_table_names())

    async def read() -> set[str]:
        auth = auth_on(url)
        try:
            return await database_of(auth).run(names)
        finally:
            await auth.shutdown()

    return asyncio.run(read())


def use(url: str) -> None:
    """Sign up on the database, as it is."""

    async def work() -> None:
        async with running(auth_on(url), migrate=False) as auth:
            await sign_up(auth)

    asyncio.run(work())


def test_betterauth_migrates_up_down_and_up_again(database_url: str, betterauth: Command) -> None:
    up = betterauth(database_url, "migrate")
    assert up.code == 0, up.errors
    assert head_revision() in up.output
    assert tables(database_url) == CORE | {"betterauth_version"}
    use(database_url)

    down = betterauth(database_url, "migrate", "--to", "base", "--yes")
    assert down.code == 0, down.errors
    assert tables(database_url) == {"betterauth_version"}

    again = betterauth(database_url, "migrate")
    assert again.code == 0, again.errors
    use(database_url)


def test_betterauth_says_what_is_to_be_done_and_exits_with_1(database_url: str, betterauth: Command) -> None:
    before = betterauth(database_url, "migrate", "--check")
    assert before.code == 1
    assert "missing tables: " in before.output
    assert tables(database_url) == set()
    betterauth(database_url, "migrate")
    assert betterauth(database_url, "migrate", "--check").code == 0


def test_everything_comes_back_after_going_down_with_a_table_of_the_options(
    database_url: str, betterauth: Command
) -> None:
    for arguments in (["migrate"], ["migrate", "--to", "base"], ["migrate"]):
        done = betterauth(database_url, *arguments, toml='[rate_limit]\nstorage = "database"\n')
        assert done.code == 0, f"{arguments}: {done.errors}"
    assert tables(database_url) == CORE | {"rate_limit", "betterauth_version"}


def test_a_revision_that_does_not_exist_is_one_sentence(sqlite_url: str, tmp_path: Path, betterauth: Command) -> None:
    betterauth(sqlite_url, "migrate")
    done = end_of(start(tmp_path, sqlite_url, "migrate", "--to", "nowhere"))
    assert done.code == 1
    assert "Traceback" not in done.errors
    assert "nowhere" in done.errors


def test_plain_alembic_goes_up_and_down_and_finds_nothing_to_generate(database_url: str, betterauth: Command) -> None:
    up = alembic(database_url, "upgrade", "head")
    assert up.code == 0, up.errors
    assert tables(database_url) == CORE | {"betterauth_version"}
    use(database_url)
    assert betterauth(database_url, "migrate", "--check").code == 0
    check = alembic(database_url, "check")
    assert check.code == 0, check.output + check.errors
    down = alembic(database_url, "downgrade", "base")
    assert down.code == 0, down.errors
    assert tables(database_url) == {"betterauth_version"}


def test_plain_alembic_reports_a_bad_url_as_one_sentence_without_the_password() -> None:
    done = alembic("mysql://root:hunter2@localhost/x", "upgrade", "head")
    assert done.code == 1
    assert "hunter2" not in done.output + done.errors
    assert "Traceback" not in done.errors
    assert "mysql:// databases are not supported" in done.errors


def test_the_sql_for_people_makes_the_same_tables(database_url: str, betterauth: Command) -> None:
    printed = betterauth(database_url, "migrate", "--sql")
    assert printed.code == 0, printed.errors
    asyncio.run(execute_script(database_url, printed.output))
    assert tables(database_url) == CORE
    use(database_url)


def test_the_server_knows_the_newest_revision_without_alembic() -> None:
    assert head_revision() == newest_revision()
