"""What the scenarios of the one-time-token plugin do not show: races on PostgreSQL, in-process calls, options."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from betterauth_py import BetterAuth, ConfigurationError
from betterauth_py.clock import ManualClock
from betterauth_py.crypto.random import generate_id
from betterauth_py.wire.errors import APIError
from tests.conftest import CHEAP_PASSWORDS, MakeAuth
from tests.http.client import Client, Reply

GENERATE = "/api/auth/one-time-token/generate"
VERIFY = "/api/auth/one-time-token/verify"
ADA = {"name": "Ada", "email": "ada@example.com", "password": "correct horse"}


async def made(make_auth: MakeAuth, plugin: dict[str, Any] | None = None, **options: Any) -> BetterAuth:
    passwords = {"enabled": True, "password": CHEAP_PASSWORDS}
    return await make_auth(plugins={"one-time-token": plugin or {}}, email_and_password=passwords, **options)


async def sign_up(auth: BetterAuth, **body: Any) -> Client:
    client = Client(auth.app)
    assert (await client.post("/api/auth/sign-up/email", {**ADA, **body})).status == 200
    return client


async def generate(client: Client) -> str:
    token: str = (await client.get(GENERATE)).json()["token"]
    return token


async def verify(auth: BetterAuth, token: str) -> Reply:
    return await Client(auth.app).post(VERIFY, {"token": token})


async def test_a_token_is_spent_once_by_many(make_auth: MakeAuth, postgres: Any) -> None:
    database = {"url": postgres.database(f"one_time_token_{generate_id(8).lower()}")}
    auth = await made(make_auth, database=database)
    token = await generate(await sign_up(auth))
    replies = await asyncio.gather(*(verify(auth, token) for _ in range(8)))
    assert sorted(reply.status for reply in replies) == [200, *[400] * 7]
    assert {reply.json()["message"] for reply in replies if reply.status == 400} == {"Invalid token"}


async def test_a_session_that_is_revoked_meanwhile_is_not_opened(make_auth: MakeAuth) -> None:
    auth = await made(make_auth)
    client = await sign_up(auth)
    token, late = await generate(client), await generate(client)
    session = (await client.get("/api/auth/get-session")).json()["session"]["token"]
    # At the same time: whoever is first, the session is gone in the end, and nobody is left with it.
    revoked, opened = await asyncio.gather(
        client.post("/api/auth/revoke-session", {"token": session}), verify(auth, token)
    )
    assert (revoked.status, opened.status) in {(200, 200), (200, 400)}
    reply = await verify(auth, late)
    assert (reply.status, reply.json(), reply.set_cookies) == (400, {"message": "Session not found"}, [])
    phone = Client(auth.app, cookies={})
    phone._keep(opened.set_cookies)
    assert (await phone.get("/api/auth/get-session")).json() is None


async def test_a_session_that_is_not_remembered_stays_so(make_auth: MakeAuth) -> None:
    clock = ManualClock()
    auth = await made(make_auth, clock=clock)
    client = await sign_up(auth, rememberMe=False)
    phone = Client(auth.app)
    reply = await phone.post(VERIFY, {"token": await generate(client)})
    lives = {cookie.partition("=")[0]: "Max-Age" in cookie for cookie in reply.set_cookies}
    assert lives == {"better-auth.session_token": False, "better-auth.dont_remember": False}
    clock.advance(timedelta(hours=20).total_seconds())
    session = (await phone.get("/api/auth/get-session")).json()["session"]
    clock.advance(timedelta(hours=5).total_seconds())
    assert (await phone.get("/api/auth/get-session")).json() is None
    assert session is not None


async def test_code_in_this_process_generates_tokens_where_clients_may_not(make_auth: MakeAuth) -> None:
    auth = await made(make_auth, {"disable_client_request": True})
    client = await sign_up(auth)
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    refused = await client.get(GENERATE)
    assert (refused.status, refused.json()) == (400, {"message": "Client requests are disabled"})
    token = (await auth.api.generate_one_time_token(headers={"cookie": cookie}))["token"]
    found = await auth.api.verify_one_time_token(body={"token": token})
    assert found["user"]["email"] == ADA["email"]
    with pytest.raises(APIError, match="Invalid token"):
        await auth.api.verify_one_time_token(body={"token": token})


async def test_hashed_tokens_are_not_in_the_database(make_auth: MakeAuth, caplog: Any) -> None:
    auth = await made(make_auth, {"store_token": "hashed"})
    token = await generate(await sign_up(auth))
    rows = await auth.context.rows.find_many("verification")
    assert [token in str(row) for row in rows] == [False]
    assert token not in caplog.text
    assert (await verify(auth, token)).status == 200


async def test_a_long_token_is_refused_quickly(make_auth: MakeAuth) -> None:
    auth = await made(make_auth)
    for token in ("x" * 60_000, "\0", "\ud800"):
        reply = await verify(auth, token)
        assert (reply.status, reply.json()) == (400, {"message": "Invalid token"})


async def test_a_negative_life_stops_the_start(make_auth: MakeAuth) -> None:
    with pytest.raises(ConfigurationError, match=r"plugins\.one-time-token\.expires_in"):
        await made(make_auth, {"expires_in": -1})
