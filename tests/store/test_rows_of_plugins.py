"""Rows as plugins use them: conditions without SQL, pages, counters, what is consumed once, and what expires."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from betterauth_py import BetterAuth, Plugin
from betterauth_py.flows.session import create_session
from betterauth_py.models.fields import Field, Model
from betterauth_py.store.conditions import AnyOf, Condition, Where
from tests.store.support import auth_on, running, sign_up

TASKS = Plugin(
    id="tasks",
    schema={
        "task": Model(
            name="task",
            expires="expiresAt",
            fields={
                "title": Field(),
                "owner": Field(required=False),
                "attempts": Field(type="number", required=False),
                "expiresAt": Field(type="date"),
            },
        )
    },
)


@pytest.fixture
async def auth(database_url: str) -> AsyncIterator[BetterAuth]:
    made = auth_on(database_url, plugins=[TASKS])
    async with running(made) as started:
        yield started


async def fill(auth: BetterAuth, *titles: str, **fields: Any) -> None:
    for title in titles:
        row = {"id": auth.context.generate_id("task"), "title": title, "expiresAt": auth.context.after(60), **fields}
        await auth.context.rows.create("task", row)


async def titles(auth: BetterAuth, *where: Any, **page: Any) -> list[str]:
    return [row["title"] for row in await auth.context.rows.find_many("task", *where, order_by="title", **page)]


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
async def test_ids_and_parts_of_texts_that_no_row_has_find_nothing(auth: BetterAuth, text: str) -> None:
    await fill(auth, "Apple")
    for where in (Where("id", text), Where("id", [text], "in"), Where("title", text, "contains")):
        assert await titles(auth, where) == []
        assert await auth.context.rows.find_one("task", where) is None
    assert await titles(auth, Where("id", text, "ne")) == ["Apple"]


async def test_conditions_find_what_better_auths_operators_mean(auth: BetterAuth) -> None:
    await fill(auth, "Apple", "apricot", "50% off", "banana_split")
    await fill(auth, "owned", owner="ada", attempts=3)
    rows = auth.context.rows
    found: dict[str, Condition] = {
        "eq": Where("title", "Apple"),
        "null": Where("owner", None),
        "not null": Where("owner", None, "ne"),
        "ne": Where("title", "Apple", "ne"),
        "gte": Where("attempts", 3, "gte"),
        "lt": Where("attempts", 3, "lt"),
        "in": Where("title", ["Apple", "owned"], "in"),
        "in nothing": Where("title", [], "in"),
        "in, one of them NUL": Where("title", ["Apple", "a\0b"], "in"),
        "not in": Where("title", ["Apple", "owned"], "not_in"),
        "starts": Where("title", "ap", "starts_with"),
        "starts, any case": Where("title", "ap", "starts_with", ignores_case=True),
        "ends": Where("title", "off", "ends_with"),
        "percent is a percent": Where("title", "0% o", "contains"),
        "no wildcard": Where("title", "%", "starts_with"),
        "underscore": Where("title", "a_s", "contains"),
        "eq, any case": Where("title", "APPLE", ignores_case=True),
        "in, any case": Where("title", ["APPLE", "x"], "in", ignores_case=True),
        "NUL": Where("title", "a\0b"),
        "not NUL": Where("title", "a\0b", "ne"),
        "either": AnyOf(Where("title", "Apple"), Where("owner", "ada")),
        "neither": AnyOf(),
    }
    number = {name: await rows.count("task", where) for name, where in found.items()}
    starts = 2 if auth.context.database.url.dialect == "sqlite" else 1
    assert number == {
        "eq": 1, "null": 4, "not null": 1, "ne": 4, "gte": 1, "lt": 0, "in": 2, "in nothing": 0,
        "in, one of them NUL": 1, "not in": 3,
        "starts": starts, "starts, any case": 2, "ends": 1, "percent is a percent": 1, "no wildcard": 0,
        "underscore": 1,
        "eq, any case": 1, "in, any case": 1, "NUL": 0, "not NUL": 5, "either": 2, "neither": 0,
    }  # fmt: skip
    with pytest.raises(LookupError, match="Fields: id, title, owner"):
        await rows.count("task", Where("colour", "red"))


async def test_pages_have_an_order_and_every_row_once(auth: BetterAuth) -> None:
    await fill(auth, "b", "a", "d", "c")
    assert await titles(auth, limit=2) == ["a", "b"]
    assert await titles(auth, limit=2, offset=2) == ["c", "d"]
    assert await titles(auth, descending=True, limit=1) == ["d"]
    with pytest.raises(LookupError):
        await auth.context.rows.find_many("task", order_by="colour")


async def test_many_rows_change_at_once(auth: BetterAuth) -> None:
    await fill(auth, "a", "b")
    await fill(auth, "c", owner="ada")
    assert await auth.context.rows.update_many("task", {"owner": "bob"}, Where("owner", None)) == 2
    assert await titles(auth, Where("owner", "bob")) == ["a", "b"]


async def test_of_many_at_once_a_counter_lets_through_as_many_as_it_should(auth: BetterAuth) -> None:
    await fill(auth, "a", attempts=0)
    await fill(auth, "b")
    guard = (Where("title", "a"), Where("attempts", 3, "lt"))
    tries = [auth.context.rows.increment("task", {"attempts": 1}, *guard) for _ in range(8)]
    counted = [row["attempts"] for row in await asyncio.gather(*tries) if row is not None]
    assert sorted(counted) == [1, 2, 3]
    changed = await auth.context.rows.increment("task", {"attempts": 2}, Where("title", "b"), changes={"owner": "eve"})
    assert changed is not None
    assert (changed["attempts"], changed["owner"]) == (2, "eve")


async def test_of_many_at_once_one_consumes_a_row(auth: BetterAuth) -> None:
    await fill(auth, "a", "b")
    tries = [auth.context.rows.consume_one("task", Where("title", "a")) for _ in range(8)]
    consumed = [row for row in await asyncio.gather(*tries) if row is not None]
    assert [row["title"] for row in consumed] == ["a"]
    assert await titles(auth) == ["b"]


async def test_rows_of_plugins_that_have_expired_are_cleaned_up(auth: BetterAuth) -> None:
    await fill(auth, "old", expiresAt=auth.context.now() - timedelta(seconds=1))
    await fill(auth, "new")
    assert (await auth.context.cleanup.run()).of_plugins == {"task": 1}
    assert await titles(auth) == ["new"]


async def test_of_many_at_once_one_updates_a_verification(auth: BetterAuth) -> None:
    verifications, now = auth.context.verifications, auth.context.now()
    row = {"id": "v1", "identifier": "code", "value": "1:0", "createdAt": now, "updatedAt": now}
    await verifications.create({**row, "expiresAt": auth.context.after(60)}, now)
    read = await verifications.find("code", now)
    updated = await asyncio.gather(
        *(verifications.update("code", {"value": f"1:{n}"}, now, still=read) for n in range(1, 9))
    )
    assert sum(one is not None for one in updated) == 1
    stored = await verifications.find("code", now)
    assert stored is not None
    assert stored["value"] in [one["value"] for one in updated if one is not None]
    await verifications.delete("code")
    assert await verifications.find("code", now) is None
    assert await verifications.update("code", {"value": "x"}, now) is None


async def test_sessions_are_found_and_deleted_by_many_tokens(auth: BetterAuth) -> None:
    signed_up = [await sign_up(auth) for _ in range(3)]
    sessions = [await create_session(auth.context, one["user"]["id"]) for one in signed_up]
    tokens = [session["token"] for session in sessions if session is not None]
    found = await auth.context.sessions.find_many([*tokens, "nothing", tokens[0]])
    assert [session["token"] for session, _ in found] == tokens
    await auth.context.sessions.delete_many(tokens[:2])
    assert [session["token"] for session, _ in await auth.context.sessions.find_many(tokens)] == tokens[2:]
