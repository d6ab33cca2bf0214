"""One Redis, two servers: better-auth on Node with `@better-auth/redis-storage`, and this one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from betterauth_py.conformance.recorder.embedded_postgres import EmbeddedPostgres
from betterauth_py.conformance.recorder.oracle import install
from betterauth_py.store.migrations import apply_migrations
from tests.migrations.node import better_auth, make_tables
from tests.redis_server import RedisServer
from tests.store.support import PASSWORD, auth_on, browser, new_address, running, sign_up_body

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("shared with Node")]

KEPT: dict[str, dict[str, bool]] = {
    "only in Redis": {},
    "in the database too": {"storeSessionInDatabase": True},
    "preserved": {"storeSessionInDatabase": True, "preserveSessionInDatabase": True},
}
OUR_NAMES = {
    "storeSessionInDatabase": "store_session_in_database",
    "preserveSessionInDatabase": "preserve_session_in_database",
}
LIMITS = {"/ok": {"window": 60, "max": 3}, "/**": False}


class Ask:
    """Requests to one of the servers, with the cookies they are given and no others."""

    def __init__(self, client: httpx.Client | httpx.AsyncClient) -> None:
        self._client = client

    async def __call__(self, method: str, path: str, cookie: str = "", body: Any = None) -> httpx.Response:
        self._client.cookies.clear()
        headers = {"x-forwarded-for": "203.0.113.7"} | ({"cookie": cookie} if cookie else {})
        if isinstance(self._client, httpx.AsyncClient):
            return await self._client.request(method, path, headers=headers, json=body)
        return await asyncio.to_thread(self._client.request, method, path, headers=headers, json=body)

    async def session(self, cookie: str) -> Any:
        return (await self("GET", "/get-session", cookie)).json()

    async def new_user(self) -> tuple[str, Any]:
        """The cookies and the answer of a sign-up."""
        answer = await self("POST", "/sign-up/email", body=sign_up_body(new_address()))
        assert answer.status_code == 200, answer.text
        return cookies_of(answer), answer.json()


def cookies_of(answer: httpx.Response) -> str:
    return "; ".join(cookie.partition(";")[0] for cookie in answer.headers.get_list("set-cookie"))


@dataclass
class Shared:
    """Where both servers keep everything, and better-auth running there."""

    url: str
    kept: str
    node: httpx.Client


@pytest.fixture(scope="module", params=sorted(KEPT))
def shared(request: pytest.FixtureRequest, postgres: EmbeddedPostgres, redis_server: RedisServer) -> Iterator[Shared]:
    install()
    url = postgres.database(f"redis {request.param}")

    async def migrate() -> None:
        auth = auth_on(url)
        await auth.migrate()
        await auth.shutdown()

    asyncio.run(migrate())
    options = {
        "secondaryStorage": redis_server.url.removeprefix("unix://"),
        "session": KEPT[request.param],
        "emailAndPassword": {"enabled": True, "sendResetPassword": True},
        "rateLimit": {"enabled": True, "customRules": LIMITS},
    }
    with better_auth(url, "drizzle", options) as node:
        yield Shared(url, request.param, node)


@pytest.fixture
async def servers(shared: Shared, redis: RedisServer) -> AsyncIterator[tuple[Ask, Ask]]:
    """better-auth and this server; Redis is empty."""

    async def send(_: Any, __: Any) -> None:
        pass

    auth = auth_on(
        shared.url,
        secondary_storage={"url": redis.url},
        session={OUR_NAMES[name]: value for name, value in KEPT[shared.kept].items()},
        email_and_password={"password": {"algorithm": "scrypt"}, "send_reset_password": send},
        rate_limit={"enabled": True, "custom_rules": LIMITS},
    )
    async with running(auth, migrate=False), browser(auth) as ours:
        yield Ask(shared.node), Ask(ours)


async def test_each_reads_the_sessions_of_the_other(servers: tuple[Ask, Ask]) -> None:
    for here, there in (servers, servers[::-1]):
        cookie, answer = await here.new_user()
        assert await there.session(cookie) == await here.session(cookie)
        signed_in = await there("POST", "/sign-in/email", body={"email": answer["user"]["email"], "password": PASSWORD})
        second = cookies_of(signed_in)
        assert (await here.session(second))["session"]["token"] == signed_in.json()["token"]
        listed = [(await ask("GET", "/list-sessions", cookie)).json() for ask in (here, there)]
        assert len(listed[0]) == 2
        assert listed[0] == listed[1]


async def test_what_one_changes_the_other_shows(servers: tuple[Ask, Ask]) -> None:
    for here, there in (servers, servers[::-1]):
        cookie, _ = await here.new_user()
        await there("POST", "/update-user", cookie, {"name": "Countess"})
        assert (await here.session(cookie))["user"]["name"] == "Countess"
        assert await there.session(cookie) == await here.session(cookie)


async def test_what_one_ends_is_over_at_the_other(servers: tuple[Ask, Ask], redis: RedisServer) -> None:
    marks: dict[bytes | str, int] = {}
    for here, there in (servers, servers[::-1]):
        cookie, answer = await here.new_user()
        body = {"email": answer["user"]["email"], "password": PASSWORD}
        others = [cookies_of(await ask("POST", "/sign-in/email", body=body)) for ask in (here, there, here)]
        await there("POST", "/sign-out", others[0])
        token = (await here.session(others[1]))["session"]["token"]
        assert (await there("POST", "/revoke-session", cookie, {"token": token})).json() == {"status": True}
        alive = [await here.session(one) is not None for one in (cookie, *others)]
        assert alive == [True, False, False, True]
        await there("POST", "/revoke-sessions", cookie)
        assert [await here.session(one) for one in (cookie, *others)] == [None] * 4
        # Nothing is left but the mark that ends what is older, for as long as a session may live.
        marks[f"better-auth:revoked-sessions-before-{answer['user']['id']}"] = 604_800
        assert {key: redis.client.ttl(key) for key in redis.client.keys("*")} == pytest.approx(marks, abs=10)


async def test_the_values_of_both_look_the_same_and_end_alike(servers: tuple[Ask, Ask], redis: RedisServer) -> None:
    shapes = []
    for ask in servers:
        _, answer = await ask.new_user()
        user_id, token = answer["user"]["id"], answer["token"]
        stored = json.loads(redis.client.get(f"better-auth:{token}"))
        [entry] = json.loads(redis.client.get(f"better-auth:active-sessions-{user_id}"))
        lives = [redis.client.ttl(f"better-auth:{key}") for key in (token, f"active-sessions-{user_id}")]
        assert all(604_795 <= life <= 604_800 for life in lives)
        shapes.append([list(stored), list(stored["session"]), list(stored["user"]), list(entry)])
    assert shapes[0] == shapes[1]


async def test_a_mailed_token_of_one_is_good_at_the_other_once(servers: tuple[Ask, Ask], redis: RedisServer) -> None:
    for here, there in (servers, servers[::-1]):
        _, answer = await here.new_user()
        await here("POST", "/request-password-reset", body={"email": answer["user"]["email"]})
        [key] = redis.client.keys("better-auth:verification:*")
        body = {"token": key.rpartition(":")[2], "newPassword": "another horse"}
        replies = [await ask("POST", "/reset-password", body=body) for ask in (there, here, there)]
        assert [reply.status_code for reply in replies] == [200, 400, 400]


async def test_requests_are_counted_together(servers: tuple[Ask, Ask]) -> None:
    statuses = [(await servers[number % 2]("GET", "/ok")).status_code for number in range(5)]
    assert statuses == [200, 200, 200, 429, 429]


async def test_a_database_without_the_tables_that_redis_replaces_is_taken_over(
    postgres: EmbeddedPostgres, redis: RedisServer
) -> None:
    install()
    url = postgres.database("only in redis")
    make_tables(url, "drizzle", {"secondaryStorage": redis.url.removeprefix("unix://")})
    auth = auth_on(url, secondary_storage={"url": redis.url})
    state = await apply_migrations(auth.context.database, adopt=True)
    assert state.is_complete
    async with running(auth, migrate=False), browser(auth) as ours:
        cookie, _ = await Ask(ours).new_user()
        assert await Ask(ours).session(cookie) is not None
