"""Passwords, mailed links and fields without any request: plain values in, plain values or named refusals out."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from betterauth_py.auth import BetterAuth
from betterauth_py.core.auth_context import AuthContext
from betterauth_py.core.caller import NoRequest
from betterauth_py.core.refusals import FieldRefusedError, Refusals, RefusedError, answering
from betterauth_py.flows.account_limits import PasswordTry
from betterauth_py.flows.email_change import AddressRefusal, change_address, find_user_to_move, verify_address
from betterauth_py.flows.email_request import ChangeRefusal, request_email_change
from betterauth_py.flows.input import read_additional_fields
from betterauth_py.flows.mailed_tokens import TokenRefusal, read_verification_token
from betterauth_py.flows.password_reset import (
    ResetRefusal,
    is_valid_reset_token,
    request_password_reset_of,
    reset_password_with,
)
from betterauth_py.flows.passwords import (
    PasswordRefusal,
    change_password_of,
    set_first_password,
    set_password_of,
)
from betterauth_py.flows.session import SessionEndedError, create_session
from betterauth_py.flows.sign_in import Claim, Refusal, sign_in_with_password
from betterauth_py.flows.update import UpdateRefusal, update_user_fields
from betterauth_py.flows.user_deletion import DeletionRefusal, delete_user_now, delete_user_with, send_deletion_mail
from betterauth_py.flows.users import create_user, new_user
from betterauth_py.options.rate_limit import RateLimitDecision, RateLimitRule
from betterauth_py.wire.errors import APIError, BaseErrorCodes
from tests.conftest import MakeAuth

ADA = "ada@example.com"
Mails = list[dict[str, Any]]


async def user_of(auth: AuthContext, email: str = ADA) -> dict[str, Any]:
    return await create_user(auth, new_user(auth, email, {"name": "Ada"}), {"method": "import"})


def refused(refusal: Any) -> Any:
    return pytest.raises(RefusedError, match=f"^{refusal.value}$")


async def test_a_password_is_set_whoever_asks(make_auth: MakeAuth) -> None:
    auth = (await make_auth()).context
    caller = NoRequest(auth)

    async def sign_in(password: str) -> Any:
        claim = Claim(ADA, lambda: auth.users.find_with_credential(ADA))
        return await sign_in_with_password(caller, claim, password, remember=True, callback_url=None)

    user = await user_of(auth)
    with refused(Refusal.WRONG_CREDENTIALS):
        await sign_in("first password")
    assert (await set_password_of(auth, user["id"], "first password"))["id"] == user["id"]
    session, _ = await sign_in("first password")
    await set_password_of(auth, user["id"], "second password")
    assert await auth.sessions.find_with_user(session["token"], fresh=True)
    await set_password_of(auth, user["id"], "third password", revoke_sessions=True)
    assert await auth.sessions.find_with_user(session["token"], fresh=True) is None
    with refused(Refusal.WRONG_CREDENTIALS):
        await sign_in("second password")
    assert (await sign_in("third password"))[1]["id"] == user["id"]
    with refused(PasswordRefusal.TOO_SHORT):
        await set_password_of(auth, user["id"], "short")
    with refused(PasswordRefusal.TOO_LONG):
        await set_password_of(auth, user["id"], "x" * 129)
    with refused(PasswordRefusal.NO_USER):
        await set_password_of(auth, "nobody", "a long password")


async def test_a_password_that_is_set_ends_links_mailed_before(make_auth: MakeAuth) -> None:
    mails: Mails = []
    made = await make_auth(email_and_password={"send_reset_password": lambda data, _: mails.append(data)})
    auth = made.context
    user = await user_of(auth)
    await set_password_of(auth, user["id"], "first password")
    await request_password_reset_of(NoRequest(auth), ADA, None)
    await auth.finish_background_work()
    assert await is_valid_reset_token(auth, mails[0]["token"])
    await set_password_of(auth, user["id"], "second password")
    assert not await is_valid_reset_token(auth, mails[0]["token"])
    with refused(ResetRefusal.BAD_TOKEN):
        await reset_password_with(NoRequest(auth), mails[0]["token"], "third password")


async def test_passwords_are_changed_and_set_once(make_auth: MakeAuth) -> None:
    auth = (await make_auth()).context
    caller, user = NoRequest(auth), await user_of(auth)

    async def change(current: str, new: str, *, revoke: bool = False) -> Any:
        return await change_password_of(caller, user, current=current, new=new, revoke_sessions=revoke)

    with refused(PasswordRefusal.NONE_SET):
        await change("first password", "second password")
    await set_first_password(auth, user, "first password")
    with refused(PasswordRefusal.ALREADY_SET):
        await set_first_password(auth, user, "another password")
    with refused(PasswordRefusal.WRONG):
        await change("wrong password", "second password")
    assert await change("first password", "second password") is None
    assert (await change("second password", "third password", revoke=True))["userId"] == user["id"]


async def test_a_reset_is_asked_for_and_done(make_auth: MakeAuth) -> None:
    mails: Mails = []
    silent = (await make_auth()).context
    with refused(ResetRefusal.DISABLED):
        await request_password_reset_of(NoRequest(silent), ADA, None)
    options = {"send_reset_password": lambda data, request: mails.append({**data, "request": request})}
    auth = (await make_auth(email_and_password=options)).context
    user = await user_of(auth)
    await request_password_reset_of(NoRequest(auth), ADA, "/new")
    await auth.finish_background_work()
    assert (mails[0]["user"]["id"], mails[0]["request"]) == (user["id"], None)
    assert mails[0]["url"].startswith(f"{auth.base_origin}{auth.base_path}/reset-password/")
    await reset_password_with(NoRequest(auth), mails[0]["token"], "a new password")
    with refused(ResetRefusal.BAD_TOKEN):
        await reset_password_with(NoRequest(auth), mails[0]["token"], "a new password")


def verifying(mails: Mails) -> dict[str, Any]:
    return {
        "email_verification": {"send_verification_email": lambda data, _: mails.append(data)},
        "user": {"change_email": {"enabled": True}},
    }


async def test_an_address_is_changed_and_verified(make_auth: MakeAuth) -> None:
    mails: Mails = []
    auth = (await make_auth(**verifying(mails))).context
    caller, user = NoRequest(auth), await user_of(auth)
    session = await create_session(auth, user["id"])
    assert session is not None
    with refused(ChangeRefusal.SAME_ADDRESS):
        await request_email_change(caller, session, user, ADA, None)
    assert await request_email_change(caller, session, user, "new@example.com", None) is None
    await auth.finish_background_work()
    claims = read_verification_token(auth, mails[0]["token"])
    found = await find_user_to_move(auth, claims)
    changed = await change_address(caller, claims, found, None)
    assert changed is not None
    assert changed["email"] == "new@example.com"
    with refused(TokenRefusal.INVALID):
        await find_user_to_move(auth, claims)
    with refused(AddressRefusal.NO_USER):
        await verify_address(caller, {"email": ADA})
    with refused(TokenRefusal.INVALID):
        read_verification_token(auth, "x")


async def test_an_address_is_changed_at_once_while_the_session_lasts(make_auth: MakeAuth) -> None:
    made: BetterAuth = await make_auth(
        user={"change_email": {"enabled": True, "update_email_without_verification": True}}
    )
    auth = made.context
    caller, user = NoRequest(auth), await user_of(auth)
    session = await create_session(auth, user["id"])
    assert session is not None
    changed = await request_email_change(caller, session, user, "new@example.com", None)
    assert changed is not None
    assert changed["email"] == "new@example.com"
    await auth.sessions.delete(session["token"])
    with pytest.raises(SessionEndedError):
        await request_email_change(caller, session, changed, "newer@example.com", None)
    assert await auth.users.exists("new@example.com")


async def test_a_user_is_deleted_by_session_or_link(make_auth: MakeAuth) -> None:
    auth = (await make_auth()).context
    caller, mails = NoRequest(auth), list[dict[str, Any]]()
    ada, bob = await user_of(auth), await user_of(auth, "bob@example.com")
    with pytest.raises(SessionEndedError):
        await delete_user_now(caller, ada, "no such session")
    await send_deletion_mail(caller, lambda data, _: mails.append(data), bob, None)
    await auth.finish_background_work()
    with refused(DeletionRefusal.BAD_TOKEN):
        await delete_user_with(caller, bob, None, "no such token")
    await delete_user_with(caller, bob, None, mails[0]["token"])
    await delete_user_now(caller, ada, None)
    assert not await auth.users.exists(ADA)
    assert not await auth.users.exists("bob@example.com")


class Distant:
    """A storage that answers what is forgotten once both counts of an account have been asked to go."""

    def __init__(self) -> None:
        self.forgotten: list[str] = []
        self.both = asyncio.Barrier(2)

    async def consume(self, key: str, rule: RateLimitRule) -> RateLimitDecision:
        raise NotImplementedError

    async def forget(self, key: str) -> None:
        await asyncio.wait_for(self.both.wait(), 2)
        self.forgotten.append(key)


async def test_the_counts_that_a_right_password_ends_end_in_one_round_trip() -> None:
    storage = Distant()
    await PasswordTry(storage, ("of the client", "of all")).succeeded()
    assert sorted(storage.forgotten) == ["of all", "of the client"]


async def test_fields_are_refused_by_name(make_auth: MakeAuth) -> None:
    fields = {"role": {"type": "string", "input": False}, "team": {"type": "string", "required": True}}
    auth = (await make_auth(user={"additional_fields": fields})).context
    with pytest.raises(FieldRefusedError, match="role is not allowed to be set") as caught:
        await read_additional_fields(auth.schema, "user", {"role": "admin", "team": "a"}, "create")
    assert caught.value.error.code == "FIELD_NOT_ALLOWED"
    with pytest.raises(FieldRefusedError, match="team is required"):
        await read_additional_fields(auth.schema, "user", {}, "create")
    with refused(UpdateRefusal.NOTHING_GIVEN):
        await update_user_fields(auth, None, {"id": "x"}, {})


def test_an_endpoint_says_what_was_refused() -> None:
    table: Refusals = {
        PasswordRefusal.WRONG: (400, BaseErrorCodes.INVALID_PASSWORD),
        ChangeRefusal.SAME_ADDRESS: (400, "Email is the same"),
    }
    answers: list[Any] = []
    for refusal in table:
        with pytest.raises(APIError) as caught, answering(table):
            raise RefusedError(refusal)
        answers.append((caught.value.status, caught.value.body))
    assert answers == [
        (400, {"message": "Invalid password", "code": "INVALID_PASSWORD"}),
        (400, {"message": "Email is the same"}),
    ]
    with refused(PasswordRefusal.TOO_LONG), answering(table):
        raise RefusedError(PasswordRefusal.TOO_LONG)
