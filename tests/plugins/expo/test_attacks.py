"""What must not be had from the expo plugin: signatures of other cookies' values, cookies for strangers' apps."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from betterauth_py import BetterAuth
from tests.conftest import MakeAuth
from tests.http.client import Client, Reply
from tests.http.oauth_world import GitHub, begin, come_back, with_github

PROXY = "/api/auth/expo-authorization-proxy?authorizationURL="


async def made(make_auth: MakeAuth) -> BetterAuth:
    return await with_github(make_auth, GitHub(), plugins=["expo"], trusted_origins=["myapp://"])


async def proxied(auth: BetterAuth, state: str) -> Reply:
    url = f"https://evil.test/?state={quote(state, safe='')}"
    return await Client(auth.app).get(PROXY + quote(url, safe=""))


async def test_it_signs_no_session_token(make_auth: MakeAuth) -> None:
    auth = await made(make_auth)
    client = Client(auth.app)
    body = {"name": "Ada", "email": "ada@example.com", "password": "correct horse"}
    token = (await client.post("/api/auth/sign-up/email", body)).json()["token"]
    # Whoever has read it in a database, or as a bearer token, would have the cookie.
    reply = await proxied(auth, token)
    assert (reply.status, reply.json(), reply.set_cookies) == (400, {"message": "Unexpected error"}, [])


@pytest.mark.parametrize("value", ["a:", 'x"', "{}", "a!b", "a b", "a;b", "a,b", "é", "a\nb", "\0"])
async def test_it_signs_no_value_of_another_cookie(make_auth: MakeAuth, value: str) -> None:
    reply = await proxied(await made(make_auth), value)
    assert (reply.status, reply.set_cookies) == (400, [])


@pytest.mark.parametrize(
    "url",
    ["https:\n//evil.test/?state=a", "https://evil.test/\r\nset-cookie: a=b?state=a", "\thttps://evil.test/?state=a"],
)
async def test_it_breaks_no_line(make_auth: MakeAuth, url: str) -> None:
    reply = await Client((await made(make_auth)).app).get(PROXY + quote(url, safe=""))
    assert (reply.status, reply.json()) == (400, {"message": "Invalid authorizationURL"})


async def test_no_other_app_gets_the_cookies(make_auth: MakeAuth) -> None:
    auth = await made(make_auth)
    client = Client(auth.app)
    app = [("expo-origin", "otherapp://"), ("content-type", "application/json"), ("cookie", "a=b")]
    body = b'{"provider":"github","callbackURL":"otherapp://home"}'
    refused = await client.send("POST", "/api/auth/sign-in/social", app, body)
    assert refused.status == 403
    # Nor a page: its cookies stay in the browser.
    reply = await come_back(client, await begin(client, callbackURL="http://localhost:3000/in"))
    assert reply.header("location") == "http://localhost:3000/in"
