"""Two versions of better-auth on Node and this server, on one database, and on one Redis."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import permutations
from typing import Any

import httpx
import pytest

from betterauth_py.conformance.recorder.embedded_postgres import EmbeddedPostgres
from betterauth_py.conformance.recorder.oracle import install
from betterauth_py.store.migrations import apply_migrations
from tests.migrations.node import EARLIER, NEWEST, better_auth
from tests.migrations.test_shared_redis_with_node import KEPT, LIMITS, OUR_NAMES, Ask, cookies_of
from tests.redis_server import RedisServer
from tests.store.support import PASSWORD, auth_on, browser, database_of, query, running

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("two versions of Node")]

PLACES = ["the database", *sorted(KEPT)]
NEW_PASSWORD = "another horse"
Servers = dict[str, Ask]


def node_options(place: str, redis: RedisServer) -> dict[str, Any]:
    options: dict[str, Any] = {"emailAndPassword": {"enabled": True, "sendResetPassword": True}}
    if place in KEPT:
        options |= {"secondaryStorage": redis.url.removeprefix("unix://"), "session": KEPT[place]}
        options["rateLimit"] = {"enabled": True, "customRules": LIMITS}
    return options


@pytest.fixture(scope="module", params=PLACES)
def nodes(
    request: pytest.FixtureRequest, postgres: EmbeddedPostgres, redis_server: RedisServer
) -> Iterator[tuple[str, str, dict[str, httpx.Client]]]:
    """Both versions on a database that the earlier one has made."""
    install()
    place: str = request.param
    url = postgres.database(f"versions {place}")
    options = node_options(place, redis_server)
    with (
        better_auth(url, "drizzle", options, make=True, package=EARLIER) as earlier,
        better_auth(url, "drizzle", options, package=NEWEST) as newest,
    ):
        yield place, url, {EARLIER: earlier, NEWEST: newest}


@pytest.fixture
async def servers(
    nodes: tuple[str, str, dict[str, httpx.Client]], redis: RedisServer
) -> AsyncIterator[tuple[str, Servers]]:
    """The URL of the database and the three servers; Redis is empty."""
    place, url, of_node = nodes

    async def send(_: Any, __: Any) -> None:
        pass

    options: dict[str, Any] = {"email_and_password": {"send_reset_password": send}}
    if place in KEPT:
        options |= {
            "secondary_storage": {"url": redis.url},
            "session": {OUR_NAMES[name]: value for name, value in KEPT[place].items()},
            "rate_limit": {"enabled": True, "custom_rules": LIMITS},
        }
    auth = auth_on(url, **options)
    await apply_migrations(database_of(auth), adopt=True)
    async with running(auth, migrate=False), browser(auth) as ours:
        yield url, {name: Ask(client) for name, client in of_node.items()} | {"ours": Ask(ours)}


async def sign_in(ask: Ask, email: str, password: str = PASSWORD) -> str:
    answer = await ask("POST", "/sign-in/email", body={"email": email, "password": password})
    assert answer.status_code == 200, answer.text
    return cookies_of(answer)


async def test_each_works_with_what_the_others_have_made(servers: tuple[str, Servers]) -> None:
    _, asks = servers
    for here, there in permutations(asks, 2):
        cookie, answer = await asks[here].new_user()
        email = answer["user"]["email"]
        shown = [await ask.session(cookie) for ask in asks.values()]
        assert shown == [shown[0]] * 3, (here, there)
        second = await sign_in(asks[there], email)
        await asks[there]("POST", "/update-user", second, {"name": "Countess"})
        assert [(await ask.session(cookie))["user"]["name"] for ask in asks.values()] == ["Countess"] * 3
        listed = [len((await ask("GET", "/list-sessions", cookie)).json()) for ask in asks.values()]
        assert listed == [2, 2, 2], (here, there)
        await asks[there]("POST", "/sign-out", second)
        assert [await ask.session(second) for ask in asks.values()] == [None] * 3
        await sign_in(asks[there], email)
        assert (await asks[there]("POST", "/revoke-sessions", cookie)).json() == {"status": True}
        assert [await ask.session(cookie) for ask in asks.values()] == [None] * 3


async def test_a_mailed_link_of_one_is_good_at_another_once(servers: tuple[str, Servers], redis: RedisServer) -> None:
    url, asks = servers
    for here, there in permutations(asks, 2):
        _, answer = await asks[here].new_user()
        email = answer["user"]["email"]
        await asks[here]("POST", "/request-password-reset", body={"email": email})
        rows = await query(url, "SELECT identifier FROM verification WHERE identifier LIKE 'reset-password:%'")
        kept = [key.rpartition("reset-password:")[2] for key in redis.client.keys("better-auth:verification:*")]
        [token] = [row["identifier"].rpartition(":")[2] for row in rows] or kept
        body = {"token": token, "newPassword": NEW_PASSWORD}
        replies = [await asks[name]("POST", "/reset-password", body=body) for name in (there, here, there)]
        assert [reply.status_code for reply in replies] == [200, 400, 400], (here, there)
        for ask in asks.values():
            await sign_in(ask, email, NEW_PASSWORD)
