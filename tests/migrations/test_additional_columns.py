"""Fields that are declared after the tables were made become columns, and nothing else changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import Connection, inspect, text

from betterauth_py import BetterAuth
from betterauth_py.errors import DatabaseError
from tests.store.support import auth_on, counts, database_of, new_address, running, sign_up, stored_rows


async def populated(url: str, **options: Any) -> str:
    """A database with one user, signed in; her address."""
    email = new_address()
    async with running(auth_on(url, **options)) as auth:
        await sign_up(auth, email)
    return email


async def look(auth: BetterAuth, what: str, table: str) -> Any:
    def inspected(connection: Connection) -> Any:
        return getattr(inspect(connection), what)(table)

    return await database_of(auth).run(inspected)


async def columns(auth: BetterAuth, table: str) -> dict[str, Mapping[str, Any]]:
    return {column["name"]: column for column in await look(auth, "get_columns", table)}


async def is_unique(auth: BetterAuth, table: str, column: str) -> bool:
    indexes = [index for index in await look(auth, "get_indexes", table) if index["unique"]]
    constraints = await look(auth, "get_unique_constraints", table)
    return any(found["column_names"] == [column] for found in (*indexes, *constraints))


async def foreign_keys(auth: BetterAuth, table: str) -> list[tuple[str, str, str, str]]:
    """Column, referenced table and column, and what a deletion does."""
    if database_of(auth).url.dialect == "sqlite":
        # SQLAlchemy does not see what is written behind a column.
        found = await database_of(auth).execute(text(f"PRAGMA foreign_key_list({table})"))
        rows: list[Any] = list(found.all())
        return [(row[3], row[2], row[4], row[6]) for row in rows]
    return [
        (key["constrained_columns"][0], key["referred_table"], key["referred_columns"][0], key["options"]["ondelete"])
        for key in await look(auth, "get_foreign_keys", table)
    ]


async def test_a_nullable_field_becomes_a_nullable_column(database_url: str, layout: str) -> None:
    await populated(database_url, database={"layout": layout})
    fields = {"nickName": {"type": "string", "required": False}}
    auth = auth_on(database_url, database={"layout": layout}, user={"additional_fields": fields})
    async with running(auth):
        name = "nick_name" if layout == "drizzle" else "nickName"
        assert (await columns(auth, "user"))[name]["nullable"] is True
        assert (await stored_rows(database_url, "user"))[0][name] is None


@pytest.mark.parametrize(
    ("declared", "stored"),
    [
        ({"type": "string", "default_value": "member's"}, "member's"),
        ({"type": "number", "default_value": 7}, 7),
        ({"type": "boolean", "default_value": False}, 0),
        ({"type": "boolean", "default_value": True}, 1),
        ({"type": ["reader", "writer"], "default_value": "reader"}, "reader"),
    ],
)
async def test_a_required_field_with_a_default_fills_the_rows_there_are(
    database_url: str, declared: dict[str, Any], stored: Any
) -> None:
    await populated(database_url)
    auth = auth_on(database_url, user={"additional_fields": {"extra": {"required": True, **declared}}})
    async with running(auth):
        assert (await columns(auth, "user"))["extra"]["nullable"] is False
        assert (await stored_rows(database_url, "user"))[0]["extra"] == stored


async def test_no_row_of_any_table_is_lost_when_a_required_column_is_added(database_url: str, layout: str) -> None:
    email = await populated(database_url, database={"layout": layout})
    fields = {"role": {"type": "string", "default_value": "member"}}
    auth = auth_on(database_url, database={"layout": layout}, user={"additional_fields": fields})
    async with running(auth):
        assert await counts(database_url, "user", "account", "session") == {"user": 1, "account": 1, "session": 1}
        answer = await auth.api.sign_in_email(body={"email": email, "password": "correct horse battery"})
        assert answer["user"]["role"] == "member"


async def test_tables_keep_their_constraints_when_a_required_column_is_added(database_url: str) -> None:
    await populated(database_url)
    auth = auth_on(database_url, session={"additional_fields": {"kind": {"type": "string", "default_value": "web"}}})
    async with running(auth):
        assert await foreign_keys(auth, "session") == [("user_id", "user", "id", "CASCADE")]
        assert await is_unique(auth, "session", "token")
        assert "session_userId_idx" in {index["name"] for index in await look(auth, "get_indexes", "session")}


async def test_a_required_field_without_a_default_is_refused_while_there_are_rows(database_url: str) -> None:
    await populated(database_url)
    auth = auth_on(database_url, user={"additional_fields": {"taxNumber": {"type": "string"}}})
    with pytest.raises(DatabaseError) as refused:
        await auth.migrate()
    await auth.shutdown()
    assert str(refused.value) == (
        "The required column user.tax_number cannot be added: the table has rows, and the field has no default_value "
        "to fill them with. Give it one, or make it `required = false`."
    )
    assert await counts(database_url, "user", "account", "session") == {"user": 1, "account": 1, "session": 1}


async def test_when_one_column_is_refused_none_is_added(database_url: str) -> None:
    await populated(database_url)
    fields = {"first": {"type": "string", "required": False}, "second": {"type": "string"}}
    auth = auth_on(database_url, user={"additional_fields": fields})
    with pytest.raises(DatabaseError):
        await auth.migrate()
    assert "first" not in await columns(auth, "user")
    await auth.shutdown()


async def test_a_required_field_without_a_default_is_added_to_an_empty_table(database_url: str) -> None:
    async with running(auth_on(database_url)):
        pass
    auth = auth_on(database_url, user={"additional_fields": {"taxNumber": {"type": "string", "required": True}}})
    async with running(auth):
        assert (await columns(auth, "user"))["tax_number"]["nullable"] is False
        assert (await sign_up(auth, taxNumber="DE 1"))["user"]["taxNumber"] == "DE 1"


async def test_a_unique_field_is_unique_in_the_database(database_url: str) -> None:
    await populated(database_url)
    fields = {"handle": {"type": "string", "required": False, "unique": True}}
    auth = auth_on(database_url, user={"additional_fields": fields})
    async with running(auth):
        assert await is_unique(auth, "user", "handle")


async def test_an_indexed_field_has_an_index(database_url: str) -> None:
    await populated(database_url)
    fields = {"teamCode": {"type": "string", "required": False, "index": True}}
    auth = auth_on(database_url, user={"additional_fields": fields})
    async with running(auth):
        indexed = [index["column_names"] for index in await look(auth, "get_indexes", "user")]
        assert ["team_code"] in indexed


@pytest.mark.parametrize("target", ["id", "nickName"])
async def test_a_reference_becomes_a_foreign_key(database_url: str, target: str) -> None:
    user = {"additional_fields": {"nickName": {"type": "string", "required": False, "unique": True}}}
    await populated(database_url, user=user)
    references = {"model": "user", "field": target, "on_delete": "set null"}
    fields = {"sponsor": {"type": "string", "required": False, "references": references}}
    auth = auth_on(database_url, user=user, session={"additional_fields": fields})
    async with running(auth):
        column = "nick_name" if target == "nickName" else "id"
        assert ("sponsor", "user", column, "SET NULL") in await foreign_keys(auth, "session")


async def test_the_rate_limit_table_is_added_later(database_url: str, layout: str) -> None:
    await populated(database_url, database={"layout": layout})
    auth = auth_on(database_url, database={"layout": layout}, rate_limit={"storage": "database"})
    async with running(auth):
        table = "rate_limit" if layout == "drizzle" else "rateLimit"
        assert set(await columns(auth, table)) >= {"id", "key", "count"}
        assert await is_unique(auth, table, "key")


async def test_a_field_that_is_no_longer_declared_stays_in_the_database(database_url: str) -> None:
    await populated(database_url, user={"additional_fields": {"old": {"type": "string", "required": False}}})
    auth = auth_on(database_url)
    async with running(auth):
        assert "old" in await columns(auth, "user")
        await sign_up(auth)


async def test_migrating_again_changes_nothing(database_url: str) -> None:
    options: dict[str, Any] = {"user": {"additional_fields": {"role": {"type": "string", "default_value": "member"}}}}
    await populated(database_url, **options)
    await populated(database_url, **options)
    assert await counts(database_url, "user", "account", "session") == {"user": 2, "account": 2, "session": 2}
