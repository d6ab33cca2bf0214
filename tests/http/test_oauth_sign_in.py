"""Signing in with a provider: what the scenarios cannot show, such as races and attacks."""

from __future__ import annotations

from tests.conftest import MakeAuth
from tests.http.client import Client
from tests.http.oauth_world import GitHub, count, sign_in, with_github


async def test_a_new_user_signs_in_and_again(make_auth: MakeAuth) -> None:
    auth = await with_github(make_auth, GitHub())
    client = Client(auth.app)
    assert await sign_in(client, newUserCallbackURL="/welcome") == "/welcome"
    session = (await client.get("/api/auth/get-session")).json()
    assert session["user"]["email"] == "ada@example.com"
    assert session["user"]["emailVerified"] is True
    assert await sign_in(client, newUserCallbackURL="/welcome") == "/in"
    assert await count(auth, "user", "account", "session", "verification") == [1, 1, 2, 0]
