"""What the scenarios of the last-login-method plugin do not show: options, what it costs, calls without requests."""

from __future__ import annotations

from typing import Any

import pytest

from betterauth_py import BetterAuth, ConfigurationError
from betterauth_py.plugins.last_login_method import last_login_method
from tests.conftest import MakeAuth
from tests.http.client import Client
from tests.http.oauth_world import GitHub, sign_in, with_github
from tests.http.people import ALICE, PASSWORD, sign_up

COOKIE = "better-auth.last_used_login_method"
STORED = {"plugins": {"last-login-method": {"store_in_database": True}}}


async def test_it_costs_other_endpoints_nothing(make_auth: MakeAuth) -> None:
    plugin = last_login_method()
    (hook,) = plugin.after
    assert [path for path in ("/get-session", "/sign-out", "/ok", "/sign-in/username") if hook.touches(path)] == []
    assert hook.touches("/callback/:id")
    assert hook.touches("/siwe/verify")
    assert plugin.columns == {}
    auth = await make_auth(plugins=[plugin])
    assert not auth.context.rows.hooks.watches("session", "create")


async def test_an_own_function_is_asked_only_where_a_session_cookie_is_set(make_auth: MakeAuth) -> None:
    asked: list[str] = []

    async def method(ctx: Any) -> str | None:
        asked.append(ctx.path)
        return "mine" if ctx.path == "/sign-in/email" else None

    auth = await make_auth(plugins=[last_login_method(custom_resolve_method=method)])
    client = Client(auth.app)
    await sign_up(client)
    await client.get("/api/auth/get-session")
    await client.get("/api/auth/ok")
    assert client.cookies[COOKIE] == "email"
    await client.post("/api/auth/sign-in/email", {"email": ALICE["email"], "password": PASSWORD})
    assert client.cookies[COOKIE] == "mine"
    assert asked == ["/sign-up/email", "/sign-in/email"]


async def test_a_method_that_breaks_a_header_is_encoded(make_auth: MakeAuth) -> None:
    plugin = last_login_method(custom_resolve_method=lambda _: "a;b\r\nSet-Cookie: evil=1")
    client = Client((await make_auth(plugins=[plugin])).app)
    reply = await sign_up(client)
    assert [cookie for cookie in reply.set_cookies if cookie.startswith("evil")] == []
    assert client.cookies[COOKIE] == "a%3Bb%0D%0ASet-Cookie%3A%20evil%3D1"


async def test_the_column_is_written_by_provider_and_password_in_turn(make_auth: MakeAuth) -> None:
    auth = await with_github(make_auth, GitHub(), **STORED)
    client = Client(auth.app)
    assert await sign_in(client) == "/in"
    assert client.cookies[COOKIE] == "github"
    (user,) = await auth.context.rows.find_many("user")
    assert user["lastLoginMethod"] == "github"
    assert (await client.get("/api/auth/get-session")).json()["user"]["lastLoginMethod"] == "github"
    await sign_up(client)
    assert client.cookies[COOKIE] == "email"


async def test_users_without_a_call_have_no_method(make_auth: MakeAuth) -> None:
    auth = await make_auth(**STORED)
    now = auth.context.now()
    row = {"id": "1", "name": "", "email": "a@example.com", "emailVerified": True, "createdAt": now, "updatedAt": now}
    await auth.context.users.create(row)
    (user,) = await auth.context.rows.find_many("user")
    assert user["lastLoginMethod"] is None
    await auth.api.sign_up_email(body=ALICE)
    users = {user["email"]: user for user in await auth.context.rows.find_many("user")}
    assert users[ALICE["email"]]["lastLoginMethod"] == "email"


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"cookie_name": "a b"}, r"`plugins.last-login-method.cookie_name` is no name of a cookie"),
        ({"cookie_name": ""}, r"`plugins.last-login-method.cookie_name` is no name of a cookie"),
        ({"max_age": -1}, r"`plugins.last-login-method.max_age` must be 0 or more"),
        ({"schema": {"user": {"fields": {"lastLogin": "x"}}}, "store_in_database": True}, r"lastLogin"),
    ],
)
def test_wrong_options_stop_the_start(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        BetterAuth(secret="x" * 40, base_url="http://localhost:3000", plugins={"last-login-method": options})
