"""Tokens of providers: rotation under load and between processes, encryption, and calls of code in this process."""

from __future__ import annotations

from asyncio import gather
from datetime import timedelta
from typing import Any

import pytest

from betterauth_py import APIError, BetterAuth
from tests.conftest import MakeAuth
from tests.http.client import Client
from tests.http.oauth_world import GitHub, sign_in, with_github


async def signed_in(auth: BetterAuth) -> tuple[Client, dict[str, Any]]:
    """Return a browser that is signed in with GitHub, and its account."""
    client = Client(auth.app)
    await sign_in(client)
    (account,) = (await client.get("/api/auth/list-accounts")).json()
    return client, account


async def expire(auth: BetterAuth, account_id: str) -> None:
    """Let the account's access token have ended."""
    await auth.context.accounts.update(account_id, {"accessTokenExpiresAt": auth.context.now() - timedelta(hours=1)})


async def test_an_expired_token_is_refreshed_once_for_all_who_ask(make_auth: MakeAuth) -> None:
    github = GitHub(expires_in=3600, refresh_token="r")
    auth = await with_github(make_auth, github)
    client, account = await signed_in(auth)
    await expire(auth, account["id"])
    github.seconds = 0.05
    asked = len(github.requests)
    replies = await gather(*(client.post("/api/auth/get-access-token", {"accountId": account["id"]}) for _ in range(6)))
    assert {reply.status for reply in replies} == {200}
    assert len({reply.json()["accessToken"] for reply in replies}) == 1
    assert len(github.requests) == asked + 1
    assert github.refresh_token == "r+"


@pytest.mark.parametrize(("path", "refreshes"), [("get-access-token", 1), ("refresh-token", 6)])
async def test_concurrent_requests_with_one_cookie_use_no_refresh_token_twice(
    make_auth: MakeAuth, path: str, refreshes: int
) -> None:
    github = GitHub(expires_in=1, refresh_token="r")
    auth = await with_github(make_auth, github, account={"store_account_cookie": True})
    client, _ = await signed_in(auth)
    github.seconds, github.expires_in = 0.05, 3600
    asked = len(github.requests)
    replies = await gather(*(client.post(f"/api/auth/{path}", {"useAccountCookie": True}) for _ in range(6)))
    assert {reply.status for reply in replies} == {200}
    # The provider revokes everything if a refresh token comes a second time (RFC 9700, 4.14.2).
    assert (len(github.requests) - asked, github.refresh_token) == (refreshes, "r" + refreshes * "+")


async def test_an_old_cookie_does_not_hide_the_stored_token(make_auth: MakeAuth) -> None:
    github = GitHub(expires_in=1, refresh_token="r")
    auth = await with_github(make_auth, github, account={"store_account_cookie": True})
    client, _ = await signed_in(auth)
    old = client.cookies["better-auth.account_data"]
    github.expires_in = 3600
    first = await client.post("/api/auth/get-access-token", {"useAccountCookie": True})
    client.cookies["better-auth.account_data"] = old
    second = await client.post("/api/auth/get-access-token", {"useAccountCookie": True})
    assert (first.status, second.status) == (200, 200)
    assert second.json()["accessToken"] == first.json()["accessToken"]
    assert github.refresh_token == "r+"


async def test_each_of_several_refreshes_uses_the_token_of_the_one_before(make_auth: MakeAuth) -> None:
    github = GitHub(expires_in=3600, refresh_token="r")
    auth = await with_github(make_auth, github)
    client, account = await signed_in(auth)
    github.seconds = 0.05
    replies = await gather(*(client.post("/api/auth/refresh-token", {"accountId": account["id"]}) for _ in range(4)))
    assert {reply.status for reply in replies} == {200}
    assert sorted(reply.json()["refreshToken"] for reply in replies) == ["r+", "r++", "r+++", "r++++"]
    (stored,) = await auth.context.accounts.list_of(account["userId"])
    assert stored["refreshToken"] == "r++++"


async def test_what_another_process_has_refreshed_counts(make_auth: MakeAuth) -> None:
    github = GitHub(expires_in=3600, refresh_token="r")
    auth = await with_github(make_auth, github)
    client, account = await signed_in(auth)
    await expire(auth, account["id"])

    async def another_process(_: Any) -> None:
        if github.refresh_token == "r":
            github.refresh_token = "r+"
            fresh = {"accessToken": "theirs", "refreshToken": "r+"}
            later = auth.context.now() + timedelta(hours=1)
            await auth.context.accounts.update(account["id"], {**fresh, "accessTokenExpiresAt": later})

    github.look = another_process
    reply = await client.post("/api/auth/get-access-token", {"accountId": account["id"]})
    assert (reply.status, reply.json()["accessToken"]) == (200, "theirs")


async def test_late_tokens_do_not_replace_newer_ones(make_auth: MakeAuth) -> None:
    github = GitHub(expires_in=3600, refresh_token="r")
    auth = await with_github(make_auth, github)
    client, account = await signed_in(auth)

    async def sign_in_elsewhere(_: Any) -> None:
        await auth.context.accounts.update(account["id"], {"accessToken": "newer", "refreshToken": "newer"})

    github.look = sign_in_elsewhere
    reply = await client.post("/api/auth/refresh-token", {"accountId": account["id"]})
    assert reply.status == 200
    (stored,) = await auth.context.accounts.list_of(account["userId"])
    assert (stored["accessToken"], stored["refreshToken"]) == ("newer", "newer")


async def test_encrypted_tokens_stand_nowhere_in_the_clear(make_auth: MakeAuth) -> None:
    github = GitHub(expires_in=3600, refresh_token="refresh-1")
    auth = await with_github(make_auth, github, account={"encrypt_oauth_tokens": True})
    client, account = await signed_in(auth)
    for _ in range(2):
        (stored,) = await auth.context.accounts.list_of(account["userId"])
        assert "access-" not in str(stored)
        assert "refresh-1" not in str(stored)
        reply = await client.post("/api/auth/refresh-token", {"accountId": account["id"]})
        assert reply.json()["accessToken"].startswith("access-")
        assert reply.json()["refreshToken"].startswith("refresh-1")


async def test_code_of_this_process_names_the_user(make_auth: MakeAuth) -> None:
    auth = await with_github(make_auth, GitHub())
    _, account = await signed_in(auth)
    selection = {"accountId": account["id"]}
    given = await auth.api.get_access_token(body={**selection, "userId": account["userId"]})
    assert given["accessToken"].startswith("access-")
    info = await auth.api.account_info(query={**selection, "userId": account["userId"]})
    assert (info["user"]["email"], info["account"]["accountId"]) == ("ada@example.com", "7")
    for wrong, code in (
        (selection, "USER_ID_OR_SESSION_REQUIRED"),
        ({**selection, "userId": "somebody"}, "ACCOUNT_NOT_FOUND"),
    ):
        with pytest.raises(APIError) as refused:
            await auth.api.get_access_token(body=wrong)
        assert refused.value.code == code
    with pytest.raises(APIError) as refused:
        # With headers it acts for a client, who has to be signed in.
        await auth.api.get_access_token(body={**selection, "userId": account["userId"]}, headers={})
    assert refused.value.status == 401


async def test_a_cookie_of_another_user_selects_nothing(make_auth: MakeAuth) -> None:
    auth = await with_github(make_auth, GitHub(), account={"store_account_cookie": True})
    ada, _ = await signed_in(auth)
    bob = Client(auth.app)
    await bob.post("/api/auth/sign-up/email", {"name": "Bob", "email": "b@example.com", "password": "correct horse"})
    bob.cookies["better-auth.account_data"] = ada.cookies["better-auth.account_data"]
    assert (await ada.post("/api/auth/get-access-token", {"useAccountCookie": True})).status == 200
    reply = await bob.post("/api/auth/get-access-token", {"useAccountCookie": True})
    assert (reply.status, reply.json()["code"]) == (400, "ACCOUNT_NOT_FOUND")
