"""The database goes away for a moment; the server works again without a restart of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import asyncpg
import pytest

from betterauth_py import BetterAuth
from tests.store.stoppable import Stoppable, stoppable_postgresql
from tests.store.support import PASSWORD, auth_on, browser, new_address, query, running, sign_up, sign_up_body

BACKENDS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@pytest.fixture
def stoppable() -> Iterator[Stoppable]:
    """A server of this test's own."""
    with stoppable_postgresql() as server:
        yield server


async def find_all(auth: BetterAuth, tokens: list[str]) -> list[str | None]:
    found = await asyncio.gather(*(auth.context.sessions.find_with_user(token) for token in tokens))
    return [None if pair is None else pair[0]["token"] for pair in found]


async def test_sessions_are_found_after_every_connection_was_cut(postgresql_url: str) -> None:
    async with running(auth_on(postgresql_url)) as auth:
        tokens = [(await sign_up(auth))["token"] for _ in range(3)]
        for _ in range(10):
            assert await find_all(auth, tokens) == tokens
            # At once, when the server's farewell has perhaps not been read yet.
            await query(postgresql_url, f"SELECT pg_terminate_backend(pid) {BACKENDS}")
            assert await find_all(auth, tokens) == tokens


async def test_sessions_are_found_when_the_connection_is_cut_in_the_middle_of_the_query(postgresql_url: str) -> None:
    async with running(auth_on(postgresql_url)) as auth:
        tokens = [(await sign_up(auth))["token"] for _ in range(3)]
        assert await find_all(auth, tokens) == tokens
        blocker = await asyncpg.connect(postgresql_url)
        try:
            async with blocker.transaction():
                # The look-up's query has to wait for this lock, so it is on its way when its connection is cut.
                await blocker.execute('LOCK TABLE "session" IN ACCESS EXCLUSIVE MODE')
                looking = asyncio.create_task(find_all(auth, tokens))
                for _ in range(200):
                    waiting = await blocker.fetch(f"SELECT pid {BACKENDS} AND wait_event_type = 'Lock'")
                    if waiting:
                        break
                    await asyncio.sleep(0.01)
                assert waiting
                await blocker.execute(f"SELECT pg_terminate_backend(pid) {BACKENDS}")
            assert await asyncio.wait_for(looking, timeout=10) == tokens
        finally:
            await blocker.close()


async def test_the_first_sign_in_after_every_connection_was_cut_works(
    new_postgresql: Callable[[], str],
) -> None:
    url = new_postgresql()
    async with running(auth_on(url)) as auth:
        email = new_address()
        await sign_up(auth, email)
        await asyncio.gather(*(sign_up(auth) for _ in range(5)))
        await query(url, f"SELECT pg_terminate_backend(pid) {BACKENDS}")
        await asyncio.sleep(0.1)
        for _ in range(3):
            answer = await auth.api.sign_in_email(body={"email": email, "password": PASSWORD})
            assert answer["user"]["email"] == email


async def test_while_the_server_is_down_requests_fail_and_afterwards_they_work(stoppable: Stoppable) -> None:
    async with running(auth_on(stoppable.url)) as auth, browser(auth) as client:
        body = sign_up_body(new_address())
        token = (await client.post("/sign-up/email", json=body)).json()["token"]
        assert (await client.get("/get-session")).json()["session"]["token"] == token

        await asyncio.to_thread(stoppable.stop)
        assert (await client.get("/get-session")).status_code == 500
        refused = await client.post("/sign-in/email", json=body)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
        # A failure is no sign-out: the cookie is still there.
        assert client.cookies

        await asyncio.to_thread(stoppable.start)
        found = await asyncio.gather(*(client.get("/get-session") for _ in range(10)))
        assert [answer.json()["session"]["token"] for answer in found] == [token] * 10
        assert (await client.post("/sign-in/email", json=body)).status_code == 200
