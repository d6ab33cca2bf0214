"""What the scenarios of the multi-session plugin do not show: many cookies, races, statements."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import event

from betterauth_py import BetterAuth, ConfigurationError
from betterauth_py.crypto.random import generate_id
from betterauth_py.wire.cookies import CookieAttributes, set_signed_cookie
from tests.conftest import CHEAP_PASSWORDS, SECRET, MakeAuth
from tests.http.client import Client

LIST = "/api/auth/multi-session/list-device-sessions"
REVOKE = "/api/auth/multi-session/revoke"
SET_ACTIVE = "/api/auth/multi-session/set-active"
SESSION = "better-auth.session_token"


@pytest.fixture(params=["sqlite", "postgres"])
async def auth(request: pytest.FixtureRequest, make_auth: MakeAuth) -> BetterAuth:
    options: dict[str, Any] = {}
    if request.param == "postgres":
        database = request.getfixturevalue("postgres").database(f"multi_session_{generate_id(8).lower()}")
        options = {"database": {"url": database}}
    passwords = {"enabled": True, "password": CHEAP_PASSWORDS}
    return await make_auth(plugins=["multi-session"], email_and_password=passwords, secret=SECRET, **options)


async def sign_up(client: Client, name: str) -> str:
    body = {"name": name, "email": f"{name}@example.com", "password": "correct horse"}
    reply = await client.post("/api/auth/sign-up/email", body)
    token: str = reply.json()["token"]
    return token


def signed(name: str, token: str) -> str:
    return set_signed_cookie(name, token, SECRET, CookieAttributes()).partition(";")[0]


def count_statements(auth: BetterAuth) -> list[str]:
    statements: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(auth.context.database.engine, "before_cursor_execute", count)
    return statements


async def test_many_cookies_cost_two_statements_and_forged_ones_none(auth: BetterAuth) -> None:
    client = Client(auth.app)
    tokens = [await sign_up(client, name) for name in ("ada", "bob", "cid")]
    genuine = [signed(f"{SESSION}_multi-{token.lower()}", token) for token in tokens]
    unknown = [signed(f"{SESSION}_multi-{number}", f"unknown{number}") for number in range(300)]
    forged = [f"{SESSION}_multi-f{number}={'x' * 32}.{'A' * 43}%3D" for number in range(300)]
    statements = count_statements(auth)
    stranger = Client(auth.app)
    reply = await stranger.get(LIST, {"cookie": "; ".join(forged)})
    assert (reply.json(), statements) == ([], [])
    reply = await stranger.get(LIST, {"cookie": "; ".join([*unknown, *genuine])})
    assert [one["user"]["name"] for one in reply.json()] == ["ada", "bob", "cid"]
    assert 0 < len(statements) <= 2


async def test_of_many_who_end_the_active_session_all_switch_to_the_other(auth: BetterAuth) -> None:
    client = Client(auth.app)
    ada, bob = await sign_up(client, "ada"), await sign_up(client, "bob")
    clients = [Client(auth.app, cookies=dict(client.cookies)) for _ in range(8)]
    replies = await asyncio.gather(*(one.post(REVOKE, {"sessionToken": bob}) for one in clients))
    # Who comes too late has no session any more.
    assert {200} <= {reply.status for reply in replies} <= {200, 401}
    switched = [one for one, reply in zip(clients, replies, strict=True) if reply.status == 200]
    for one in switched:
        assert (await one.get("/api/auth/get-session")).json()["session"]["token"] == ada


async def test_a_session_that_ends_meanwhile_does_not_become_active(auth: BetterAuth) -> None:
    client = Client(auth.app)
    ada = await sign_up(client, "ada")
    await sign_up(client, "bob")
    await auth.context.sessions.delete(ada)
    reply = await client.post(SET_ACTIVE, {"sessionToken": ada})
    assert (reply.status, reply.json()["code"]) == (401, "INVALID_SESSION_TOKEN")
    assert f"{SESSION}_multi-{ada.lower()}" not in client.cookies
    assert (await client.get("/api/auth/get-session")).json()["user"]["name"] == "bob"


async def test_many_sessions_end_in_one_statement(auth: BetterAuth) -> None:
    client = Client(auth.app)
    for name in ("ada", "bob", "cid"):
        await sign_up(client, name)
    statements = count_statements(auth)
    assert (await client.post("/api/auth/sign-out")).status == 200
    assert len([statement for statement in statements if "DELETE" in statement.upper()]) <= 2
    assert [name for name in client.cookies if "multi" in name] == []
    assert (await client.get(LIST)).json() == []


async def test_a_negative_maximum_stops_the_start(make_auth: MakeAuth) -> None:
    with pytest.raises(ConfigurationError, match=r"plugins\.multi-session\.maximum_sessions"):
        await make_auth(plugins={"multi-session": {"maximum_sessions": -1}})
