"""A database that another program made is refused; with `--adopt` one of better-auth's is checked and taken over."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from betterauth_py.errors import DatabaseError
from betterauth_py.store.migrations import apply_migrations, head_revision
from tests.migrations.commands import Command
from tests.migrations.node import EARLIER, NEWEST, make_tables, sqlite_statements
from tests.store.support import (
    PASSWORD,
    auth_on,
    browser,
    counts,
    database_of,
    execute_script,
    new_address,
    running,
    sign_up,
    sign_up_body,
    stored_rows,
)

pytestmark = pytest.mark.usefixtures("npm_packages")

FIELDS_THERE: dict[str, Any] = {
    "user": {
        "additionalFields": {
            "plan": {"type": "string", "required": False},
            "age": {"type": "number", "required": False},
            "member": {"type": "boolean", "required": False},
            "since": {"type": "date", "required": False},
        }
    }
}
FIELDS_HERE = {"user": {"additional_fields": FIELDS_THERE["user"]["additionalFields"]}}
ARRAYS = {"tags": {"type": "string[]", "required": False}, "scores": {"type": "number[]", "required": False}}


async def adopt(url: str, **options: Any) -> None:
    """Adopt the database and use it."""
    auth = auth_on(url, **options)
    state = await apply_migrations(database_of(auth), adopt=True)
    assert state.stamp.revision == head_revision()
    assert state.is_complete
    async with running(auth, migrate=False):
        answer = await sign_up(auth)
        found = await auth.context.sessions.find_with_user(answer["token"])
    assert found is not None
    assert found[1]["email"] == answer["user"]["email"]
    assert await counts(url, "user", "account", "session") == {"user": 1, "account": 1, "session": 1}


async def refusal(url: str, *, with_adopt: bool, **options: Any) -> str:
    """Why the database is refused; nothing is stamped."""
    auth = auth_on(url, **options)
    with pytest.raises(DatabaseError) as refused:
        await apply_migrations(database_of(auth), adopt=with_adopt)
    await auth.shutdown()
    return str(refused.value)


async def test_tables_of_unknown_origin_are_refused(database_url: str) -> None:
    await execute_script(database_url, 'CREATE TABLE "user" (id text primary key, login text)')
    assert await refusal(database_url, with_adopt=False) == (
        "The database has tables that this server did not make: user. If better-auth made them, run: "
        "betterauth migrate --adopt. Otherwise use another database."
    )
    with pytest.raises(Exception, match="betterauth_version"):
        await stored_rows(database_url, "betterauth_version")


async def test_tables_of_unknown_origin_are_not_adopted_either(database_url: str) -> None:
    await execute_script(database_url, 'CREATE TABLE "user" (id text primary key, login text)')
    message = await refusal(database_url, with_adopt=True)
    assert message.startswith("The database cannot be adopted (missing tables: ")
    assert "user.email" in message


async def test_other_tables_are_nobodys_business(database_url: str) -> None:
    await execute_script(database_url, "CREATE TABLE invoices (id integer primary key)")
    async with running(auth_on(database_url)) as auth:
        await sign_up(auth)
    assert await counts(database_url, "invoices") == {"invoices": 0}


@pytest.mark.parametrize("package", [NEWEST, EARLIER])
async def test_a_postgresql_database_of_better_auth_is_adopted(postgresql_url: str, layout: str, package: str) -> None:
    make_tables(postgresql_url, layout, package=package)
    await adopt(postgresql_url, database={"layout": layout})


async def test_a_postgresql_database_with_additional_fields_and_rate_limits_is_adopted(
    postgresql_url: str, layout: str
) -> None:
    make_tables(postgresql_url, layout, {**FIELDS_THERE, "rateLimit": {"storage": "database"}})
    await adopt(postgresql_url, database={"layout": layout}, rate_limit={"storage": "database"}, **FIELDS_HERE)


async def test_a_postgresql_database_with_lists_in_it_is_adopted(postgresql_url: str, layout: str) -> None:
    make_tables(postgresql_url, layout, {"user": {"additionalFields": ARRAYS}})
    await adopt(postgresql_url, database={"layout": layout}, user={"additional_fields": ARRAYS})


@pytest.mark.parametrize("package", [NEWEST, EARLIER])
async def test_a_sqlite_database_of_better_auth_is_adopted(sqlite_url: str, package: str) -> None:
    options = {**FIELDS_THERE, "rateLimit": {"storage": "database"}}
    await execute_script(sqlite_url, sqlite_statements(options, package=package))
    await adopt(sqlite_url, database={"layout": "better-auth"}, rate_limit={"storage": "database"}, **FIELDS_HERE)


async def test_columns_that_only_we_want_are_added_after_adoption(postgresql_url: str, layout: str) -> None:
    make_tables(postgresql_url, layout)
    await adopt(postgresql_url, database={"layout": layout}, rate_limit={"storage": "database"})
    await counts(postgresql_url, "rate_limit" if layout == "drizzle" else "rateLimit")


async def test_the_wrong_layout_is_refused(postgresql_url: str, layout: str) -> None:
    make_tables(postgresql_url, layout)
    other = "better-auth" if layout == "drizzle" else "drizzle"
    message = await refusal(postgresql_url, with_adopt=True, database={"layout": other})
    assert "missing columns: " in message
    assert ("user.emailVerified" if other == "better-auth" else "user.email_verified") in message
    assert "`database.layout`" in message


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        ('ALTER TABLE "user" DROP COLUMN image', "missing columns: user.image"),
        ("ALTER TABLE session ALTER COLUMN expires_at TYPE text", "columns of another type: session.expires_at"),
        ('ALTER TABLE "user" ALTER COLUMN email_verified DROP DEFAULT, ALTER COLUMN email_verified TYPE integer '
         "USING 0", "columns of another type: user.email_verified"),
        ("DROP TABLE verification", "missing tables: verification"),
    ],
)  # fmt: skip
async def test_a_database_that_does_not_fit_is_refused(postgresql_url: str, damage: str, complaint: str) -> None:
    make_tables(postgresql_url, "drizzle")
    await execute_script(postgresql_url, damage)
    assert complaint in await refusal(postgresql_url, with_adopt=True)


UUIDS_THERE = {"advanced": {"database": {"generateId": "uuid"}}, "rateLimit": {"storage": "database"}}
UUIDS_HERE: dict[str, Any] = {"advanced": {"database": {"generate_id": "uuid"}}, "rate_limit": {"storage": "database"}}


async def test_a_database_with_uuid_columns_is_adopted_and_used(postgresql_url: str, layout: str) -> None:
    make_tables(postgresql_url, layout, UUIDS_THERE)
    await adopt(postgresql_url, database={"layout": layout}, **UUIDS_HERE)
    options = {"database": {"layout": layout}, "user": {"delete_user": {"enabled": True}}, **UUIDS_HERE}
    async with running(auth_on(postgresql_url, **options), migrate=False) as auth, browser(auth) as client:
        body = sign_up_body(new_address())
        signed_up = (await client.post("/sign-up/email", json=body)).json()["user"]
        assert str(UUID(signed_up["id"])) == signed_up["id"]
        assert (await client.get("/get-session")).json()["user"] == signed_up
        assert (await client.post("/sign-in/email", json=body)).status_code == 200
        assert (await client.post("/update-user", json={"name": "Countess"})).status_code == 200
        assert len((await client.get("/list-sessions")).json()) == 2
        column = "expires_at" if layout == "drizzle" else '"expiresAt"'
        await execute_script(postgresql_url, f"UPDATE session SET {column} = now() - interval '1 day'")
        assert (await auth.context.cleanup.run(batch_size=1)).sessions == 3
        assert (await client.post("/sign-in/email", json=body)).status_code == 200
        assert (await client.post("/delete-user", json={"password": PASSWORD})).status_code == 200
    assert await counts(postgresql_url, "user", "account", "session") == {"user": 1, "account": 1, "session": 0}


NUMBERS_THERE = {"advanced": {"database": {"generateId": "serial"}}}
NUMBERS_HERE: dict[str, Any] = {"advanced": {"database": {"generate_id": "serial"}}}


async def test_a_database_that_counts_ids_is_adopted_and_used(postgresql_url: str, layout: str) -> None:
    make_tables(postgresql_url, layout, NUMBERS_THERE)
    if layout == "drizzle":
        assert 'set `advanced.database.generate_id` to "serial"' in await refusal(postgresql_url, with_adopt=True)
    await adopt(postgresql_url, database={"layout": layout}, **NUMBERS_HERE)
    options = {"database": {"layout": layout}, "user": {"delete_user": {"enabled": True}}, **NUMBERS_HERE}
    async with running(auth_on(postgresql_url, **options), migrate=False) as auth, browser(auth) as client:
        body = sign_up_body(new_address())
        signed_up = (await client.post("/sign-up/email", json=body)).json()["user"]
        assert signed_up["id"].isdecimal()
        assert (await client.get("/get-session")).json()["user"] == signed_up
        assert (await client.post("/sign-in/email", json=body)).status_code == 200
        assert len((await client.get("/list-sessions")).json()) == 2
        assert (await client.post("/delete-user", json={"password": PASSWORD})).status_code == 200
        assert (await client.get("/get-session")).json() is None


async def test_a_database_with_uuid_columns_is_refused_where_ids_are_none(postgresql_url: str) -> None:
    make_tables(postgresql_url, "drizzle", UUIDS_THERE)
    message = await refusal(postgresql_url, with_adopt=True)
    assert "columns of another type: " in message
    assert "user.id" in message
    assert "`advanced.database.generate_id`" in message


async def test_a_server_starts_on_tables_that_it_did_not_make(postgresql_url: str, layout: str) -> None:
    make_tables(postgresql_url, layout)
    async with running(auth_on(postgresql_url, database={"layout": layout}), migrate=False) as auth:
        await sign_up(auth)


def test_the_command_adopts_when_it_is_told_to(postgresql_url: str, betterauth: Command) -> None:
    make_tables(postgresql_url, "drizzle")
    refused = betterauth(postgresql_url, "migrate")
    assert (refused.code, "betterauth migrate --adopt" in refused.errors) == (1, True)
    adopted = betterauth(postgresql_url, "migrate", "--adopt")
    assert adopted.code == 0, adopted.errors
    assert adopted.output == f"The database is at revision {head_revision()}.\n"
    assert betterauth(postgresql_url, "migrate").code == 0
    stamped = asyncio.run(stored_rows(postgresql_url, "betterauth_version"))
    assert [row["version_num"] for row in stamped] == [head_revision()]
