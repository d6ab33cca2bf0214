"""The mark that ends a user's stored sessions: read beside them, raised by many at once, never lowered."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from betterauth_py.options import RedisOptions
from betterauth_py.store.redis_storage import RedisStorage
from betterauth_py.store.sessions.revocations import SessionRevocations
from tests.conftest import MakeAuth
from tests.http.client import Client
from tests.redis_server import RedisServer
from tests.store.test_secondary_sessions import Shelf, sign_in, sign_up, token_of, user_of


async def test_only_the_first_reading_by_another_process_is_two_commands(
    make_auth: MakeAuth, redis: RedisServer, sqlite_url: str
) -> None:
    options: Any = {"secondary_storage": {"url": redis.url}, "database": {"url": sqlite_url}}
    first, second = [await make_auth(**options) for _ in range(2)]
    client = Client(second.app, cookies=dict((await sign_up(first)).cookies))
    redis.calls()
    assert (await user_of(client))["name"] == "Ada"
    assert redis.calls() == {"get": 2}
    assert (await user_of(client))["name"] == "Ada"
    assert redis.calls() == {"mget": 1}


@pytest.mark.parametrize("options", [{}, {"store_session_in_database": True}])
async def test_a_copy_of_an_ended_session_that_comes_back_stays_ended(
    make_auth: MakeAuth, redis: RedisServer, options: Any
) -> None:
    auth = await make_auth(secondary_storage={"url": redis.url}, session=options)
    await sign_up(auth)
    client, other = await sign_in(auth), await sign_in(auth)
    key = f"better-auth:{token_of(client)}"
    copy = redis.client.get(key)
    listed = redis.client.keys("better-auth:active-sessions-*")[0], redis.client.get(f"better-auth:{token_of(other)}")
    references = redis.client.get(listed[0])
    await asyncio.sleep(0.002)
    assert (await other.post("/api/auth/revoke-sessions")).status == 200
    # As a process would that read it just before.
    redis.client.set(key, copy)
    redis.client.set(listed[0], references)
    assert await user_of(client) is None
    assert await user_of(Client(auth.app, cookies=dict(client.cookies))) is None
    fresh = await sign_in(auth)
    sessions = (await fresh.get("/api/auth/list-sessions")).json()
    assert [session["token"] for session in sessions] == [token_of(fresh)]


async def test_the_latest_of_many_revocations_at_once_is_the_mark(redis: RedisServer) -> None:
    storages = [RedisStorage.from_options(RedisOptions(url=redis.url)) for _ in range(2)]
    moments = [*range(1_000, 1_040)]
    shuffled = [*reversed(moments[::2]), *moments[1::2]]
    marks = [SessionRevocations(storages[at % 2], 60) for at in range(len(moments))]
    await asyncio.gather(*(mark.revoke_before("ada", moment) for mark, moment in zip(marks, shuffled, strict=True)))
    assert redis.client.get("better-auth:revoked-sessions-before-ada") == "1039"
    assert 0 < redis.client.ttl("better-auth:revoked-sessions-before-ada") <= 60
    for storage in storages:
        await storage.close()


async def test_whose_session_it_is_is_remembered_within_bounds() -> None:
    marks = SessionRevocations(Shelf(), 60)
    for number in range(30_000):
        marks.remember(f"token-{number}", "ada")
    assert len(marks._users) == 10_000
