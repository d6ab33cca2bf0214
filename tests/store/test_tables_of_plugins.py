"""Tables of plugins under names of the deployment, with columns of its own: from Python and from TOML."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import Any

import pytest

from betterauth_py import BetterAuth
from betterauth_py.core.refusals import FieldRefusedError
from betterauth_py.errors import ConfigurationError
from betterauth_py.plugins import (
    ColumnsOptions,
    Field,
    FieldReference,
    Model,
    Plugin,
    TableOptions,
    Where,
    plugin_factory,
    read_additional_fields,
)
from tests.store.support import auth_on, running, stored_rows


@dataclass(frozen=True, kw_only=True)
class Tables:
    club: TableOptions = field(default_factory=TableOptions)
    club_member: TableOptions = field(default_factory=TableOptions)
    user: ColumnsOptions = field(default_factory=ColumnsOptions)


@dataclass(frozen=True, kw_only=True)
class ClubOptions:
    schema: Tables = field(default_factory=Tables)


@plugin_factory(ClubOptions)
def clubs(options: ClubOptions) -> Plugin:
    member = {"clubId": Field(references=FieldReference(model="club")), "joinedAt": Field(type="date")}
    return Plugin(
        id="clubs",
        schema={
            "club": Model(name="club", fields={"title": Field()}),
            "clubMember": Model(name="clubMember", fields=member, expires="joinedAt"),
        },
        columns={"user": {"motto": Field(required=False)}},
    )


SCHEMA: dict[str, Any] = {
    "club": {
        "model_name": "societies",
        "fields": {"title": "name_of_it"},
        "additional_fields": {
            "city": {"type": "string", "default_value": "London"},
            "secret": {"type": "string", "required": False, "input": False, "returned": False},
        },
    },
    "club_member": {"fields": {"joinedAt": "since"}},
    "user": {"fields": {"motto": "device"}},
}


async def use(auth: BetterAuth, database_url: str) -> None:
    async with running(auth):
        context = auth.context
        rows, schema = context.rows, context.schema
        given = await read_additional_fields(schema, "club", {"title": "x", "city": "Turin"}, "create")
        assert given == {"city": "Turin"}
        with pytest.raises(FieldRefusedError, match="secret is not allowed to be set"):
            await read_additional_fields(schema, "club", {"secret": "x"}, "create")
        await rows.create("club", {"id": "c1", "title": "Chess", **given})
        assert await rows.create("club", {"id": "c2", "title": "Go"}) == {
            "title": "Go",
            "city": "London",
            "secret": None,
            "id": "c2",
        }
        assert [row["id"] for row in await rows.find_many("club", Where("city", "Turin"))] == ["c1"]
        await rows.create("clubMember", {"id": "m1", "clubId": "c1", "joinedAt": context.after(60)})
        stored = await stored_rows(database_url, "societies")
        assert {(row["name_of_it"], row["city"]) for row in stored} == {("Chess", "Turin"), ("Go", "London")}
        (member,) = await stored_rows(database_url, "club_member")
        assert set(member) == {"id", "club_id", "since"}
        assert schema.column_name("user", "motto") == "device"
        await rows.delete("club", Where("id", "c1"))
        assert await stored_rows(database_url, "club_member") == []


async def test_names_and_fields_from_python(database_url: str) -> None:
    await use(auth_on(database_url, plugins=[clubs(schema=SCHEMA)]), database_url)


TOML = """
[plugins.clubs]
use = "tests.store.test_tables_of_plugins:clubs"
[plugins.clubs.schema.club]
model_name = "societies"
fields = { title = "name_of_it" }
[plugins.clubs.schema.club.additional_fields.city]
type = "string"
default_value = "London"
[plugins.clubs.schema.club.additional_fields.secret]
type = "string"
required = false
input = false
returned = false
[plugins.clubs.schema.club_member.fields]
joinedAt = "since"
[plugins.clubs.schema.user.fields]
motto = "device"
"""


async def test_names_and_fields_from_toml(database_url: str) -> None:
    await use(auth_on(database_url, **tomllib.loads(TOML)), database_url)


async def test_a_field_is_added_to_a_table_that_is_there(database_url: str) -> None:
    async with running(auth_on(database_url, plugins=[clubs()])) as auth:
        await auth.context.rows.create("club", {"id": "c1", "title": "Chess"})
    added = {"club": {"additional_fields": {"city": {"type": "string", "required": False}}}}
    async with running(auth_on(database_url, plugins=[clubs(schema=added)])) as auth:
        await auth.context.rows.create("club", {"id": "c2", "title": "Go", "city": "Turin"})
        found = await auth.context.rows.find_many("club", order_by="title")
    assert [(row["id"], row["city"]) for row in found] == [("c1", None), ("c2", "Turin")]


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        ({"club": {"fields": {"name": "x"}}}, r"`plugins.clubs.schema.club.fields.name`: there is no such field"),
        (
            {"club": {"additional_fields": {"title": {"type": "string"}}}},
            r"`plugins.clubs.schema.club.additional_fields.title` has the name of a field of the plugin",
        ),
        ({"user": {"fields": {"name": "x"}}}, r"`plugins.clubs.schema.user.fields.name`: there is no such field"),
        ({"clubs": {}}, r"`plugins.clubs.schema.clubs`"),
        ({"club": {"model_name": "user"}}, "would both be stored in the table user"),
        ({"club": {"fields": {"title": "id"}}}, "would both be stored in the column id"),
    ],
    ids=lambda value: "" if isinstance(value, dict) else value[:60],
)
def test_names_that_cannot_be_stop_the_start(schema: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        auth_on("sqlite:///:memory:", plugins=[clubs(schema=schema)])
