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


UNPROVEN = {"account_linking": {"require_local_email_verified": False}}
EVE = {**ADA, "id": 666, "verified": False}


async def test_an_account_of_another_provider_that_came_first_is_shut_out(make_auth: MakeAuth) -> None:
    auth = await with_github(make_auth, GitHub({"ada": ADA, "eve": EVE}), account=UNPROVEN)
    eve, ada = Client(auth.app), Client(auth.app)
    assert await sign_in(eve, "eve") == "/in"
    assert await sign_in(ada) == "/in"
    assert (await eve.get("/api/auth/get-session")).json() is None
    assert await sign_in(eve, "eve") == "/oops?error=account_not_linked"
    (account,) = (await ada.get("/api/auth/list-accounts")).json()
    assert account["accountId"] == "7"


@pytest.mark.parametrize("different", [False, True])
async def test_a_trusted_provider_shuts_out_whoever_came_first_but_no_other_trusted_one(
    make_auth: MakeAuth, different: bool
) -> None:
    linking = {"trusted_providers": ["github", "gitlab", "credential"], "allow_different_emails": different}
    auth = await with_github(
        make_auth,
        GitHub({"ada": {**ADA, "verified": False}}),
        account={"account_linking": {**UNPROVEN["account_linking"], **linking}},
    )
    eve, user_id = await signed_up(auth)
    now = auth.context.now()
    times = {"createdAt": now, "updatedAt": now}
    await auth.context.accounts.create(
        {**times, "id": "other", "providerId": "gitlab", "accountId": "1", "userId": user_id}
    )
    assert await sign_in(Client(auth.app)) == "/in"
    assert await providers_of(auth, user_id) == (["github"] if different else ["github", "gitlab"])
    assert (await eve.get("/api/auth/get-session")).json() is None


async def test_a_link_to_another_address_that_was_mailed_before_is_void(make_auth: MakeAuth) -> None:
    mails: list[dict[str, Any]] = []

    async def send(mail: dict[str, Any], _: Any = None) -> None:
        mails.append(mail)

    auth = await with_github(
        make_auth,
        GitHub(),
        account=UNPROVEN,
        email_verification={"send_verification_email": send},
        user={"change_email": {"enabled": True}},
    )
    eve, user_id = await signed_up(auth)
    await eve.post("/api/auth/change-email", {"newEmail": "eve@example.com"})
    assert await sign_in(Client(auth.app)) == "/in"
    assert [mail["user"]["email"] for mail in mails] == ["eve@example.com"]
    await Client(auth.app).get(mails[0]["url"].removeprefix("http://localhost:3000"))
    user = await auth.context.users.find(user_id)
    assert user is not None
    assert user["email"] == "ada@example.com"


async def test_an_address_is_no_other_one_in_small_letters(make_auth: MakeAuth) -> None:
    kelvin = {**ADA, "id": 9, "email": "\u212aen@example.com"}
    auth = await with_github(make_auth, GitHub({"kelvin": kelvin, "capitals": {**ADA, "email": "KEN@EXAMPLE.COM"}}))
    _, user_id = await signed_up(auth, "ken@example.com", verified=True)
    assert await sign_in(Client(auth.app), "kelvin") == "/oops?error=email_not_found"
    assert await providers_of(auth, user_id) == ["credential"]
    assert await sign_in(Client(auth.app), "capitals") == "/in"
    assert await providers_of(auth, user_id) == ["credential", "github"]


async def test_an_overriding_provider_vouches_for_no_address_that_came_meanwhile(make_auth: MakeAuth) -> None:
    github = GitHub({"ada": {**ADA, "verified": False}})
    auth = await with_github(make_auth, github, provider={"override_user_info_on_sign_in": True})
    await sign_in(Client(auth.app))
    github.people["ada"] = ADA
    (user,) = await auth.context.rows.find_many("user")
    update = type(auth.context.users).update

    async def moved_first(users: Any, user_id: str, changes: dict[str, Any], **more: Any) -> Any:
        # As another process would, between what was read and what is written.
        await update(users, user_id, {"email": "elsewhere@example.com"})
        return await update(users, user_id, changes, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(auth.context.users), "update", moved_first)
        await sign_in(Client(auth.app))
    found = await auth.context.users.find(user["id"])
    assert found is not None
    assert (found["email"], found["emailVerified"]) == ("elsewhere@example.com", False)
