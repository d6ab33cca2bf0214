"""Linking accounts of providers: takeovers that must not work, and sessions that end meanwhile."""

from __future__ import annotations

from asyncio import gather
from typing import Any

import pytest

from betterauth_py import BetterAuth
from tests.conftest import MakeAuth
from tests.http.client import Client
from tests.http.oauth_world import ADA, GitHub, begin, come_back, count, sign_in, with_github

PASSWORD = "correct horse"
LINK = "/api/auth/link-social"


async def signed_up(auth: BetterAuth, email: str = "ada@example.com", *, verified: bool = False) -> tuple[Client, str]:
    """Return the browser of somebody who has signed up with a password, and the user's id."""
    client = Client(auth.app)
    reply = await client.post("/api/auth/sign-up/email", {"name": "Ada", "email": email, "password": PASSWORD})
    user_id = str(reply.json()["user"]["id"])
    if verified:
        await auth.context.users.update(user_id, {"emailVerified": True})
    return client, user_id


async def providers_of(auth: BetterAuth, user_id: str) -> list[str]:
    return sorted(account["providerId"] for account in await auth.context.accounts.list_of(user_id))


async def test_whoever_signed_up_first_with_the_address_is_shut_out(make_auth: MakeAuth) -> None:
    auth = await with_github(make_auth, GitHub(), account={"account_linking": {"require_local_email_verified": False}})
    eve, user_id = await signed_up(auth)
    assert await sign_in(Client(auth.app)) == "/in"
    assert await providers_of(auth, user_id) == ["github"]
    assert (await eve.get("/api/auth/get-session")).json() is None
    again = await eve.post("/api/auth/sign-in/email", {"email": "ada@example.com", "password": PASSWORD})
    assert again.status == 401


async def test_the_password_of_a_verified_user_stays(make_auth: MakeAuth) -> None:
    auth = await with_github(make_auth, GitHub())
    client, user_id = await signed_up(auth, verified=True)
    assert await sign_in(Client(auth.app)) == "/in"
    assert await providers_of(auth, user_id) == ["credential", "github"]
    assert (await client.get("/api/auth/get-session")).json()["user"]["id"] == user_id


async def test_an_address_that_changes_while_the_provider_answers_links_nothing(make_auth: MakeAuth) -> None:
    github = GitHub()
    auth = await with_github(make_auth, github)
    _, user_id = await signed_up(auth, verified=True)

    async def validate(_: dict[str, Any], __: Any) -> None:
        await auth.context.users.update(user_id, {"email": "elsewhere@example.com"})

    object.__setattr__(auth.context.options.user, "validate_user_info", validate)
    assert await sign_in(Client(auth.app)) == "/in"
    # The address is free by now, so somebody new has come.
    assert await providers_of(auth, user_id) == ["credential"]
    assert await count(auth, "user") == [2]


async def test_links_of_one_account_by_two_users_at_once_leave_one(make_auth: MakeAuth) -> None:
    auth = await with_github(
        make_auth, GitHub(seconds=0.05), account={"account_linking": {"allow_different_emails": True}}
    )
    people = [await signed_up(auth, f"p{number}@example.com") for number in range(3)]
    states = [await begin(client, LINK) for client, _ in people]
    replies = await gather(*(come_back(client, state) for (client, _), state in zip(people, states, strict=True)))
    taken = "/oops?error=account_already_linked_to_different_user"
    assert sorted(str(reply.header("location")) for reply in replies) == ["/in", taken, taken]
    assert await count(auth, "account") == [4]


@pytest.mark.parametrize("how", ["revoked", "deleted"])
async def test_a_session_that_ends_meanwhile_links_nothing(make_auth: MakeAuth, how: str) -> None:
    auth = await with_github(make_auth, GitHub(), user={"delete_user": {"enabled": True}})
    client, user_id = await signed_up(auth)
    state = await begin(client, LINK)
    if how == "revoked":
        await auth.context.sessions.delete_all_of(user_id)
    else:
        await client.post("/api/auth/delete-user", {"password": PASSWORD})
    cookies = {"better-auth.state": client.cookies["better-auth.state"]}
    reply = await come_back(Client(auth.app, cookies=cookies), state)
    assert reply.header("location") == "/oops?error=unable_to_link_account"
    assert "github" not in await providers_of(auth, user_id)


async def test_an_untrusted_address_takes_over_nobody_whatever_the_request_says(make_auth: MakeAuth) -> None:
    auth = await with_github(
        make_auth,
        GitHub({"eve": {**ADA, "id": 666, "verified": False}}),
        account={"account_linking": {"trusted_providers": lambda request: ["github"] if request is None else []}},
    )
    _, user_id = await signed_up(auth, verified=True)
    assert await sign_in(Client(auth.app), "eve") == "/oops?error=account_not_linked"
    assert await providers_of(auth, user_id) == ["credential"]


async def test_an_overriding_provider_takes_no_address_of_others(make_auth: MakeAuth) -> None:
    github = GitHub({"ada": ADA, "moved": {**ADA, "email": "bob@example.com"}})
    auth = await with_github(make_auth, github, provider={"override_user_info_on_sign_in": True})
    await signed_up(auth, "bob@example.com")
    client = Client(auth.app)
    await sign_in(client)
    assert await sign_in(client, "moved") == "/in"
    assert (await client.get("/api/auth/get-session")).json()["user"]["email"] == "ada@example.com"


async def test_relative_urls_lead_to_the_application(make_auth: MakeAuth) -> None:
    auth = await with_github(make_auth, GitHub(), app_url="https://app.example.com")
    client = Client(auth.app)
    assert await sign_in(client) == "https://app.example.com/in"
    assert await sign_in(client, "nobody") == "https://app.example.com/oops?error=invalid_code"
