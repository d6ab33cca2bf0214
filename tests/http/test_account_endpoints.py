"""What the scenarios cannot show of the account endpoints: races, many rows, server-only calls."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from betterauth_py import APIError, BetterAuth
from betterauth_py.clock import ManualClock
from tests.conftest import MakeAuth

PASSWORD = "correct horse battery"


async def signed_up(auth: BetterAuth, email: str = "ada@example.com") -> tuple[dict[str, Any], dict[str, str]]:
    result = await auth.api.sign_up_email(
        body={"name": "Ada", "email": email, "password": PASSWORD}, headers={}, return_headers=True
    )
    return result.response["user"], {"cookie": result.headers.cookies[0].split(";")[0]}


async def another_account(auth: BetterAuth, user: dict[str, Any], provider: str) -> str:
    now = auth.context.now()
    row = {
        "id": f"{provider}-account",
        "accountId": f"{provider}-id",
        "providerId": provider,
        "userId": user["id"],
        "createdAt": now,
        "updatedAt": now,
    }
    await auth.context.accounts.create(row)
    return str(row["id"])


async def test_two_requests_at_once_leave_one_account(make_auth: MakeAuth) -> None:
    auth = await make_auth()
    user, headers = await signed_up(auth)
    other = await another_account(auth, user, "github")
    own = next(account["id"] for account in await auth.context.accounts.list_of(user["id"]) if account["id"] != other)
    answers = await asyncio.gather(
        *(auth.api.unlink_account(body={"accountId": account}, headers=headers) for account in (own, other)),
        return_exceptions=True,
    )
    refused = [answer for answer in answers if isinstance(answer, APIError)]
    assert [error.code for error in refused] == ["FAILED_TO_UNLINK_LAST_ACCOUNT"]
    assert len(await auth.context.accounts.list_of(user["id"])) == 1


async def test_the_last_account_goes_if_the_options_allow_it(make_auth: MakeAuth) -> None:
    auth = await make_auth(account={"account_linking": {"allow_unlinking_all": True}})
    user, headers = await signed_up(auth)
    (account,) = await auth.context.accounts.list_of(user["id"])
    assert await auth.api.unlink_account(body={"accountId": account["id"]}, headers=headers) == {"status": True}
    assert await auth.context.accounts.list_of(user["id"]) == []


async def test_all_other_sessions_are_revoked_however_many(make_auth: MakeAuth) -> None:
    auth = await make_auth()
    user, headers = await signed_up(auth)
    now = auth.context.now()
    for number in range(130):
        await auth.context.sessions.create(
            {
                "id": f"s{number}",
                "token": f"t{number}",
                "userId": user["id"],
                "expiresAt": now + timedelta(days=1),
                "createdAt": now,
                "updatedAt": now,
            }
        )
    assert await auth.api.revoke_other_sessions(headers=headers) == {"status": True}
    assert len(await auth.api.list_sessions(headers=headers)) == 1


async def test_a_first_password_can_be_set_once(make_auth: MakeAuth) -> None:
    auth = await make_auth(account={"account_linking": {"allow_unlinking_all": True}})
    user, headers = await signed_up(auth)
    with pytest.raises(APIError) as refused:
        await auth.api.set_password(body={"newPassword": "another password"}, headers=headers)
    assert refused.value.body == {"message": "User already has a password set", "code": "PASSWORD_ALREADY_SET"}
    (account,) = await auth.context.accounts.list_of(user["id"])
    await auth.context.accounts.delete(account["id"])
    assert await auth.api.set_password(body={"newPassword": "another password"}, headers=headers) == {"status": True}
    signed_in = await auth.api.sign_in_email(body={"email": "ada@example.com", "password": "another password"})
    assert signed_in["user"]["id"] == user["id"]


async def test_setting_a_password_needs_a_session(make_auth: MakeAuth) -> None:
    auth = await make_auth()
    with pytest.raises(APIError) as refused:
        await auth.api.set_password(body={"newPassword": "another password"}, headers={})
    assert (refused.value.status, refused.value.code) == (401, "UNAUTHORIZED")


async def test_a_session_that_a_hook_refuses_leaves_the_password_as_it_was(make_auth: MakeAuth) -> None:
    refusing = False
    auth = await make_auth(
        database_hooks={"session": {"create": {"before": lambda row, _: False if refusing else None}}}
    )
    _, headers = await signed_up(auth)
    refusing = True
    body = {"currentPassword": PASSWORD, "newPassword": "another password", "revokeOtherSessions": True}
    with pytest.raises(APIError) as refused:
        await auth.api.change_password(body=body, headers=headers)
    assert refused.value.code == "FAILED_TO_GET_SESSION"
    refusing = False
    assert (await auth.api.verify_password(body={"password": PASSWORD}, headers=headers)) == {"status": True}


@pytest.mark.parametrize(("fresh_age", "fresh"), [(86_400, False), (0, True), (200_000, True)])
async def test_how_old_a_fresh_session_may_be_is_an_option(
    make_auth: MakeAuth, clock: ManualClock, fresh_age: int, fresh: bool
) -> None:
    auth = await make_auth(clock=clock, session={"fresh_age": fresh_age})
    _, headers = await signed_up(auth)
    clock.advance(90_000)
    if fresh:
        assert len(await auth.api.list_sessions(headers=headers)) == 1
    else:
        with pytest.raises(APIError) as refused:
            await auth.api.list_sessions(headers=headers)
        assert (refused.value.status, refused.value.code) == (403, "SESSION_NOT_FRESH")
