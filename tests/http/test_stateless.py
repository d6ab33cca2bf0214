"""A server without a database: what is in cookies, what one process keeps, and what another one can know."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from betterauth_py import BetterAuth
from betterauth_py.clock import ManualClock
from tests.conftest import SECRET, MakeAuth
from tests.http.client import Client
from tests.http.oauth_world import GitHub, begin, come_back, count, sign_in, with_github
from tests.http.people import ALICE, sign_up
from tests.redis_server import RedisServer

GET = "/api/auth/get-session"
PAST_CACHE = f"{GET}?disableCookieCache=true"
DATA = "better-auth.session_data"


@pytest.fixture
def github() -> GitHub:
    return GitHub(refresh_token="refresh")


async def a_process(make_auth: MakeAuth, github: GitHub, **options: Any) -> BetterAuth:
    """Return a server without a database; each is like another worker or another machine."""
    return await with_github(make_auth, github, database=False, **options)


async def shown(client: Client, target: str = GET) -> Any:
    reply = await client.get(target)
    assert reply.status == 200, reply
    return reply.json()


async def user_id(auth: BetterAuth, code: str = "ada") -> str:
    """Return the id of who signs in, in a browser of their own."""
    client = Client(auth.app)
    assert await sign_in(client, code) == "/in"
    found: str = (await shown(client))["user"]["id"]
    return found


def copied(client: Client, app: Any = None) -> Client:
    return Client(app or client.app, cookies=dict(client.cookies))


async def test_a_session_is_read_without_any_statement(make_auth: MakeAuth, github: GitHub) -> None:
    auth = await a_process(make_auth, github)
    client = Client(auth.app)
    await sign_in(client)
    statements: list[str] = []
    event.listen(auth.context.database.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    assert (await shown(client))["user"]["email"] == "ada@example.com"
    assert statements == []
    await shown(client, PAST_CACHE)
    assert statements


async def test_another_process_knows_what_the_cookies_say(make_auth: MakeAuth, github: GitHub) -> None:
    one, other = await a_process(make_auth, github), await a_process(make_auth, github)
    client = Client(one.app)
    assert await sign_in(client) == "/in"
    mine = await shown(client)
    client.app = other.app
    assert await shown(client) == mine
    assert (await shown(client, PAST_CACHE))["session"]["token"] == mine["session"]["token"]
    assert [one["token"] for one in await shown(client, "/api/auth/list-sessions")] == [mine["session"]["token"]]
    accounts = await shown(client, "/api/auth/list-accounts")
    assert [one["accountId"] for one in accounts] == ["7"]
    for selection in ({"useAccountCookie": True}, {"accountId": accounts[0]["id"]}):
        reply = await client.post("/api/auth/get-access-token", selection)
        assert reply.json()["accessToken"].endswith("ada"), reply
    refreshed = await client.post("/api/auth/refresh-token", {"useAccountCookie": True})
    assert refreshed.json()["refreshToken"] == "refresh+"
    assert (await client.post("/api/auth/revoke-other-sessions")).json() == {"status": True}
    assert (await client.post("/api/auth/sign-out")).json() == {"success": True}
    assert await shown(client) is None


async def test_changes_by_two_processes_are_both_kept(make_auth: MakeAuth, github: GitHub) -> None:
    clock = ManualClock()
    one = await a_process(make_auth, github, clock=clock)
    other = await a_process(make_auth, github, clock=clock)
    client = Client(one.app)
    await sign_in(client)
    for process, change in ((other, {"name": "Countess"}), (one, {"image": "/a.png"}), (other, {"image": "/b.png"})):
        clock.advance(1)
        client.app = process.app
        assert (await client.post("/api/auth/update-user", change)).status == 200
    user = (await shown(client))["user"]
    assert (user["name"], user["image"]) == ("Countess", "/b.png")


async def test_a_sign_in_ends_at_another_process_than_it_began(make_auth: MakeAuth, github: GitHub) -> None:
    one, other = await a_process(make_auth, github), await a_process(make_auth, github)
    client = Client(one.app)
    state = await begin(client)
    before = copied(client, other.app)
    client.app = other.app
    assert (await come_back(client, state)).header("location") == "/in"
    assert (await shown(client))["user"]["name"] == "Ada"
    # Whoever has copied the cookie and the address of the callback comes too late.
    assert (await come_back(before, state)).header("location") == "/oops?error=state_mismatch"
    assert await shown(before) is None


async def test_a_link_ends_at_another_process_than_it_began(make_auth: MakeAuth, github: GitHub) -> None:
    one, other = await a_process(make_auth, github), await a_process(make_auth, github)
    client = Client(one.app)
    await sign_up(client, email="ada@example.com")
    mine = (await shown(client))["user"]["id"]
    state = await begin(client, "/api/auth/link-social")
    client.app = other.app
    assert (await come_back(client, state)).header("location") == "/in"
    assert [one["providerId"] for one in await shown(client, "/api/auth/list-accounts")] == ["github"]
    assert await user_id(other) == mine


async def test_a_link_does_not_outlive_its_session(make_auth: MakeAuth, github: GitHub) -> None:
    auth = await a_process(make_auth, github)
    client = Client(auth.app)
    await sign_up(client, email="ada@example.com")
    state = await begin(client, "/api/auth/link-social")
    kept = copied(client)
    await client.post("/api/auth/sign-out")
    assert (await come_back(kept, state)).header("location") == "/oops?error=unable_to_link_account"


async def test_a_copied_cookie_survives_the_sign_out_but_changes_nothing_here(
    make_auth: MakeAuth, github: GitHub
) -> None:
    auth = await a_process(make_auth, github, user={"delete_user": {"enabled": True}})
    client = Client(auth.app)
    await sign_in(client)
    thief = copied(client)
    await client.post("/api/auth/sign-out")
    # Documented, and as in better-auth: nothing but the cookie is asked.
    assert (await shown(copied(thief)))["user"]["name"] == "Ada"
    for path in ("update-user", "revoke-sessions", "delete-user", "get-access-token"):
        body = {"useAccountCookie": True} if path == "get-access-token" else {"name": "Eve"}
        reply = await copied(thief).post(f"/api/auth/{path}", body)
        assert reply.status == 401, (path, reply)
    assert await shown(thief, PAST_CACHE) is None
    assert thief.cookies == {}


async def test_an_ended_session_is_remembered_until_its_cookie_has_ended(make_auth: MakeAuth, github: GitHub) -> None:
    clock = ManualClock()
    auth = await a_process(make_auth, github, clock=clock)
    client = Client(auth.app)
    await sign_in(client)
    thief = copied(client)
    await client.post("/api/auth/sign-out")
    clock.advance(6 * 86_400)
    await auth.context.cleanup.run()
    assert await shown(copied(thief), PAST_CACHE) is None
    clock.advance(2 * 86_400)
    await auth.context.cleanup.run()
    assert await count(auth, "session") == [0]
    assert await shown(copied(thief), PAST_CACHE) is None


async def test_a_session_ends_when_it_says_however_often_its_cookie_was_renewed(
    make_auth: MakeAuth, github: GitHub
) -> None:
    clock = ManualClock()
    auth = await a_process(make_auth, github, clock=clock)
    client = Client(auth.app)
    await sign_in(client)
    end = (await shown(client))["session"]["expiresAt"]
    clock.advance(6 * 86_400)
    before = client.cookies[DATA]
    assert (await shown(client))["session"]["expiresAt"] == end
    assert client.cookies[DATA] != before
    client.app = (await a_process(make_auth, github, clock=clock)).app
    clock.advance(2 * 86_400)
    assert await shown(client) is None
    assert client.cookies == {}


async def test_another_version_ends_all_sessions(make_auth: MakeAuth, github: GitHub) -> None:
    one = await a_process(make_auth, github)
    other = await a_process(make_auth, github, session={"cookie_cache": {"version": "2"}})
    client = Client(one.app)
    await sign_in(client)
    client.app = other.app
    kept = copied(client)
    assert (await kept.post("/api/auth/update-user", {"name": "Eve"})).status == 401
    assert await shown(copied(client), PAST_CACHE) is None
    assert await shown(client) is None
    assert client.cookies == {}


@pytest.mark.parametrize("target", [GET, PAST_CACHE])
async def test_cookies_under_another_secret_open_nothing(make_auth: MakeAuth, github: GitHub, target: str) -> None:
    one = await a_process(make_auth, github)
    other = await a_process(make_auth, github, secret=f"another {SECRET}")
    client = Client(one.app)
    await sign_in(client)
    client.app = other.app
    assert await shown(client, target) is None


FORGED = {
    "rubbish": "rubbish",
    "empty parts": "....",
    "unsigned": "eyJhbGciOiJub25lIn0.e30.",
    "an unknown key": "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2Q0JDLUhTNTEyIiwia2lkIjoieCJ9..AAAA.AAAA.AAAA",
    "compressed": "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2Q0JDLUhTNTEyIiwiemlwIjoiREVGIn0..AAAA.AAAA.AAAA",
    "huge": "A" * 60_000,
    "huge and encrypted": f"eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2Q0JDLUhTNTEyIn0..AAAA.{'A' * 50_000}.AAAA",
}


@pytest.mark.parametrize("name", FORGED)
async def test_forged_cookies_open_nothing(make_auth: MakeAuth, github: GitHub, name: str) -> None:
    auth = await a_process(make_auth, github)
    client = Client(auth.app)
    await sign_in(client)
    other = Client((await a_process(make_auth, github)).app, cookies={**client.cookies, DATA: FORGED[name]})
    for cookie in (DATA, "better-auth.account_data"):
        other.cookies = {**client.cookies, cookie: FORGED[name]}
        assert (await copied(other).get(PAST_CACHE)).status == 200
        assert (await shown(copied(other)) is None) == (cookie == DATA)
        reply = await copied(other).post("/api/auth/get-access-token", {"useAccountCookie": True})
        assert reply.status == (401 if cookie == DATA else 400)


async def test_the_cache_of_somebody_else_opens_nothing(make_auth: MakeAuth, github: GitHub) -> None:
    one, other = await a_process(make_auth, github), await a_process(make_auth, github)
    ada, alice = Client(one.app), Client(one.app)
    await sign_in(ada)
    await sign_up(alice)
    mixed = Client(other.app, cookies={**ada.cookies, DATA: alice.cookies[DATA]})
    assert await shown(copied(mixed)) is None
    assert await shown(copied(mixed), PAST_CACHE) is None
    assert (await mixed.post("/api/auth/update-user", {"name": "Eve"})).status == 401


async def test_the_account_of_somebody_else_is_not_given(make_auth: MakeAuth, github: GitHub) -> None:
    auth = await a_process(make_auth, github)
    ada, alice = Client(auth.app), Client(auth.app)
    await sign_in(ada)
    await sign_up(alice)
    account = "better-auth.account_data"
    alice.cookies[account] = ada.cookies[account]
    reply = await alice.post("/api/auth/get-access-token", {"useAccountCookie": True})
    assert (reply.status, reply.json()["code"]) == (400, "ACCOUNT_NOT_FOUND")


async def test_two_users_of_one_address_do_not_end_each_others_sessions(make_auth: MakeAuth, github: GitHub) -> None:
    one, other = await a_process(make_auth, github), await a_process(make_auth, github)
    client, there = Client(one.app), Client(other.app)
    await sign_up(client)
    await sign_up(there)
    client.app = other.app
    assert (await client.post("/api/auth/update-user", {"name": "First"})).status == 200
    assert (await shown(client))["user"]["name"] == "First"
    assert (await shown(client, PAST_CACHE))["user"]["name"] == "First"
    assert (await shown(there, PAST_CACHE))["user"]["name"] == ALICE["name"]


async def test_memory_is_bounded(make_auth: MakeAuth, github: GitHub, monkeypatch: pytest.MonkeyPatch) -> None:
    auth = await a_process(make_auth, github)
    client = Client(auth.app)
    await sign_in(client)
    monkeypatch.setattr("betterauth_py.store.process_memory.MOST_BYTES", 1)
    await auth.context.cleanup.run()
    assert await count(auth, "user", "account", "session") == [0, 0, 0]
    assert (await shown(client))["user"]["name"] == "Ada"
    assert (await client.post("/api/auth/update-user", {"name": "Countess"})).status == 200


async def test_with_secondary_storage_the_session_is_there(
    make_auth: MakeAuth, github: GitHub, redis: RedisServer
) -> None:
    shared = {"secondary_storage": {"url": redis.url}}
    one, other = await a_process(make_auth, github, **shared), await a_process(make_auth, github, **shared)
    client = Client(one.app)
    state = await begin(client)
    client.app = other.app
    assert (await come_back(client, state)).header("location") == "/in"
    assert DATA not in client.cookies
    client.app = one.app
    assert (await client.post("/api/auth/update-user", {"name": "Countess"})).status == 200
    assert (await shown(client))["user"]["name"] == "Countess"
    assert (await client.post("/api/auth/get-access-token", {"useAccountCookie": True})).status == 200
    thief = copied(client)
    await client.post("/api/auth/sign-out")
    assert await shown(thief) is None
