"""One auth in several event loops, one after another and at the same time."""

from __future__ import annotations

import asyncio
import gc
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from betterauth_py import BetterAuth
from tests.redis_server import RedisServer
from tests.store.support import PASSWORD, auth_on, browser, counts, new_address, running, sign_up_body


async def visit(auth: BetterAuth) -> None:
    """Sign up, read the session, sign in again, change the user."""
    email = new_address()
    async with browser(auth) as client:
        assert (await client.post("/sign-up/email", json=sign_up_body(email))).status_code == 200
        assert (await client.get("/get-session")).json()["user"]["email"] == email
        assert (await client.post("/sign-in/email", json={"email": email, "password": PASSWORD})).status_code == 200
        found = await asyncio.gather(*(client.get("/get-session") for _ in range(5)))
        assert [answer.json()["user"]["email"] for answer in found] == [email] * 5
        assert (await client.post("/update-user", json={"name": "Countess"})).status_code == 200


def test_one_after_another_though_nobody_closes(database_url: str) -> None:
    auth = auth_on(database_url)
    asyncio.run(auth.migrate())
    for _ in range(3):
        asyncio.run(visit(auth))
    # What is left open would warn now.
    gc.collect()
    assert asyncio.run(counts(database_url, "user")) == {"user": 3}


async def test_a_connection_that_is_in_use_while_all_are_closed_is_closed_when_it_comes_back(database_url: str) -> None:
    async with running(auth_on(database_url)) as auth:
        is_in_use, may_end = asyncio.Event(), asyncio.Event()

        async def use() -> None:
            async with auth.context.database.transaction():
                await auth.context.users.exists("ada@example.com")
                is_in_use.set()
                await may_end.wait()

        use_of_one = asyncio.create_task(use())
        await is_in_use.wait()
        await auth.context.close_connections()
        may_end.set()
        await use_of_one
        del use_of_one
        # What is left open would warn now.
        gc.collect()


def test_one_after_another_with_a_memory_of_sessions(postgresql_url: str) -> None:
    auth = auth_on(postgresql_url, session={"memory_cache": {"enabled": True}})
    asyncio.run(auth.migrate())

    async def serve() -> None:
        async with running(auth, migrate=False):
            await visit(auth)

    for _ in range(2):
        asyncio.run(serve())


@pytest.mark.parametrize("with_redis", [False, True])
def test_at_the_same_time_in_threads(database_url: str, with_redis: bool, redis: RedisServer) -> None:
    options: dict[str, Any] = {"secondary_storage": {"url": redis.url}} if with_redis else {}
    auth = auth_on(database_url, **options)
    asyncio.run(auth.migrate())

    async def several() -> None:
        for _ in range(3):
            await visit(auth)

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(lambda _: asyncio.run(several()), range(3)))
    assert asyncio.run(counts(database_url, "user")) == {"user": 9}
    gc.collect()
