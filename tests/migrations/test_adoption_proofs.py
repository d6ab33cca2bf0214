"""`betterauth migrate --adopt` proves that what worked at better-auth works here, and says what to do where not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from betterauth_py.errors import DatabaseError
from betterauth_py.store.migrations import apply_migrations, inspect_schema, read_database_stamp
from tests.migrations.node import better_auth, make_tables
from tests.store.support import (
    PASSWORD,
    auth_on,
    browser,
    database_of,
    execute_script,
    new_address,
    running,
    sign_up,
    sign_up_body,
    stored_rows,
)

pytestmark = pytest.mark.usefixtures("npm_packages")

USER = (
    'INSERT INTO "user" (id, name, email, email_verified, created_at, updated_at) '
    "VALUES ('{0}', 'Ada', '{1}', true, now(), now());"
)
ADA = USER.format("ada", "Ada@Example.com")
PROOFS = {
    "the issuer of 1.7.0 to 1.7.2": (
        "ALTER TABLE account ADD COLUMN issuer text NOT NULL;",
        ["account.issuer (better-auth 1.7.0 to 1.7.2", "ALTER TABLE account ALTER COLUMN issuer DROP NOT NULL;"],
    ),
    "a required column of a plugin": (
        'ALTER TABLE "user" ADD COLUMN username text NOT NULL;',
        ["user.username", 'ALTER TABLE "user" ALTER COLUMN username DROP NOT NULL;'],
    ),
    "an optional column that is required there": (
        "ALTER TABLE session ALTER COLUMN user_agent SET NOT NULL;",
        ["session.user_agent", "ALTER TABLE session ALTER COLUMN user_agent DROP NOT NULL;"],
    ),
    "a missing unique key": (
        'ALTER TABLE "user" DROP CONSTRAINT user_email_unique;',
        ["user.email has no unique key.", 'CREATE UNIQUE INDEX user_email_unique ON "user" (email);'],
    ),
    "a unique key of a part of the rows": (
        "ALTER TABLE session DROP CONSTRAINT session_token_unique;"
        "CREATE UNIQUE INDEX part ON session (token) WHERE user_agent IS NOT NULL;",
        ["session.token has no unique key.", "CREATE UNIQUE INDEX session_token_unique ON session (token);"],
    ),
    "doubles": (
        'ALTER TABLE "user" DROP CONSTRAINT user_email_unique;' + "".join(USER.format(name, "a@b.c") for name in "ab"),
        ["user.email has no unique key, and 1 of its values occur more than once."],
    ),
    "an address with capitals": (ADA, ["1 addresses in user.email", 'UPDATE "user" SET email = lower(email);']),
    "addresses that differ by case alone": (
        ADA + USER.format("eve", "ada@example.com"),
        ["1 addresses in user.email", "each of the 1 addresses that differ by case alone"],
    ),
    "a banned user": (
        'ALTER TABLE "user" ADD COLUMN banned boolean; '
        + USER.format("ada", "ada@example.com")
        + 'UPDATE "user" SET banned = true;',
        ["user.banned is true for 1 users", "plugin admin"],
    ),
    "a second factor": (
        'ALTER TABLE "user" ADD COLUMN two_factor_enabled boolean DEFAULT false; '
        + USER.format("ada", "ada@example.com")
        + 'UPDATE "user" SET two_factor_enabled = true;',
        ["user.two_factor_enabled is true for 1 users", "plugin two-factor"],
    ),
}


async def refusal(url: str, **options: Any) -> str:
    """Why the database is not adopted; it is as it was."""
    auth = auth_on(url, **options)
    before = await inspect_schema(database_of(auth))
    with pytest.raises(DatabaseError) as refused:
        await apply_migrations(database_of(auth), adopt=True)
    assert await inspect_schema(database_of(auth)) == before
    await auth.shutdown()
    return str(refused.value)


@pytest.fixture
def tables_of_node(postgresql_url: str) -> str:
    """A database with better-auth's tables."""
    make_tables(postgresql_url, "drizzle")
    return postgresql_url


@pytest.mark.parametrize("found", PROOFS)
async def test_what_would_fail_or_weaken_here_is_refused_with_its_remedy(tables_of_node: str, found: str) -> None:
    statements, complaints = PROOFS[found]
    await execute_script(tables_of_node, statements)
    message = await refusal(tables_of_node)
    for complaint in complaints:
        assert complaint in message


async def test_all_findings_are_told_at_once(tables_of_node: str) -> None:
    await execute_script(tables_of_node, "".join(PROOFS[found][0] for found in list(PROOFS)[:2]))
    message = await refusal(tables_of_node)
    assert "account.issuer" in message
    assert "user.username" in message


async def test_the_remedies_are_enough(tables_of_node: str) -> None:
    remedies = [
        "ALTER TABLE account ALTER COLUMN issuer DROP NOT NULL;",
        'CREATE UNIQUE INDEX user_email_unique ON "user" (email);',
        'UPDATE "user" SET email = lower(email);',
    ]
    for found in ("the issuer of 1.7.0 to 1.7.2", "a missing unique key", "an address with capitals"):
        await execute_script(tables_of_node, PROOFS[found][0])
    message = await refusal(tables_of_node)
    for remedy in remedies:
        assert remedy in message
        await execute_script(tables_of_node, remedy)
    auth = auth_on(tables_of_node)
    await apply_migrations(database_of(auth), adopt=True)
    async with running(auth, migrate=False):
        await sign_up(auth)


async def test_columns_with_defaults_and_guards_that_bar_nobody_are_no_obstacle(tables_of_node: str) -> None:
    await execute_script(
        tables_of_node,
        "ALTER TABLE \"user\" ADD COLUMN role text NOT NULL DEFAULT 'user', ADD COLUMN banned boolean DEFAULT false, "
        "ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY;" + USER.format("ada", "ada@example.com"),
    )
    auth = auth_on(tables_of_node)
    await apply_migrations(database_of(auth), adopt=True)
    async with running(auth, migrate=False):
        await sign_up(auth)


async def test_an_empty_database_is_not_adopted(database_url: str) -> None:
    assert (await refusal(database_url)).startswith("There is nothing to adopt: ")


async def test_plural_tables_are_named(tables_of_node: str) -> None:
    await execute_script(
        tables_of_node,
        'ALTER TABLE "user" RENAME TO users; ALTER TABLE session RENAME TO sessions; '
        "ALTER TABLE account RENAME TO accounts; ALTER TABLE verification RENAME TO verifications;",
    )
    message = await refusal(tables_of_node)
    assert 'set `user.model_name` to "users"' in message
    assert 'set `session.model_name` to "sessions"' in message
    options = {name: {"model_name": f"{name}s"} for name in ("user", "session", "account", "verification")}
    auth = auth_on(tables_of_node, **options)
    await apply_migrations(database_of(auth), adopt=True)
    await auth.shutdown()


async def test_tables_of_another_schema_are_named_and_adopted_there(tables_of_node: str) -> None:
    await execute_script(tables_of_node, "ALTER SCHEMA public RENAME TO auth; CREATE SCHEMA public;")
    assert "add ?schema=auth to DATABASE_URL" in await refusal(tables_of_node)
    async with running(auth_on(f"{tables_of_node}&schema=auth"), migrate=False) as auth, browser(auth) as client:
        await apply_migrations(database_of(auth), adopt=True)
        await client.post("/sign-up/email", json=sign_up_body(new_address()))
        assert (await client.get("/get-session")).json()["user"]["name"] == "Ada"
    plain = auth_on(tables_of_node)
    assert len((await inspect_schema(database_of(plain))).missing_core_tables) == 4
    await plain.shutdown()
    await execute_script(tables_of_node, "DROP SCHEMA auth CASCADE")


async def test_a_schema_that_does_not_exist_is_named(postgresql_url: str) -> None:
    auth = auth_on(f"{postgresql_url}&schema=nowhere")
    with pytest.raises(DatabaseError, match=r"no schema nowhere.*CREATE SCHEMA"):
        await auth.migrate()
    await auth.shutdown()


async def test_the_layout_that_fits_is_named(postgresql_url: str, layout: str) -> None:
    make_tables(postgresql_url, layout)
    other = "better-auth" if layout == "drizzle" else "drizzle"
    assert f'set `database.layout` to "{layout}"' in await refusal(postgresql_url, database={"layout": other})


async def test_after_adoption_node_still_signs_everybody_in(new_postgresql: Callable[[], str], caplog: Any) -> None:
    url = new_postgresql()
    with better_auth(url, "drizzle", make=True) as node:
        email = new_address()
        assert node.post("/sign-up/email", json=sign_up_body(email)).status_code == 200
        auth = auth_on(url)
        await apply_migrations(database_of(auth), adopt=True)
        assert (await read_database_stamp(database_of(auth))).is_adopted
        async with running(auth, migrate=False), browser(auth) as client:
            assert (await client.post("/sign-in/email", json=sign_up_body(email))).status_code == 200
            new = new_address()
            assert (await client.post("/sign-up/email", json=sign_up_body(new))).status_code == 200
        for one in (email, new):
            node.cookies.clear()
            assert node.post("/sign-in/email", json={"email": one, "password": PASSWORD}).status_code == 200
    assert [row["password"][:1] == "$" for row in await stored_rows(url, "account")] == [False, False]

    chosen = auth_on(url, email_and_password={"password": {"algorithm": "argon2id"}})
    async with running(chosen, migrate=False), browser(chosen) as client:
        assert (await client.post("/sign-in/email", json=sign_up_body(email))).status_code == 200
    assert sorted(row["password"][:1] == "$" for row in await stored_rows(url, "account")) == [False, True]


async def test_without_adoption_hashes_of_node_stay_readable_too(new_postgresql: Callable[[], str]) -> None:
    url = new_postgresql()
    with better_auth(url, "drizzle", make=True) as node:
        email = new_address()
        node.post("/sign-up/email", json=sign_up_body(email))
    auth = auth_on(url)
    async with running(auth, migrate=False), browser(auth) as client:
        assert (await client.post("/sign-in/email", json=sign_up_body(email))).status_code == 200
    assert not (await stored_rows(url, "account"))[0]["password"].startswith("$")


async def test_a_database_of_our_own_has_argon2id(database_url: str) -> None:
    async with running(auth_on(database_url)) as auth:
        await sign_up(auth)
    assert (await stored_rows(database_url, "account"))[0]["password"].startswith("$argon2id$")
