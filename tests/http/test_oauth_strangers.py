"""What a stranger sends to the endpoints of providers costs little time, and starts no request to a provider."""

from __future__ import annotations

import json
from collections.abc import Callable
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

import pytest

from betterauth_py import BetterAuth
from tests.conftest import MakeAuth
from tests.http.client import Client
from tests.http.oauth_world import GitHub, begin, come_back, count, with_github
from tests.http.people import sign_up

MOST_SECONDS = 0.3
ATTEMPTS = 3
# As many as the limits on bodies and targets let through.
MANY = 60_000
LONG = 15_000
PLUGINS = {"oauth-proxy": {"production_url": "https://www.test"}, "oauth-popup": {}}
BODIES: dict[str, Callable[[], Any]] = {
    "additional data": lambda: {"additionalData": {"a": "x" * MANY}},
    "additional data of many keys": lambda: {"additionalData": {str(number): 1 for number in range(6_000)}},
    "deep additional data": lambda: {"additionalData": {"a": json.loads("[" * 98 + "]" * 98)}},
    "many scopes": lambda: {"scopes": ["a"] * 9_000},
    "many different scopes": lambda: {"scopes": [f"{number}" for number in range(7_000)]},
    "many parameters": lambda: {"additionalParams": {str(number): "1" for number in range(5_000)}},
    "a long parameter": lambda: {"additionalParams": {"prompt": "é" * 10_000}},
    "a long hint": lambda: {"loginHint": "'" * MANY},
    "a long callback": lambda: {"callbackURL": "/" + "%41" * 10_000},
    "a long provider": lambda: {"provider": "g" * MANY},
    "a long ID token": lambda: {"idToken": {"token": "e30." * 10_000}},
    "a token of many dots": lambda: {"idToken": {"token": "." * MANY}},
    "a token of brackets": lambda: {"idToken": {"token": "W1tbW1tb" * 5_000 + ".e30.e30"}},
}
QUERIES: dict[str, dict[str, str]] = {
    "a long state": {"code": "a", "state": "a" * LONG},
    "a state of hexadecimal digits": {"code": "a", "state": "00" * (LONG // 2)},
    "a state that names a version": {"code": "a", "state": "$ba$" + "9" * 4_000 + "$" + "00" * 3_000},
    "a state of brackets": {"code": "a", "state": "[" * 5_000},
    "a state of no ASCII": {"code": "a", "state": "\u0660" * 1_500},
    "a state that ends": {"code": "a", "state": "a\0b"},
    "a long code": {"code": "a" * LONG, "state": "b"},
    "a long error": {"error": "a" * LONG, "state": "b"},
    "a long user": {"user": "[" * 5_000, "state": "b", "code": "a"},
}


@pytest.fixture
def github() -> GitHub:
    return GitHub()


@pytest.fixture
async def auth(make_auth: MakeAuth, github: GitHub) -> BetterAuth:
    return await with_github(make_auth, github, plugins=PLUGINS)


async def quickest(client: Client, method: str, target: str, body: bytes = b"") -> int:
    """Return the status; the quickest of some attempts has to be quick."""
    headers = [("content-type", "application/json"), ("origin", "http://localhost:3000")]
    taken = []
    for _ in range(ATTEMPTS):
        started = perf_counter()
        reply = await client.send(method, target, headers, body)
        taken.append(perf_counter() - started)
        if taken[-1] < MOST_SECONDS:
            return reply.status
    raise AssertionError(f"It takes {min(taken):.1f} s")


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("path", ["sign-in/social", "link-social"])
async def test_no_body_takes_long(auth: BetterAuth, path: str, name: str) -> None:
    client = Client(auth.app)
    if path == "link-social":
        await sign_up(client)
    body = json.dumps({"provider": "github", "callbackURL": "/in", **BODIES[name]()}).encode()
    assert len(body) < 65_536
    assert await quickest(client, "POST", f"/api/auth/{path}", body) < 500


@pytest.mark.parametrize("levels", [100, 200, 400, 800, 1_600, 9_000])
async def test_what_is_nested_deeply_is_refused(auth: BetterAuth, levels: int) -> None:
    """A state of some hundred levels was read, and could not be written: a 500."""
    nested = '{"a":' * levels + "1" + "}" * levels if levels % 200 else "[" * levels + "]" * levels
    body = f'{{"provider":"github","callbackURL":"/in","additionalData":{{"a":{nested}}}}}'.encode()
    assert await quickest(Client(auth.app), "POST", "/api/auth/sign-in/social", body) == 400


@pytest.mark.parametrize("name", QUERIES)
async def test_no_query_takes_long_or_starts_a_request(auth: BetterAuth, github: GitHub, name: str) -> None:
    client = Client(auth.app)
    for path in ("callback/github", "callback/nobody", "callback/github/oauth-proxy"):
        query = urlencode({"callbackURL": "/in", "profile": QUERIES[name]["state"], **QUERIES[name]})
        assert await quickest(client, "GET", f"/api/auth/{path}?{query[:16_000]}") < 500
    start = urlencode({"provider": "github", "popupOrigin": "http://localhost:3000", "additionalData": "[" * 5_000})
    assert await quickest(client, "GET", f"/api/auth/oauth-popup/start?{start}") < 500
    assert github.requests == []


@pytest.mark.parametrize("name", QUERIES)
async def test_who_has_a_state_gets_an_error_quickly(make_auth: MakeAuth, github: GitHub, name: str) -> None:
    client = Client((await with_github(make_auth, github)).app)
    given = {**QUERIES[name], "state": await begin(client)}
    reply = await come_back(client, given.pop("state"), given.pop("code", ""), **given)
    assert reply.status == 302
    assert len(github.requests) <= 3


async def test_a_flood_of_states_ends_at_the_limit(make_auth: MakeAuth, github: GitHub) -> None:
    connection = {"ip_address": {"use_connection": True}}
    auth = await with_github(make_auth, github, rate_limit={"enabled": True}, advanced=connection, plugins=PLUGINS)
    client = Client(auth.app)
    statuses = []
    for _ in range(20):
        reply = await client.post("/api/auth/sign-in/social", {"provider": "github", "callbackURL": "/in"})
        statuses.append(reply.status)
    assert statuses == [200] * 3 + [429] * 17
    assert await count(auth, "verification") == [3]
    target = "/api/auth/oauth-popup/start?provider=github&popupOrigin=http%3A%2F%2Flocalhost%3A3000"
    begun = [(await client.get(target)).status for _ in range(110)]
    assert begun == [302] * 100 + [429] * 10
    client = Client(auth.app)
    callbacks = [(await client.get("/api/auth/callback/github?code=a&state=b")).status for _ in range(110)]
    assert callbacks == [302] * 100 + [429] * 10
    assert github.requests == []
