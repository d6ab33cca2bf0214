"""Signing in with a provider: what the scenarios cannot show, such as races and attacks."""

from __future__ import annotations

from asyncio import gather
from time import monotonic
from typing import Any

import pytest

from betterauth_py.conformance.recorder.embedded_postgres import EmbeddedPostgres
from betterauth_py.crypto.random import generate_id
from tests.conftest import MakeAuth
from tests.http.client import Client
from tests.http.oauth_world import ADA, GitHub, begin, come_back, count, sign_in, with_github


async def test_a_new_user_signs_in_and_again(make_auth: MakeAuth) -> None:
    auth = await with_github(make_auth, GitHub())
    client = Client(auth.app)
    assert await sign_in(client, newUserCallbackURL="/welcome") == "/welcome"
    session = (await client.get("/api/auth/get-session")).json()
    assert session["user"]["email"] == "ada@example.com"
    assert session["user"]["emailVerified"] is True
    assert await sign_in(client, newUserCallbackURL="/welcome") == "/in"
    assert await count(auth, "user", "account", "session", "verification") == [1, 1, 2, 0]


@pytest.fixture(params=["sqlite", "postgres"])
def stored(request: pytest.FixtureRequest) -> dict[str, Any]:
    if request.param == "sqlite":
        return {}
    return {"database": {"url": request.getfixturevalue("postgres").database(f"oauth_{generate_id(8).lower()}")}}


async def test_callbacks_of_one_new_user_at_once_make_one_user(make_auth: MakeAuth, stored: dict[str, Any]) -> None:
    auth = await with_github(make_auth, GitHub(seconds=0.05), **stored)
    browsers = [Client(auth.app) for _ in range(6)]
    states = [await begin(browser) for browser in browsers]
    replies = await gather(*(come_back(one, state) for one, state in zip(browsers, states, strict=True)))
    assert {reply.header("location") for reply in replies} == {"/in"}
    assert await count(auth, "user", "account", "session") == [1, 1, 6]


async def test_one_account_whose_address_changes_meanwhile_stays_one(
    make_auth: MakeAuth, stored: dict[str, Any]
) -> None:
    people = {f"ada{number}": {**ADA, "email": f"ada{number}@example.com"} for number in range(5)}
    auth = await with_github(make_auth, GitHub(people, seconds=0.05), **stored)
    browsers = [Client(auth.app) for _ in people]
    states = [await begin(browser) for browser in browsers]
    replies = await gather(*(come_back(*each) for each in zip(browsers, states, people, strict=True)))
    assert {reply.header("location") for reply in replies} == {"/in"}
    assert await count(auth, "user", "account") == [1, 1]


@pytest.mark.parametrize("strategy", ["database", "cookie"])
async def test_a_state_counts_once(make_auth: MakeAuth, stored: dict[str, Any], strategy: str) -> None:
    auth = await with_github(make_auth, GitHub(), account={"store_state_strategy": strategy}, **stored)
    client = Client(auth.app)
    state = await begin(client)
    old_cookies = dict(client.cookies)
    copies = [Client(auth.app, cookies=dict(old_cookies)) for _ in range(5)]
    replies = await gather(*(come_back(copy, state) for copy in copies))
    # Once with the code, else with an error: of the callback, or before it knows where errors lead to.
    assert [reply.header("location") for reply in replies].count("/in") == 1
    assert all(
        reply.header("location") == "/in" or "error=state_mismatch" in str(reply.header("location"))
        for reply in replies
    )
    late = await come_back(Client(auth.app, cookies=old_cookies), state)
    assert "error=state_mismatch" in str(late.header("location"))
    assert await count(auth, "session", "verification") == [1, 0]


@pytest.mark.parametrize("strategy", ["database", "cookie"])
async def test_a_state_counts_for_its_browser_and_its_provider(make_auth: MakeAuth, strategy: str) -> None:
    github = GitHub()
    google = {"client_id": "id", "client_secret": "secret"}
    auth = await make_auth(
        http_client=github.client(),
        social_providers={"github": google, "google": google},
        account={"store_state_strategy": strategy},
    )
    client, eve = Client(auth.app), Client(auth.app)
    state, others = await begin(client), await begin(eve)
    for browser, given in ((client, others), (eve, state)):
        reply = await come_back(browser, given)
        assert reply.header("location") in {
            "/oops?error=state_mismatch", "http://localhost:3000/api/auth/error?error=state_mismatch",
        }  # fmt: skip
    mixed_up = await come_back(client, state, provider="google")
    assert mixed_up.header("location") == "/oops?error=state_mismatch"
    assert github.requests == []
    assert await count(auth, "session") == [0]


async def test_another_browser_may_end_it_where_the_option_says_so(make_auth: MakeAuth) -> None:
    auth = await with_github(make_auth, GitHub(), account={"skip_state_cookie_check": True})
    state = await begin(Client(auth.app))
    assert (await come_back(Client(auth.app), state)).header("location") == "/in"


@pytest.mark.parametrize("strategy", ["database", "cookie"])
async def test_additional_data_replaces_nothing(make_auth: MakeAuth, strategy: str) -> None:
    auth = await with_github(make_auth, GitHub(), account={"store_state_strategy": strategy})
    victim = await auth.api.sign_up_email(body={"name": "V", "email": "v@example.com", "password": "correct horse"})
    client = Client(auth.app)
    state = await begin(
        client,
        additionalData={
            "link": {"userId": victim["user"]["id"], "email": "ada@example.com"},
            "callbackURL": "https://evil.test",
            "newUserURL": "https://evil.test",
            "errorURL": "https://evil.test",
            "serverContext": {"role": "admin"},
            "requestSignUp": True,
            "expiresAt": 9e15,
            "oauthProvider": "google",
            "idTokenNonce": "mine",
            "codeVerifier": "mine",
            "oauthState": "mine",
        },
    )
    assert (await come_back(client, state)).header("location") == "/in"
    assert [one["providerId"] for one in await auth.context.accounts.list_of(victim["user"]["id"])] == ["credential"]
    assert await count(auth, "user") == [2]


async def test_no_connection_is_held_while_the_provider_answers(
    make_auth: MakeAuth, postgres: EmbeddedPostgres
) -> None:
    github = GitHub(seconds=0.3)
    url = postgres.database(f"oauth_{generate_id(8).lower()}")
    auth = await with_github(make_auth, github, database={"url": url, "pool_size": 2, "max_overflow": 0})
    busy: list[int] = []
    engine = auth.context.database.engine

    async def look(_: Any) -> None:
        busy.append(engine.pool.checkedout())  # type: ignore[attr-defined]

    github.look = look
    github.people = {f"p{number}": {**ADA, "id": number, "email": f"p{number}@example.com"} for number in range(40)}
    browsers = [Client(auth.app) for _ in github.people]
    states = [await begin(browser) for browser in browsers]
    started = monotonic()
    replies = await gather(*(come_back(*each) for each in zip(browsers, states, github.people, strict=True)))
    assert {reply.header("location") for reply in replies} == {"/in"}
    # Three requests of 0.3 s each, all at once. With a connection held it would take 40 / 2 times as long.
    assert monotonic() - started < 9
    assert len(busy) == 120
    assert min(busy) == 0


async def test_a_provider_that_is_down_is_told_at_once(make_auth: MakeAuth) -> None:
    auth = await with_github(make_auth, GitHub(is_down=True))
    client = Client(auth.app)
    started = monotonic()
    assert await sign_in(client) == "/oops?error=invalid_code"
    assert monotonic() - started < 1
    assert await count(auth, "user", "session", "verification") == [0, 0, 0]


@pytest.mark.parametrize(
    "strange",
    [
        {"email": "a\0b@example.com"},
        {"email": "\ud800@example.com"},
        {"email": "A" * 100_000 + "@example.com"},
        {"email": {"not": "text"}},
        {"name": {"not": "text"}, "login": None},
        {"name": "a\0b"},
        {"avatar_url": ["https://example.com"]},
        {"id": "\ud800"},
        {"id": "a\0b"},
        {"id": "7" * 100_000},
        {"id": None},
        {"id": True},
        {"verified": "yes"},
    ],
)
async def test_no_profile_makes_an_error_500_or_half_a_user(
    make_auth: MakeAuth, stored: dict[str, Any], strange: dict[str, Any]
) -> None:
    auth = await with_github(make_auth, GitHub({"ada": {**ADA, **strange}}), **stored)
    location = await sign_in(Client(auth.app))
    users, accounts, sessions = await count(auth, "user", "account", "session")
    assert users == accounts == sessions == (1 if location == "/in" else 0)
    assert location == "/in" or location.startswith("/oops?error=")


async def test_codes_tokens_and_secrets_are_in_no_log(make_auth: MakeAuth, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "betterauth")
    github = GitHub(refresh_token="refresh-1", expires_in=60)
    auth = await with_github(make_auth, github)
    client = Client(auth.app)
    state = await begin(client)
    await come_back(client, state)
    github.is_down = True
    await come_back(client, await begin(client), code="a-code-nobody-sees")
    text = caplog.text + repr(auth.context.oauth_providers) + repr(auth.options)
    for secret in ("access-", "refresh-1", "a-code-nobody-sees", state, "'secret'"):
        assert secret not in text


@pytest.mark.parametrize("number", [2**53, 2**53 + 1, 1e308, -(2**60)])
async def test_numbers_that_json_rounds_are_no_ids(make_auth: MakeAuth, number: float) -> None:
    auth = await with_github(make_auth, GitHub({"ada": {**ADA, "id": number}}))
    assert await sign_in(Client(auth.app)) == "/oops?error=unable_to_get_user_info"


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.com\r\nBcc: eve@example.com",
        " ada@example.com",
        "ada@example.com\u200b",
        "ada@b@example.com",
        "ada@example.com,eve@example.com",
        "\u0130da@example.com",
        "ada\u2028@example.com",
        "a" * 321,
    ],
)
async def test_what_is_not_one_address_signs_nobody_up(make_auth: MakeAuth, address: str) -> None:
    auth = await with_github(make_auth, GitHub({"ada": {**ADA, "email": address}}))
    assert await sign_in(Client(auth.app)) == "/oops?error=email_not_found"
    assert await count(auth, "user") == [0]


async def test_an_account_that_is_unlinked_meanwhile_signs_nobody_in(
    make_auth: MakeAuth, stored: dict[str, Any]
) -> None:
    auth = await with_github(make_auth, GitHub(), account={"update_account_on_sign_in": False}, **stored)
    client = Client(auth.app)
    await sign_in(client)
    (account,) = (await client.get("/api/auth/list-accounts")).json()

    async def validate(_: dict[str, Any], __: Any) -> None:
        await auth.context.accounts.delete(account["id"])

    object.__setattr__(auth.context.options.user, "validate_user_info", validate)
    assert await sign_in(Client(auth.app)) == "/oops?error=unable_to_create_session"
    assert await count(auth, "session") == [1]
