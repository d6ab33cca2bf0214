"""The life of a session, with a clock that the test moves."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from betterauth_py import BetterAuth
from betterauth_py.clock import ManualClock
from tests.conftest import MakeAuth
from tests.http.client import Client
from tests.http.people import ALICE, PASSWORD, sign_up

DAY = 86_400
TOKEN_COOKIE = "better-auth.session_token"
EXPIRED = [
    f"better-auth.{name}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax"
    for name in ("session_token", "session_data", "dont_remember")
]


async def count_sessions(auth: BetterAuth) -> int:
    table = auth.context.database.table("session")
    return int((await auth.context.database.execute(select(func.count()).select_from(table))).scalar_one())


async def read(client: Client, path: str = "/api/auth/get-session") -> Any:
    reply = await client.get(path)
    assert (reply.status, reply.header("cache-control"), reply.header("pragma")) == (200, "no-store", "no-cache")
    return reply.json()


async def test_a_session_is_prolonged_once_a_day_of_its_life_is_used(make_auth: MakeAuth, clock: ManualClock) -> None:
    auth = await make_auth(clock=clock)
    client = Client(auth.app)
    await sign_up(client)
    cookie = client.cookies[TOKEN_COOKIE]

    clock.advance(DAY - 0.001)
    early = await client.get("/api/auth/get-session")
    assert (early.json()["session"]["expiresAt"], early.set_cookies) == ("2026-11-28T08:00:00.000Z", [])

    clock.advance(0.001)
    due = await client.get("/api/auth/get-session")
    assert due.json()["session"]["expiresAt"] == "2026-11-29T08:00:00.000Z"
    assert due.json()["session"]["updatedAt"] == "2026-11-22T08:00:00.000Z"
    assert due.json()["session"]["createdAt"] == "2026-11-21T08:00:00.000Z"
    assert due.set_cookies == [f"{TOKEN_COOKIE}={cookie}; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax"]

    again = await client.get("/api/auth/get-session")
    assert (again.json(), again.set_cookies) == (due.json(), [])


async def test_a_session_ends_at_its_moment_and_its_row_goes_with_it(make_auth: MakeAuth, clock: ManualClock) -> None:
    auth = await make_auth(clock=clock)
    client = Client(auth.app)
    await sign_up(client)
    clock.advance(7 * DAY)
    assert (await read(client, "/api/auth/get-session?disableRefresh=1"))["session"]["token"]
    clock.advance(0.001)
    assert await count_sessions(auth) == 1
    reply = await client.get("/api/auth/get-session")
    assert (reply.json(), reply.set_cookies) == (None, EXPIRED)
    assert await count_sessions(auth) == 0
    assert client.cookies == {}


async def test_a_session_not_to_be_remembered_lives_a_day_and_is_never_prolonged(
    make_auth: MakeAuth, clock: ManualClock
) -> None:
    auth = await make_auth(clock=clock, session={"update_age": 0})
    client = Client(auth.app)
    reply = await sign_up(client, rememberMe=False)
    token = client.cookies[TOKEN_COOKIE]
    marker = client.cookies["better-auth.dont_remember"]
    assert reply.set_cookies == [
        f"{TOKEN_COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax",
        f"better-auth.dont_remember={marker}; Path=/; HttpOnly; SameSite=Lax",
    ]
    clock.advance(DAY)
    later = await client.get("/api/auth/get-session")
    assert (later.json()["session"]["expiresAt"], later.set_cookies) == ("2026-11-22T08:00:00.000Z", [])
    clock.advance(1)
    assert await read(client) is None


@pytest.mark.parametrize("options", [{"disable_session_refresh": True}, {"update_age": 8 * DAY}])
async def test_a_session_is_left_alone_when_the_options_say_so(
    make_auth: MakeAuth, clock: ManualClock, options: dict[str, Any]
) -> None:
    auth = await make_auth(clock=clock, session=options)
    client = Client(auth.app)
    await sign_up(client)
    clock.advance(6 * DAY)
    reply = await client.get("/api/auth/get-session")
    assert (reply.json()["session"]["expiresAt"], reply.set_cookies) == ("2026-11-28T08:00:00.000Z", [])


@pytest.mark.parametrize("flag", ["true", "false", "0"])
async def test_a_client_can_look_without_prolonging(make_auth: MakeAuth, clock: ManualClock, flag: str) -> None:
    auth = await make_auth(clock=clock)
    client = Client(auth.app)
    await sign_up(client)
    clock.advance(2 * DAY)
    seen = await read(client, f"/api/auth/get-session?disableRefresh={flag}")
    assert seen["session"]["expiresAt"] == "2026-11-28T08:00:00.000Z"
    seen = await read(client, "/api/auth/get-session?disableRefresh=")
    assert seen["session"]["expiresAt"] == "2026-11-30T08:00:00.000Z"


async def test_a_deferred_refresh_is_told_by_get_and_done_by_post(make_auth: MakeAuth, clock: ManualClock) -> None:
    auth = await make_auth(clock=clock, session={"defer_session_refresh": True})
    client = Client(auth.app)
    await sign_up(client)
    assert (await read(client))["needsRefresh"] is False
    clock.advance(2 * DAY)
    due = await client.get("/api/auth/get-session")
    assert due.json()["needsRefresh"] is True
    assert (due.json()["session"]["expiresAt"], due.set_cookies) == ("2026-11-28T08:00:00.000Z", [])
    done = await client.post("/api/auth/get-session")
    assert "needsRefresh" not in done.json()
    assert (done.json()["session"]["expiresAt"], len(done.set_cookies)) == ("2026-11-30T08:00:00.000Z", 1)
    clock.advance(8 * DAY)
    assert await read(client) is None
    # GET writes nothing, so the expired row is still there; POST takes it away.
    assert await count_sessions(auth) == 1


async def test_post_is_refused_unless_the_refresh_is_deferred(make_auth: MakeAuth) -> None:
    auth = await make_auth()
    reply = await Client(auth.app).post("/api/auth/get-session")
    assert reply.status == 405
    assert reply.json() == {
        "message": "POST method requires deferSessionRefresh to be enabled in session config",
        "code": "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED",
    }
    assert (reply.header("cache-control"), reply.header("pragma")) == ("no-store", "no-cache")


async def test_the_alias_always_answers_with_an_object_at_both_of_its_places(make_auth: MakeAuth) -> None:
    auth = await make_auth()
    client = Client(auth.app)
    nobody = {"user": None, "session": None}
    assert [(await client.get(path)).json() for path in ("/session", "/api/auth/session")] == [nobody, nobody]
    await sign_up(client)
    found = await read(client)
    assert [await read(client, path) for path in ("/session", "/api/auth/session")] == [found, found]
    assert [(await client.post(path)).status for path in ("/session", "/api/auth/session")] == [404, 404]


async def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(make_auth: MakeAuth) -> None:
    auth = await make_auth()
    client = Client(auth.app)
    await sign_up(client)
    thief = Client(auth.app, cookies=dict(client.cookies))
    reply = await client.post("/api/auth/sign-out")
    assert (reply.json(), reply.set_cookies) == ({"success": True}, EXPIRED)
    assert (await read(thief), await count_sessions(auth)) == (None, 0)


async def test_signing_in_again_leaves_the_other_session_alone(make_auth: MakeAuth) -> None:
    auth = await make_auth()
    first, second = Client(auth.app), Client(auth.app)
    await sign_up(first)
    await second.post("/api/auth/sign-in/email", {"email": ALICE["email"].upper(), "password": PASSWORD})
    sessions = [(await read(client))["session"]["token"] for client in (first, second)]
    assert len(set(sessions)) == 2
    assert await count_sessions(auth) == 2


@pytest.mark.parametrize("strategy", ["compact", "jwt", "jwe"])
async def test_a_cached_session_is_read_without_the_database_until_it_is_old(
    make_auth: MakeAuth, clock: ManualClock, strategy: str
) -> None:
    auth = await make_auth(clock=clock, session={"cookie_cache": {"enabled": True, "strategy": strategy}})
    client = Client(auth.app)
    reply = await sign_up(client)
    assert [cookie.partition("=")[0] for cookie in reply.set_cookies] == [TOKEN_COOKIE, "better-auth.session_data"]
    stored = await read(client, "/api/auth/get-session?disableCookieCache=1")
    await auth.context.sessions.delete(stored["session"]["token"])
    cached = await client.get("/api/auth/get-session")
    assert (cached.json(), cached.set_cookies) == (stored, [])
    assert list(cached.json()["session"])[:4] == ["id", "createdAt", "updatedAt", "userId"]
    clock.advance(300.001 + (15 if strategy == "jwe" else 0))
    assert await read(client) is None
    assert client.cookies == {}
