"""What the scenarios of the electron plugin do not show: forged cookies, races on PostgreSQL, providers, options."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from betterauth_py import BetterAuth, ConfigurationError
from betterauth_py.core.caller import NoRequest
from betterauth_py.crypto.random import generate_id
from betterauth_py.crypto.signing import encode_base64url
from betterauth_py.flows.proven_sign_in import sign_in_by_proof
from betterauth_py.plugins import find_session
from tests.conftest import CHEAP_PASSWORDS, MakeAuth
from tests.http.client import Client, Reply

ADA = {"name": "Ada", "email": "ada@example.com", "password": "correct horse"}
VERIFIER = "a-verifier-that-only-the-app-knows"
CHALLENGE = encode_base64url(sha256(VERIFIER.encode()).digest())
ASKED = {"client_id": "electron", "state": "s", "code_challenge": CHALLENGE}
INIT = "/api/auth/electron/init-oauth-proxy"


async def made(make_auth: MakeAuth, **options: Any) -> BetterAuth:
    return await make_auth(
        **{
            "plugins": ["electron"],
            "email_and_password": {"enabled": True, "password": CHEAP_PASSWORDS},
            "social_providers": {"github": {"client_id": "gh", "client_secret": "s"}},
            **options,
        }
    )


async def sign_up(auth: BetterAuth, client: Client, **body: Any) -> Reply:
    reply = await client.post(f"/api/auth/sign-up/email?{urlencode(ASKED)}", {**ADA, **body})
    assert reply.status == 200
    return reply


async def exchange(auth: BetterAuth, code: str, **body: Any) -> Reply:
    return await Client(auth.app).post(
        "/api/auth/electron/token", {"token": code, "state": "s", "code_verifier": VERIFIER, **body}
    )


async def test_a_code_is_spent_once_by_many(make_auth: MakeAuth, postgres: Any) -> None:
    database = {"url": postgres.database(f"electron_{generate_id(8).lower()}")}
    auth = await made(make_auth, database=database)
    code = (await sign_up(auth, Client(auth.app))).json()["electron_authorization_code"]
    replies = await asyncio.gather(*(exchange(auth, code) for _ in range(8)))
    assert sorted(reply.status for reply in replies) == [200, *[404] * 7]


async def test_the_first_proof_of_an_address_ends_the_codes_from_before(make_auth: MakeAuth) -> None:
    """Eve has signed up with Ada's address, and not exchanged her code yet."""
    auth = await made(make_auth)
    code = (await sign_up(auth, Client(auth.app))).json()["electron_authorization_code"]

    async def nobody() -> Any:
        raise AssertionError

    await sign_in_by_proof(NoRequest(auth.context), ADA["email"], nobody)
    reply = await exchange(auth, code)
    assert (reply.status, reply.json()["code"]) == (404, "INVALID_TOKEN")


@pytest.mark.parametrize("wrong", [{"state": "other"}, {"code_verifier": "guessed"}])
async def test_a_wrong_guess_spends_the_code(make_auth: MakeAuth, wrong: dict[str, str]) -> None:
    auth = await made(make_auth)
    code = (await sign_up(auth, Client(auth.app))).json()["electron_authorization_code"]
    assert (await exchange(auth, code, **wrong)).status == 400
    assert (await exchange(auth, code)).status == 404


async def test_a_cookie_of_another_kind_shows_nothing(make_auth: MakeAuth) -> None:
    auth = await made(make_auth)
    client = Client(auth.app)
    await client.post("/api/auth/sign-up/email", {**ADA, "rememberMe": False})
    mark = client.cookies["better-auth.dont_remember"]
    for value in (mark, client.cookies["better-auth.session_token"], "x", f"B{mark}"):
        reply = await Client(auth.app, cookies={"better-auth.transfer_token": value}).post(
            "/api/auth/sign-in/email", {"email": ADA["email"], "password": ADA["password"]}
        )
        assert set(reply.json()) == {"redirect", "token", "user"}


async def test_the_code_is_for_whoever_has_just_signed_in(make_auth: MakeAuth) -> None:
    async def read_session(ctx: Any) -> None:
        await find_session(ctx)

    auth = await made(make_auth, hooks={"before": read_session})
    shared = Client(auth.app)
    await sign_up(auth, shared)
    code = (await sign_up(auth, shared, name="Bob", email="bob@example.com")).json()["electron_authorization_code"]
    assert (await exchange(auth, code)).json()["user"]["name"] == "Bob"


async def test_the_proxy_begins_as_a_page_of_this_server_would(make_auth: MakeAuth) -> None:
    auth = await made(make_auth, rate_limit={"enabled": False})
    query = urlencode({"provider": "github", "state": "s", "code_challenge": CHALLENGE})
    navigations: list[dict[str, str]] = [
        {},
        {"cookie": "a=b"},
        {"origin": "https://evil.test", "cookie": "a=b"},
        {"sec-fetch-site": "none", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"},
    ]
    for headers in navigations:
        client = Client(auth.app)
        reply = await client.get(f"{INIT}?{query}", headers)
        assert (reply.status, reply.body, urlsplit(reply.header("location") or "").netloc) == (302, b"", "github.com")
        assert sorted(client.cookies) == ["better-auth.state", "better-auth.transfer_token"]


async def test_the_proxy_says_why_it_cannot_begin_and_sets_no_cookie(make_auth: MakeAuth) -> None:
    auth = await made(make_auth)
    query = urlencode({"provider": "nobody", "state": "s", "code_challenge": CHALLENGE})
    reply = await Client(auth.app).get(f"{INIT}?{query}")
    assert (reply.status, reply.json(), reply.set_cookies) == (500, {"message": "Provider not found"}, [])


async def test_the_proxy_is_limited_as_a_sign_in(make_auth: MakeAuth) -> None:
    auth = await made(make_auth, rate_limit={"enabled": True})
    query = urlencode({"provider": "github", "state": "s", "code_challenge": CHALLENGE})
    client = Client(auth.app)
    headers = {"x-forwarded-for": "203.0.113.7"}
    assert [(await client.get(f"{INIT}?{query}", headers)).status for _ in range(4)] == [302, 302, 302, 429]


@pytest.mark.parametrize(
    "wrong",
    [{"code_expires_in": -1}, {"redirect_cookie_expires_in": 40_000_000}, {"client_id": "a b"}, {"client_id": ""}],
)
async def test_wrong_options_stop_the_start(make_auth: MakeAuth, wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=f"plugins.electron.{next(iter(wrong))}"):
        await made(make_auth, plugins={"electron": wrong})
