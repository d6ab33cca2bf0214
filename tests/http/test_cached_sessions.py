"""A session that has ended cannot go on by its cached copy, whatever endpoint it asks."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from betterauth_py import BetterAuth
from betterauth_py.clock import ManualClock
from betterauth_py.core.context import EndpointContext
from betterauth_py.core.endpoint import Endpoint
from betterauth_py.crypto.random import generate_id
from betterauth_py.flows.security import Security
from betterauth_py.plugins.jwt import jwt
from tests.conftest import MakeAuth
from tests.http.client import Client
from tests.http.people import ALICE, PASSWORD, sign_up
from tests.redis_server import RedisServer

DATA = "better-auth.session_data"
PUBLIC = {Security.PUBLIC, Security.SAME_ORIGIN, Security.SERVER_ONLY}
BODIES: dict[str, Any] = {
    "/update-user": {"name": "Mallory"},
    "/update-session": {"device": "stolen"},
    "/unlink-account": {"accountId": "any"},
    "/link-social": {"provider": "github"},
    "/get-access-token": {"accountId": "any"},
    "/refresh-token": {"accountId": "any"},
    "/revoke-session": {"token": "any"},
    "/change-email": {"newEmail": "mallory@example.com"},
    "/change-password": {"currentPassword": PASSWORD, "newPassword": "another horse"},
    "/verify-password": {"password": PASSWORD},
    "/delete-user": {"password": PASSWORD},
}


async def ignore(*_: Any) -> None:
    """Send no mail."""


def options(strategy: str) -> dict[str, Any]:
    return {
        "plugins": [jwt()],
        "rate_limit": {"enabled": False},
        "session": {
            "cookie_cache": {"enabled": True, "strategy": strategy},
            "additional_fields": {"device": {"type": "string", "required": False}},
        },
        "user": {"change_email": {"enabled": True}, "delete_user": {"enabled": True}},
        "email_verification": {"send_verification_email": ignore},
    }


async def ended(auth: BetterAuth, how: str) -> Client:
    """Return a browser with the cookies of a session that has ended in the meantime."""
    client, other = Client(auth.app), Client(auth.app)
    await sign_up(client)
    signed_in = await other.post("/api/auth/sign-in/email", {"email": ALICE["email"], "password": PASSWORD})
    assert signed_in.status == 200
    path, body = {
        "revoked": ("/revoke-other-sessions", {}),
        "all revoked": ("/revoke-sessions", {}),
        "deleted": ("/delete-user", {"password": PASSWORD}),
    }[how]
    assert (await other.post(f"/api/auth{path}", body)).status == 200
    return client


async def everything(auth: BetterAuth) -> dict[str, list[tuple[Any, ...]]]:
    database = auth.context.database
    return {
        model: [tuple(row) for row in await database.execute(select(database.table(model)))]
        for model in ("user", "session", "account", "verification")
    }


def guarded(auth: BetterAuth) -> list[Endpoint[Any, Any]]:
    return [endpoint for endpoint in auth._endpoints if endpoint.path and endpoint.security not in PUBLIC]


@pytest.mark.parametrize("how", ["revoked", "all revoked", "deleted"])
@pytest.mark.parametrize("strategy", ["compact", "jwt", "jwe"])
@pytest.mark.parametrize("kind", ["sqlite", "postgres", "redis"])
async def test_no_endpoint_lets_an_ended_session_in(
    make_auth: MakeAuth, request: pytest.FixtureRequest, kind: str, strategy: str, how: str
) -> None:
    stored: dict[str, Any] = {}
    if kind == "postgres":
        url = request.getfixturevalue("postgres").database(f"cached_{generate_id(8).lower()}")
        stored = {"database": {"url": url}}
    if kind == "redis":
        redis: RedisServer = request.getfixturevalue("redis")
        stored = {"secondary_storage": {"url": redis.url}}
    auth = await make_auth(**options(strategy), **stored)
    cookies = dict((await ended(auth, how)).cookies)
    before = await everything(auth)
    assert len(guarded(auth)) >= 13
    for endpoint in guarded(auth):
        client = Client(auth.app, cookies=dict(cookies))
        path = f"/api/auth{endpoint.path}"
        if endpoint.methods[0] == "GET":
            reply = await client.get(f"{path}?accountId=any")
        else:
            reply = await client.post(path, BODIES.get(path[9:]))
        assert reply.status == 401, endpoint.path
        assert not client.cookies.keys() & {DATA, "better-auth.session_token"}, endpoint.path
    assert await everything(auth) == before
    # Only reading the cache itself still works, until it ends, and makes nothing anew.
    client = Client(auth.app, cookies=dict(cookies))
    reply = await client.get("/api/auth/get-session")
    assert reply.json()["user"]["name"] == "Alice"
    assert not reply.set_cookies
    mail = await client.post("/api/auth/send-verification-email", {"email": ALICE["email"]})
    assert mail.status == 200
    assert DATA not in client.cookies


@pytest.mark.parametrize("strategy", ["compact", "jwt", "jwe"])
async def test_a_living_session_is_let_in_by_its_cache_and_keeps_it(make_auth: MakeAuth, strategy: str) -> None:
    auth = await make_auth(**options(strategy))
    client = Client(auth.app)
    await sign_up(client)
    for path in ("/list-sessions", "/list-accounts", "/token"):
        reply = await client.get(f"/api/auth{path}")
        assert (reply.status, reply.set_cookies) == (200, []), path


async def test_no_cache_is_signed_with_what_another_says(make_auth: MakeAuth) -> None:
    auth = await make_auth(**options("compact"))
    client = Client(auth.app)
    await sign_up(client)
    await auth.context.users.update((await everything(auth))["user"][0][0], {"name": "Renamed"})
    assert (await client.post("/api/auth/update-session", {"device": "phone"})).status == 200
    assert (await client.get("/api/auth/get-session")).json()["user"]["name"] == "Renamed"


@pytest.mark.parametrize("cached", [True, False])
async def test_a_session_that_ends_while_the_user_is_changed_changes_nothing(make_auth: MakeAuth, cached: bool) -> None:
    async def end_all(changes: Any, ctx: EndpointContext[Any, Any] | None) -> None:
        if ctx is not None:
            await ctx.auth.sessions.delete_all_of(ctx.session[1]["id"] if ctx.session else "")

    auth = await make_auth(
        session={"cookie_cache": {"enabled": cached}}, database_hooks={"user": {"update": {"before": end_all}}}
    )
    client = Client(auth.app)
    await sign_up(client)
    reply = await client.post("/api/auth/update-user", {"name": "Mallory"})
    assert (reply.status, reply.json()["code"]) == (401, "UNAUTHORIZED")
    assert "better-auth.session_token" not in client.cookies
    assert [row for row in (await everything(auth))["user"] if "Mallory" in row] == []


async def test_a_session_that_a_hook_vouches_for_is_not_looked_up(make_auth: MakeAuth) -> None:
    async def vouch(ctx: EndpointContext[Any, Any]) -> None:
        if ctx.headers.get("x-api-key") == "good":
            user = await ctx.auth.users.find_by_email(ALICE["email"])
            assert user is not None
            ctx.session = {"token": "none", "userId": user["id"]}, user

    auth = await make_auth(hooks={"before": vouch})
    await sign_up(Client(auth.app))
    reply = await Client(auth.app).post("/api/auth/update-user", {"name": "By key"}, {"x-api-key": "good"})
    assert (reply.status, reply.json()) == (200, {"status": True})
    assert [row for row in (await everything(auth))["user"] if "By key" in row]


async def test_a_session_too_large_for_a_cookie_is_warned_of_once_a_minute(
    make_auth: MakeAuth, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    auth = await make_auth(
        clock=clock,
        session={"cookie_cache": {"enabled": True}},
        user={"additional_fields": {"bio": {"type": "string", "required": False}}},
    )
    client = Client(auth.app)
    await sign_up(client)
    user_id = (await everything(auth))["user"][0][0]
    assert not caplog.messages
    await auth.context.users.update(user_id, {"bio": "secret " * 60_000})
    for _ in range(3):
        reply = await client.get("/api/auth/get-session?disableCookieCache=1")
        assert reply.status == 200
    [message] = caplog.messages
    assert "better-auth.session_data is too large to be set" in message
    assert "secret" not in message
    clock.advance(60)
    await client.get("/api/auth/get-session?disableCookieCache=1")
    assert len(caplog.messages) == 2
