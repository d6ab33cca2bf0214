"""Two servers keep sessions in memory on one PostgreSQL: each sees what the other, or anybody else, has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from tests.store.session_pairs import ON, Pair, lookup_of, pair_on, remember, until
from tests.store.support import (
    browser,
    database_of,
    execute_script,
    new_address,
    sign_up,
    sign_up_body,
)


async def test_a_session_is_read_from_memory(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    token, _ = await pair.remembered()

    async def refuse(_tokens: list[str]) -> Sequence[Sequence[Any]]:
        raise AssertionError("the database was asked")

    monkeypatch.setattr(lookup_of(pair.one), "query", refuse)
    assert await pair.shown(pair.one, token) == "Ada"
    with pytest.raises(AssertionError):
        await pair.one.context.sessions.find_with_user(token, fresh=True)


@pytest.mark.parametrize(
    ("method", "path", "asks"),
    [
        ("GET", "/get-session", 0),
        ("GET", "/list-sessions", 1),
        ("GET", "/get-session?disableCookieCache=true", 1),
        ("POST", "/revoke-other-sessions", 1),
    ],
)
async def test_what_must_not_be_a_moment_old_is_asked_of_the_database(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, method: str, path: str, asks: int
) -> None:
    async with browser(pair.one) as client:
        await client.post("/sign-up/email", json=sign_up_body(new_address()))
        await remember(pair.one, (await client.get("/get-session")).json()["session"]["token"])
        lookup = lookup_of(pair.one)
        asked: list[list[str]] = []
        query = lookup.query

        async def counting(tokens: list[str]) -> Sequence[Sequence[Any]]:
            asked.append(tokens)
            return await query(tokens)

        monkeypatch.setattr(lookup, "query", counting)
        answer = await client.request(method, path, json={} if method == "POST" else None)
        assert answer.status_code == 200
        assert len(asked) == asks


WRITES = {
    "ends": "DELETE FROM session",
    "is renamed": "UPDATE \"user\" SET name = 'Grace'",
    "is deleted": 'DELETE FROM "user"',
    "moves to another token": "UPDATE session SET token = 'other'",
    "gets another id": "UPDATE session SET id = 'other', token = 'other'",
    "is emptied away": "TRUNCATE session",
    "is emptied away with everything": 'TRUNCATE "user" CASCADE',
    "is renamed in a restore": "SET session_replication_role = replica; UPDATE \"user\" SET name = 'Grace'",
    "is changed by an upsert": (
        'INSERT INTO "user" SELECT * FROM "user" ON CONFLICT (id) DO UPDATE SET name = \'Grace\''
    ),
}


@pytest.mark.parametrize("statement", WRITES.values(), ids=WRITES.keys())
async def test_what_anybody_writes_is_seen(pair: Pair, statement: str) -> None:
    token, _ = await pair.remembered()
    await execute_script(pair.url, statement)
    for auth in (pair.one, pair.other):
        await pair.await_shown(auth, token, "Grace" if "Grace" in statement else None)


async def test_a_change_of_very_many_rows_makes_everything_forgotten_with_one_notification(pair: Pair) -> None:
    token, _ = await pair.remembered()
    await execute_script(
        pair.url,
        "INSERT INTO session (id, token, user_id, expires_at, created_at, updated_at) SELECT 's' || n, 't' || n, u.id, "
        'now(), now(), now() FROM generate_series(1, 500) n, (SELECT id FROM "user" LIMIT 1) u',
    )
    heard: list[str] = []
    forget = lookup_of(pair.other).cache.forget
    lookup_of(pair.other).cache.forget = lambda name: (heard.append(name), forget(name))[1]  # type: ignore[method-assign, func-returns-value]
    await execute_script(pair.url, "UPDATE session SET ip_address = '::1'")
    await until(lambda: bool(heard))
    assert heard == ["*"]
    assert lookup_of(pair.other).cache.get(token) is None


async def test_notifications_reveal_no_token(pair: Pair) -> None:
    heard: list[str] = []
    cache = lookup_of(pair.other).cache
    forget = cache.forget
    cache.forget = lambda name: (heard.append(name), forget(name))[1]  # type: ignore[method-assign, func-returns-value]
    token, user = await pair.remembered()
    found = await pair.one.context.sessions.find_with_user(token)
    assert found is not None
    await execute_script(pair.url, "UPDATE session SET token = 'other'; UPDATE \"user\" SET name = 'Grace'")
    await until(lambda: len(heard) == 2)
    assert heard == [f"session:{found[0]['id']}", f"user:{user}"]


async def test_a_server_sees_its_own_writes_at_once(pair: Pair) -> None:
    for _ in range(20):
        async with browser(pair.one) as client:
            await client.post("/sign-up/email", json=sign_up_body(new_address()))
            token = (await client.get("/get-session")).json()["session"]["token"]
            await remember(pair.one, token)
            await client.post("/update-user", json={"name": "Grace"})
            assert (await client.get("/get-session")).json()["user"]["name"] == "Grace"
            await remember(pair.one, token)
            cookies = dict(client.cookies)
            await client.post("/sign-out")
            client.cookies.update(cookies)
            assert (await client.get("/get-session")).json() is None


async def test_a_server_sees_its_own_writes_at_once_through_every_door(pair: Pair) -> None:
    sessions, users, database = pair.one.context.sessions, pair.one.context.users, database_of(pair.one)

    async def in_a_transaction(user: str) -> None:
        async with database.transaction():
            await users.update(user, {"name": "Grace"})
            await sessions.delete_all_of(user)

    for end in (
        lambda token, _: sessions.delete(token),
        lambda _, user: sessions.delete_all_of(user),
        lambda _, user: users.delete(user),
        lambda _, user: in_a_transaction(user),
    ):
        for _ in range(5):
            token, user = await pair.remembered()
            await end(token, user)
            assert await pair.shown(pair.one, token) is None


async def test_an_answer_to_a_question_from_before_a_write_restores_no_trust(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, _ = await pair.remembered()
    other, _ = await pair.remembered()
    await remember(pair.one, token)
    lookup = lookup_of(pair.one)
    changes, ask = lookup._changes, lookup._changes._ask
    answers = [asyncio.Event(), asyncio.Event()]
    asked = 0

    async def slowly(connection: Any) -> None:
        nonlocal asked
        asked += 1
        await ask(connection)
        await answers[min(asked, 2) - 1].wait()

    monkeypatch.setattr(changes, "_ask", slowly)
    changes._ask_now.set()
    await until(lambda: asked == 1)
    await pair.one.context.sessions.delete(other)
    answers[0].set()
    await until(lambda: asked == 2)
    assert lookup.cache.get(token) is None
    answers[1].set()
    await until(lambda: lookup.cache.get(token) is not None)


async def test_a_change_that_is_rolled_back_changes_nothing(pair: Pair) -> None:
    token, user = await pair.remembered()

    async def change_and_fail() -> None:
        async with database_of(pair.one).transaction():
            await pair.one.context.users.update(user, {"name": "Grace"})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await change_and_fail()
    assert await pair.shown(pair.one, token) == await pair.shown(pair.other, token) == "Ada"


async def test_a_row_read_before_a_change_is_not_kept_after_it(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    token = (await sign_up(pair.one))["token"]
    lookup = lookup_of(pair.other)
    await until(lambda: lookup.cache.ticket is not None)
    read, may_go_on = asyncio.Event(), asyncio.Event()
    ask = lookup.query

    async def slowly(tokens: list[str]) -> Sequence[Sequence[Any]]:
        rows = await ask(tokens)
        read.set()
        await may_go_on.wait()
        return rows

    monkeypatch.setattr(lookup, "query", slowly)
    looking = asyncio.create_task(pair.shown(pair.other, token))
    await read.wait()
    before = lookup.cache.ticket
    await pair.one.context.sessions.delete(token)
    await until(lambda: lookup.cache.ticket != before)
    may_go_on.set()
    assert await looking == "Ada"
    assert len(lookup.cache) == 0
    assert await pair.shown(pair.other, token) is None


async def test_under_a_storm_of_changes_no_answer_is_older_than_what_the_writer_knows(pair: Pair) -> None:
    token, user = await pair.remembered()
    written = 0
    is_expired = False

    async def read() -> int:
        answers = 0
        while not is_expired:
            known = written
            name = await pair.shown(pair.one, token)
            assert name is not None
            assert int(name.removeprefix("Ada").strip() or 0) >= known
            answers += 1
            await asyncio.sleep(0)
        return answers

    readers = [asyncio.create_task(read()) for _ in range(8)]
    for number in range(1, 201):
        await pair.one.context.users.update(user, {"name": f"Ada {number}"})
        written = number
        await asyncio.sleep(0.002 * (number % 3))
    is_expired = True
    assert min(await asyncio.gather(*readers)) > 0
    await pair.await_shown(pair.other, token, "Ada 200")


async def test_rows_that_are_handed_out_belong_to_the_caller(postgresql_url: str) -> None:
    fields = {"tags": {"type": "string[]", "required": False}, "settings": {"type": "json", "required": False}}
    values = {"tags": ["a"], "settings": {"dark": [True]}}
    for options in ({}, {"user": {"additional_fields": fields}}):
        async with pair_on(postgresql_url, **options) as pair:
            token, _ = await pair.remembered(**(values if options else {}))
            found = [await pair.one.context.sessions.find_with_user(token) for _ in range(2)]
            assert found[0] is not None
            assert found[0] == found[1]
            session, user = found[0]
            session["token"] = user["name"] = "changed"
            if options:
                user["tags"].append("b")
                user["settings"]["dark"].append(False)
            assert await pair.one.context.sessions.find_with_user(token) == found[1]


async def test_whether_a_session_is_over_is_judged_by_the_time_of_each_request(postgresql_url: str) -> None:
    async with pair_on(postgresql_url, session={**ON, "expires_in": 1}) as pair, browser(pair.one) as client:
        await client.post("/sign-up/email", json=sign_up_body(new_address()))
        token = (await client.get("/get-session")).json()["session"]["token"]
        await remember(pair.one, token)
        await asyncio.sleep(1)
        assert (await client.get("/get-session")).json() is None
