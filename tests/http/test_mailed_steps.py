"""Resetting a password, verifying and changing an address, deleting a user: what scenarios cannot show."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import event, select

from betterauth_py import APIError, BetterAuth
from betterauth_py.clock import ManualClock
from tests.conftest import MakeAuth

PASSWORD = "correct horse battery"
EMAIL = "ada@example.com"


class Mails:
    """Keeps what would be mailed."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    async def send(self, data: dict[str, Any], _: object) -> None:
        self.sent.append(data)

    async def next(self) -> dict[str, Any]:
        for _ in range(200):
            if self.sent:
                return self.sent.pop(0)
            await asyncio.sleep(0.01)
        raise AssertionError("no mail was sent")


async def signed_up(auth: BetterAuth, email: str = EMAIL) -> dict[str, str]:
    body = {"name": "Ada", "email": email, "password": PASSWORD}
    result = await auth.api.sign_up_email(body=body, headers={}, return_headers=True)
    return {"cookie": result.headers.cookies[0].split(";")[0]} if result.headers.cookies else {}


async def test_of_five_resets_at_once_one_succeeds(make_auth: MakeAuth) -> None:
    mails = Mails()
    auth = await make_auth(email_and_password={"send_reset_password": mails.send})
    await signed_up(auth)
    await auth.api.request_password_reset(body={"email": EMAIL})
    token = (await mails.next())["token"]
    answers = await asyncio.gather(
        *(auth.api.reset_password(body={"token": token, "newPassword": f"new password {n}"}) for n in range(5)),
        return_exceptions=True,
    )
    assert [answer for answer in answers if not isinstance(answer, APIError)] == [{"status": True}]
    refused = [answer for answer in answers if isinstance(answer, APIError)]
    assert {error.code for error in refused} == {"INVALID_TOKEN"}
    assert len(refused) == 4


async def test_a_reset_may_end_all_sessions(make_auth: MakeAuth) -> None:
    mails, told = Mails(), Mails()
    options = {
        "send_reset_password": mails.send,
        "revoke_sessions_on_password_reset": True,
        "on_password_reset": told.send,
    }
    auth = await make_auth(email_and_password=options)
    headers = await signed_up(auth)
    await auth.api.request_password_reset(body={"email": EMAIL})
    token = (await mails.next())["token"]
    await auth.api.reset_password(body={"token": token, "newPassword": "another password"})
    assert (await told.next())["user"]["email"] == EMAIL
    assert await auth.api.get_session(headers=headers) is None


async def test_an_unknown_address_gets_the_same_answer_and_no_mail(make_auth: MakeAuth) -> None:
    mails = Mails()
    auth = await make_auth(email_and_password={"send_reset_password": mails.send})
    await signed_up(auth)
    known = await auth.api.request_password_reset(body={"email": EMAIL})
    await mails.next()
    assert await auth.api.request_password_reset(body={"email": "nobody@example.com"}) == known
    await asyncio.sleep(0.05)
    assert mails.sent == []


async def test_a_mail_that_cannot_be_sent_does_not_show(make_auth: MakeAuth) -> None:
    def fail(data: dict[str, Any], _: object) -> None:
        raise RuntimeError("the mail server is down")

    auth = await make_auth(email_and_password={"send_reset_password": fail})
    await signed_up(auth)
    assert (await auth.api.request_password_reset(body={"email": EMAIL}))["status"] is True


async def test_an_expired_link_says_so(make_auth: MakeAuth, clock: ManualClock) -> None:
    mails = Mails()
    auth = await make_auth(clock=clock, email_verification={"send_verification_email": mails.send, "expires_in": 60})
    await signed_up(auth)
    await auth.api.send_verification_email(body={"email": EMAIL})
    token = (await mails.next())["token"]
    clock.advance(61)
    with pytest.raises(APIError) as refused:
        await auth.api.verify_email(query={"token": token})
    assert (refused.value.status, refused.value.code) == (401, "TOKEN_EXPIRED")


async def test_an_address_taken_while_the_mail_was_under_way_is_not_a_failure(make_auth: MakeAuth) -> None:
    mails = Mails()
    auth = await make_auth(
        user={"change_email": {"enabled": True}}, email_verification={"send_verification_email": mails.send}
    )
    headers = await signed_up(auth)
    await auth.api.change_email(body={"newEmail": "new@example.com"}, headers=headers)
    mail = await mails.next()
    assert parse_qs(urlsplit(mail["url"]).query)["token"] == [mail["token"]]
    await signed_up(auth, "new@example.com")
    with pytest.raises(APIError) as refused:
        await auth.api.verify_email(query={"token": mail["token"]}, headers=headers)
    assert (refused.value.status, refused.value.code) == (422, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL")


async def test_a_user_is_deleted_with_everything_or_not_at_all(make_auth: MakeAuth) -> None:
    refusing = True

    def before_delete(user: dict[str, Any], _: object) -> None:
        if refusing:
            raise APIError(403, {"message": "Pay your bills first"})

    auth = await make_auth(user={"delete_user": {"enabled": True, "before_delete": before_delete}})
    headers = await signed_up(auth)
    with pytest.raises(APIError) as refused:
        await auth.api.delete_user(body={"password": PASSWORD}, headers=headers)
    assert refused.value.body == {"message": "Pay your bills first"}
    assert (await auth.api.get_session(headers=headers))["user"]["email"] == EMAIL
    refusing = False
    assert await auth.api.delete_user(body={"password": PASSWORD}, headers=headers) == {
        "success": True,
        "message": "User deleted",
    }
    assert await auth.api.get_session(headers=headers) is None
    assert not await auth.context.users.exists(EMAIL)


async def test_of_eight_uses_of_a_link_at_once_one_changes_the_address(make_auth: MakeAuth) -> None:
    mails = Mails()
    auth = await make_auth(
        user={"change_email": {"enabled": True}}, email_verification={"send_verification_email": mails.send}
    )
    headers = await signed_up(auth)
    await auth.api.change_email(body={"newEmail": "new@example.com"}, headers=headers)
    token = (await mails.next())["token"]
    answers = await asyncio.gather(
        *(auth.api.verify_email(query={"token": token}, headers={}) for _ in range(8)), return_exceptions=True
    )
    changed = [answer for answer in answers if not isinstance(answer, BaseException)]
    assert [answer["user"]["email"] for answer in changed] == ["new@example.com"]
    refused = [answer for answer in answers if isinstance(answer, APIError)]
    assert {error.code for error in refused} == {"USER_NOT_FOUND"}


async def test_a_password_of_somebody_who_was_deleted_meanwhile_cannot_be_reset(make_auth: MakeAuth) -> None:
    mails = Mails()
    deleted = False

    async def hash_after_deletion(password: str) -> str:
        nonlocal deleted
        if deleted:
            user = await auth.context.users.find_by_email(EMAIL)
            assert user is not None
            async with auth.context.database.transaction():
                await auth.context.users.delete(user["id"])
        return f"hash of {password}"

    auth = await make_auth(
        email_and_password={
            "send_reset_password": mails.send,
            "password": {"hash": hash_after_deletion, "verify": lambda _hash, _password: True},
        }
    )
    await signed_up(auth)
    await auth.api.request_password_reset(body={"email": EMAIL})
    token = (await mails.next())["token"]
    deleted = True
    with pytest.raises(APIError) as refused:
        await auth.api.reset_password(body={"token": token, "newPassword": "another password"})
    assert (refused.value.status, refused.value.code) == (400, "USER_NOT_FOUND")


async def test_a_reset_asked_for_an_unknown_address_takes_the_same_statements(make_auth: MakeAuth) -> None:
    mails = Mails()
    auth = await make_auth(email_and_password={"send_reset_password": mails.send})
    await signed_up(auth)
    # What the start looks for in the background is not of these requests.
    await asyncio.sleep(0.1)
    statements: list[str] = []
    engine = auth.context.database.engine
    event.listen(engine, "begin", lambda _: statements.append("BEGIN"))
    event.listen(engine, "commit", lambda _: statements.append("COMMIT"))
    event.listen(engine, "before_cursor_execute", lambda *of: statements.append(str(of[2])))
    taken = {}
    for address in (EMAIL, "nobody@example.com"):
        await auth.api.request_password_reset(body={"email": address})
        taken[address], statements[:] = list(statements), []
        await asyncio.sleep(0.05)
        statements.clear()
    assert taken[EMAIL] == taken["nobody@example.com"]
    words = [text.split()[0] for text in taken[EMAIL] if not text.startswith("BEGIN")]
    # Who it is; that user locked, and read again.
    assert words == ["SELECT", "SELECT", "SELECT", "INSERT", "DELETE", "COMMIT"]
    assert len(mails.sent) == 1
    assert len((await auth.context.database.execute(select(auth.metadata.tables["verification"]))).all()) == 1
