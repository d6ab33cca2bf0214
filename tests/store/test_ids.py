"""Who makes the ids of rows: `advanced.database.generate_id`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from betterauth_py import BetterAuth
from betterauth_py.errors import BetterAuthError, DatabaseError
from betterauth_py.models.fields import Field, Model
from betterauth_py.options.types import FieldReference
from betterauth_py.plugins import Plugin
from betterauth_py.store.conditions import Where
from betterauth_py.store.errors import NotStoredError
from tests.store.support import (
    PASSWORD,
    auth_on,
    browser,
    execute_script,
    new_address,
    running,
    sign_up,
    sign_up_body,
    stored_rows,
)

NOTES = Plugin(
    id="notes",
    schema={
        "note": Model(
            name="note",
            fields={"text": Field(), "ownerId": Field(references=FieldReference(model="user"), required=False)},
        )
    },
)
SERIAL: dict[str, Any] = {"advanced": {"database": {"generate_id": "serial"}}}
OF_DATABASE: dict[str, Any] = {"advanced": {"database": {"generate_id": False}}}


@pytest.fixture
async def counting(database_url: str) -> AsyncIterator[BetterAuth]:
    async with running(auth_on(database_url, plugins=[NOTES], rate_limit={"storage": "database"}, **SERIAL)) as auth:
        yield auth


async def test_the_database_counts_and_clients_get_texts(counting: BetterAuth, database_url: str) -> None:
    async with browser(counting) as client:
        user = (await client.post("/sign-up/email", json=sign_up_body(new_address()))).json()["user"]
        assert user["id"] == "1"
        found = (await client.get("/get-session")).json()
        assert (found["session"]["id"], found["session"]["userId"], found["user"]["id"]) == ("1", "1", "1")
        assert (await client.post("/update-user", json={"name": "Countess"})).status_code == 200
    assert {row["id"] for row in await stored_rows(database_url, "user")} == {1}
    assert {(row["id"], row["user_id"]) for row in await stored_rows(database_url, "session")} == {(1, 1)}
    assert {(row["user_id"], row["account_id"]) for row in await stored_rows(database_url, "account")} == {(1, "1")}


async def test_rows_of_plugins_are_counted_and_refer_to_numbers(counting: BetterAuth, database_url: str) -> None:
    rows, ada = counting.context.rows, (await sign_up(counting))["user"]["id"]
    made = {"id": counting.context.generate_id("note"), "text": "Buy milk", "ownerId": ada}
    stored = await rows.create("note", made)
    assert stored == {"text": "Buy milk", "ownerId": ada, "id": "1"}
    assert [(row["id"], row["owner_id"]) for row in await stored_rows(database_url, "note")] == [(1, 1)]
    for where in (Where("id", "1"), Where("id", ["1", "x"], "in"), Where("ownerId", ada), Where("id", "1", "contains")):
        assert await rows.find_one("note", where) == stored
    assert await rows.find_many("note", Where("ownerId", ada), order_by="id") == [stored]
    # An id of another database is kept, as a before hook's is.
    assert (await rows.create("note", {"id": "7", "text": "Moved", "ownerId": None}) or {})["id"] == "7"


async def test_what_is_no_number_is_nobodys_id(counting: BetterAuth) -> None:
    await sign_up(counting)
    rows = counting.context.rows
    for text in ["x", "", "01", " 1", "1.0", "1e0", "0x1", "-1", "0", "2147483648", "9" * 40, "\u0661"]:
        assert await rows.find_one("user", Where("id", text)) is None
        assert await rows.find_one("user", Where("id", [text], "in")) is None
        assert await counting.context.users.find(text) is None
        assert len(await rows.find_many("user", Where("id", text, "ne"))) == 1
        with pytest.raises(NotStoredError):
            await rows.create("note", {"text": "of nobody", "ownerId": text})
    assert await rows.find_many("note") == []


async def test_ids_of_deleted_users_are_not_given_again(counting: BetterAuth) -> None:
    last = (await sign_up(counting))["user"]["id"]
    await counting.context.users.delete(last)
    assert int((await sign_up(counting))["user"]["id"]) > int(last)


async def test_no_id_tells_a_taken_address_from_a_free_one(database_url: str) -> None:
    options = {"email_and_password": {"auto_sign_in": False}, **SERIAL}
    async with running(auth_on(database_url, **options)) as auth:
        taken, seen = new_address(), []
        await sign_up(auth, taken)
        for address in (taken, new_address()):
            addresses = (new_address(), address, new_address())
            between = [int((await sign_up(auth, one))["user"]["id"]) for one in addresses]
            accounts = [int(row["id"]) for row in await auth.context.rows.find_many("account", order_by="id")]
            seen.append(
                ([one - between[0] for one in between], accounts[-1] - accounts[-2 if address == taken else -3])
            )
        assert seen[0] == seen[1]


async def test_sessions_in_memory_are_those_of_numbered_users(postgresql_url: str) -> None:
    auth = auth_on(postgresql_url, session={"memory_cache": {"enabled": True}}, **SERIAL)
    async with running(auth), browser(auth) as client:
        user = (await client.post("/sign-up/email", json=sign_up_body(new_address()))).json()["user"]
        for _ in range(2):
            assert (await client.get("/get-session")).json()["user"] == user
        await client.post("/update-user", json={"name": "Countess"})
        assert (await client.get("/get-session")).json()["user"]["name"] == "Countess"


async def test_the_database_makes_ids_by_a_default(database_url: str) -> None:
    async with running(auth_on(database_url, **OF_DATABASE)) as auth:
        async with browser(auth) as client:
            user = (await client.post("/sign-up/email", json=sign_up_body(new_address()))).json()["user"]
            assert UUID(user["id"]).version == 4
            assert (await client.get("/get-session")).json()["user"] == user
            assert (await client.post("/delete-user", json={"password": PASSWORD})).status_code == 404
        assert [row["id"] for row in await stored_rows(database_url, "user")] == [user["id"]]


async def test_a_function_makes_some_ids_and_leaves_others_to_the_database(database_url: str) -> None:
    def generate(model: str, length: int) -> Any:
        return f"{model}-{length}" if model == "user" else False

    options = {"advanced": {"database": {"generate_id": generate}}}
    async with running(auth_on(database_url, **options)) as auth:
        assert (await sign_up(auth))["user"]["id"] == "user-32"
        (account,) = await auth.context.rows.find_many("account")
        assert UUID(account["id"]).version == 4


@pytest.mark.parametrize("made", [None, 7, "", True])
async def test_a_function_that_returns_no_id_is_named(database_url: str, made: Any) -> None:
    auth = auth_on(database_url, advanced={"database": {"generate_id": lambda _model, _length: made}})
    with pytest.raises(BetterAuthError, match=r"advanced\.database\.generate_id returned .* user"):
        auth.context.generate_id("user")
    await auth.shutdown()


@pytest.mark.parametrize(("made_with", "used_with", "fix"), [(SERIAL, {}, '"serial"'), ({}, SERIAL, "unset")])
async def test_a_database_keeps_its_kind_of_ids(
    database_url: str, made_with: dict[str, Any], used_with: dict[str, Any], fix: str
) -> None:
    async with running(auth_on(database_url, **made_with)):
        pass
    for migrate in (False, True):
        with pytest.raises(DatabaseError, match=rf"user\.id.*`advanced\.database\.generate_id` to {fix}"):
            async with running(auth_on(database_url, **used_with), migrate=migrate):
                pass


async def test_ids_that_the_database_does_not_make_stop_the_start(database_url: str) -> None:
    async with running(auth_on(database_url)):
        pass
    for migrate in (False, True):
        with pytest.raises(DatabaseError, match=r"have no default: .*user\.id"):
            async with running(auth_on(database_url, **OF_DATABASE), migrate=migrate):
                pass


async def test_ids_get_a_default_in_the_way_that_the_error_says(postgresql_url: str) -> None:
    async with running(auth_on(postgresql_url)):
        pass
    tables = ("user", "session", "account", "verification")
    fixes = (f'ALTER TABLE "{table}" ALTER COLUMN id SET DEFAULT gen_random_uuid()::text;' for table in tables)
    await execute_script(postgresql_url, "\n".join(fixes))
    async with running(auth_on(postgresql_url, **OF_DATABASE), migrate=False) as auth:
        assert UUID((await sign_up(auth))["user"]["id"]).version == 4
