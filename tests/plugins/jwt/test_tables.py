"""The table of keys: added by `betterauth migrate` in either layout, to databases of any age and maker."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import inspect

from betterauth_py.errors import DatabaseError
from betterauth_py.plugins.jwt import jwt
from betterauth_py.store.migrations import apply_migrations, check_schema
from tests.migrations.commands import Command
from tests.migrations.node import make_tables, sqlite_statements
from tests.plugins.jwt.support import header_of, sign_in, token_of
from tests.store.support import auth_on, counts, database_of, execute_script, running, stored_rows

FIELDS = {"drizzle": ["public_key", "private_key", "created_at", "expires_at", "alg", "crv"],
          "better-auth": ["publicKey", "privateKey", "createdAt", "expiresAt", "alg", "crv"]}  # fmt: skip
TOML = "[plugins.jwt]\n"


async def columns(url: str, table: str, layout: str) -> dict[str, bool]:
    """The columns, and whether each may be null."""
    auth = auth_on(url, database={"layout": layout})
    found = await database_of(auth).run(lambda connection: inspect(connection).get_columns(table))
    await auth.shutdown()
    return {column["name"]: column["nullable"] for column in found}


async def test_it_is_added_when_the_plugin_is(database_url: str, layout: str) -> None:
    database = {"layout": layout}
    async with running(auth_on(database_url, database=database)) as before:
        await sign_in(before)
    auth = auth_on(database_url, database=database, plugins=["jwt"])
    with pytest.raises(DatabaseError, match=r"missing tables: jwks.*Run: betterauth migrate"):
        await check_schema(database_of(auth))
    async with running(auth):
        await token_of(auth, await sign_in(auth))
        await auth.migrate()
    nullable = dict.fromkeys(FIELDS[layout], False) | {FIELDS[layout][3]: True, "alg": True, "crv": True}
    assert await columns(database_url, "jwks", layout) == {"id": False, **nullable}
    assert await counts(database_url, "jwks", "user") == {"jwks": 1, "user": 2}


async def test_it_stays_when_the_plugin_goes_and_goes_with_the_rest(database_url: str) -> None:
    async with running(auth_on(database_url, plugins=["jwt"])) as auth:
        await token_of(auth, await sign_in(auth))
    async with running(auth_on(database_url)) as without:
        await sign_in(without)
    assert await counts(database_url, "jwks") == {"jwks": 1}
    auth = auth_on(database_url, plugins=["jwt"])
    state = await apply_migrations(database_of(auth), target="base", may_delete=True)
    assert set(state.missing_tables) == {"user", "session", "account", "verification", "jwks"}
    await auth.shutdown()


async def test_its_names_are_options(database_url: str) -> None:
    names = {"model_name": "signing_keys", "fields": {"publicKey": "public_jwk", "createdAt": "made_at"}}
    async with running(auth_on(database_url, plugins=[jwt(schema={"jwks": names})])) as auth:
        await token_of(auth, await sign_in(auth))
    [row] = await stored_rows(database_url, "signing_keys")
    assert sorted(row) == ["alg", "crv", "expires_at", "id", "made_at", "private_key", "public_jwk"]


def test_the_command_makes_it_and_writes_it(database_url: str, betterauth: Command) -> None:
    assert betterauth(database_url, "migrate", toml=TOML).code == 0
    assert betterauth(database_url, "migrate", "--check", toml=TOML).code == 0
    written = betterauth(database_url, "migrate", "--sql", toml=TOML)
    assert "CREATE TABLE jwks (" in written.output


@pytest.mark.usefixtures("npm_packages")
async def test_that_of_better_auth_is_taken_over(postgresql_url: str, layout: str) -> None:
    make_tables(postgresql_url, layout, {"plugins": {"jwt": {}}})
    auth = auth_on(postgresql_url, database={"layout": layout}, plugins=["jwt"])
    assert (await apply_migrations(database_of(auth), adopt=True)).is_complete
    async with running(auth, migrate=False):
        await token_of(auth, await sign_in(auth))
    assert await counts(postgresql_url, "jwks") == {"jwks": 1}


@pytest.mark.usefixtures("npm_packages")
async def test_that_of_better_auth_on_sqlite_is_taken_over(sqlite_url: str) -> None:
    await execute_script(sqlite_url, sqlite_statements({"plugins": {"jwt": {}}}))
    auth = auth_on(sqlite_url, database={"layout": "better-auth"}, plugins=["jwt"])
    assert (await apply_migrations(database_of(auth), adopt=True)).is_complete
    async with running(auth, migrate=False):
        await token_of(auth, await sign_in(auth))
    [row] = await stored_rows(sqlite_url, "jwks")
    assert row["createdAt"].endswith("Z")


@pytest.mark.usefixtures("npm_packages")
async def test_a_database_of_better_auth_without_it_is_given_one(postgresql_url: str, layout: str) -> None:
    make_tables(postgresql_url, layout)
    auth = auth_on(postgresql_url, database={"layout": layout}, plugins=["jwt"])
    assert (await apply_migrations(database_of(auth), adopt=True)).is_complete
    async with running(auth, migrate=False):
        await token_of(auth, await sign_in(auth))


async def test_an_older_table_gets_the_columns_it_lacks_and_its_keys_stay(database_url: str, layout: str) -> None:
    options: dict[str, Any] = {"database": {"layout": layout}, "plugins": ["jwt"]}
    async with running(auth_on(database_url, **options)) as auth:
        headers = await sign_in(auth)
        first = header_of(await token_of(auth, headers))
    # As better-auth before 1.4 made it, in a database that nobody has adopted yet.
    names = (FIELDS[layout][3], "alg", "crv")
    drop = "".join(f'ALTER TABLE jwks DROP COLUMN "{name}";' for name in names)
    await execute_script(database_url, f"{drop} DROP TABLE betterauth_version;")
    auth = auth_on(database_url, **options)
    assert (await apply_migrations(database_of(auth), adopt=True)).is_complete
    async with running(auth, migrate=False):
        assert header_of(await token_of(auth, headers)) == first
