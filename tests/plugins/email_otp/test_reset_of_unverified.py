"""A new password by mail for a user whose address was unverified: whoever signed up with it is shut out."""

from __future__ import annotations

from typing import Any

import pytest

from betterauth_py import BetterAuth
from tests.conftest import CHEAP_PASSWORDS, MakeAuth
from tests.plugins.email_otp.support import ADA, REQUEST, RESET, Codes, post, sign_up, with_codes

NUMBER = "+491701234567"
NEW = "a password of the owner"


class Links:
    """The function `send_reset_password`."""

    def __init__(self) -> None:
        self.tokens: list[str] = []

    async def __call__(self, data: dict[str, Any], _request: Any) -> None:
        self.tokens.append(data["token"])


async def served(make_auth: MakeAuth, codes: Codes, links: Links, **options: Any) -> BetterAuth:
    """An auth where somebody has signed up with Ada's address and their own phone number and GitHub account."""
    passwords = {"enabled": True, "send_reset_password": links, "password": CHEAP_PASSWORDS, **options}
    plugins = [*with_codes(codes)["plugins"], "phone-number"]
    auth = await make_auth(plugins=plugins, email_and_password=passwords)
    await sign_up(auth)
    (user,) = await auth.context.rows.find_many("user")
    await auth.context.users.update(user["id"], {"phoneNumber": NUMBER, "phoneNumberVerified": True})
    (account,) = await auth.context.rows.find_many("account")
    other = {**account, "id": "of-github", "accountId": "1", "providerId": "github", "password": None}
    await auth.context.rows.create("account", other)
    return auth


async def reset(auth: BetterAuth, codes: Codes, links: Links, by: str) -> None:
    """Choose a new password as the owner of the address."""
    if by == "code":
        await post(auth, REQUEST, email=ADA)
        reply = await post(auth, RESET, email=ADA, otp=codes.sent[-1]["otp"], password=NEW)
    else:
        await post(auth, "/api/auth/request-password-reset", email=ADA)
        reply = await post(auth, "/api/auth/reset-password", token=links.tokens[-1], newPassword=NEW)
    assert reply[0] == 200, reply


async def ways_in(auth: BetterAuth) -> tuple[Any, list[str], int]:
    """Return the phone number, the accounts and the number of sessions."""
    (user,) = await auth.context.rows.find_many("user")
    accounts, sessions = [await auth.context.rows.find_many(table) for table in ("account", "session")]
    return user["phoneNumber"], sorted(account["providerId"] for account in accounts), len(sessions)


@pytest.mark.parametrize("by", ["code", "link"])
async def test_a_reset_that_ends_sessions_of_an_unverified_user_ends_other_ways_in_too(
    make_auth: MakeAuth, by: str
) -> None:
    codes, links = Codes(), Links()
    auth = await served(make_auth, codes, links, revoke_sessions_on_password_reset=True)
    await reset(auth, codes, links, by)
    assert await ways_in(auth) == (None, ["credential"], 0)
    assert (await post(auth, "/api/auth/sign-in/email", email=ADA, password=NEW))[0] == 200


@pytest.mark.parametrize(("is_verified", "ends_sessions"), [(True, True), (False, False)])
async def test_other_resets_leave_other_ways_in(make_auth: MakeAuth, is_verified: bool, ends_sessions: bool) -> None:
    codes, links = Codes(), Links()
    auth = await served(make_auth, codes, links, revoke_sessions_on_password_reset=ends_sessions)
    (user,) = await auth.context.rows.find_many("user")
    await auth.context.users.update(user["id"], {"emailVerified": is_verified})
    await reset(auth, codes, links, "code")
    assert await ways_in(auth) == (NUMBER, ["credential", "github"], 0 if ends_sessions else 1)


async def test_a_code_to_an_address_that_the_user_leaves_meanwhile_sets_no_password(make_auth: MakeAuth) -> None:
    codes, links = Codes(), Links()

    async def hash_while_the_user_moves(password: str) -> str:
        if password == NEW:
            (user,) = await auth.context.rows.find_many("user")
            await auth.context.users.update(user["id"], {"email": "moved@example.com"})
        return f"hash of {password}"

    async def verify(stored: str, password: str) -> bool:
        return stored == f"hash of {password}"

    functions = {"hash": hash_while_the_user_moves, "verify": verify}
    auth = await served(make_auth, codes, links, password=functions)
    await post(auth, REQUEST, email=ADA)
    status, body = await post(auth, RESET, email=ADA, otp=codes.sent[-1]["otp"], password=NEW)
    assert (status, body["code"]) == (400, "USER_NOT_FOUND")
    assert (await post(auth, "/api/auth/sign-in/email", email="moved@example.com", password=NEW))[0] == 401
