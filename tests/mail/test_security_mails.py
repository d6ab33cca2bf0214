"""Mails about changes that matter to the security of an account."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import MakeAuth
from tests.http.client import Client
from tests.http.people import ALICE, PASSWORD, sign_up
from tests.mail.smtp_server import MailServer, link_in, text_of
from tests.mail.test_mailed_flows import API, over, target

QUIET = {"existing_account": False, "verify_email": False, "change_email": False}
CHANGE = {"currentPassword": PASSWORD, "newPassword": "another password"}


async def test_a_changed_password_is_told(make_auth: MakeAuth, server: MailServer) -> None:
    client = Client((await make_auth(app_name="Acme", mail=over(server))).app)
    await sign_up(client)
    assert (await client.post(f"{API}/change-password", CHANGE)).status == 200
    mail = await server.arrival()
    assert (mail["To"], mail["Subject"]) == (ALICE["email"], "Your password at Acme was changed")
    assert mail["X-Mail-Kind"] == "password-changed"
    assert "has just been changed" in text_of(mail)
    assert "http" not in text_of(mail)


async def test_a_wrong_password_changes_and_tells_nothing(make_auth: MakeAuth, server: MailServer) -> None:
    client = Client((await make_auth(mail=over(server))).app)
    await sign_up(client)
    assert (await client.post(f"{API}/change-password", {**CHANGE, "currentPassword": "wrong"})).status == 400
    assert (await client.post(f"{API}/change-password", CHANGE)).status == 200
    await server.arrival()
    assert len(server.mails) == 1


async def test_a_reset_password_is_told_in_the_language_of_the_request(make_auth: MakeAuth, server: MailServer) -> None:
    client = Client((await make_auth(app_name="Acme", mail=over(server))).app)
    await sign_up(client)
    await client.post(f"{API}/request-password-reset", {"email": ALICE["email"]})
    link = link_in(await server.arrival())
    token = target(link).partition("?")[0].rpartition("/")[2]
    german = {"accept-language": "de"}
    reset = await client.post(f"{API}/reset-password", {"token": token, "newPassword": "third password"}, german)
    assert reset.status == 200
    mail = await server.arrival(2)
    assert mail["Subject"] == "Acme: Ihr Passwort wurde geändert"


async def test_the_old_address_is_told_of_a_change(make_auth: MakeAuth, server: MailServer) -> None:
    change: dict[str, Any] = {"enabled": True, "update_email_without_verification": True}
    client = Client((await make_auth(mail=over(server, send=QUIET), user={"change_email": change})).app)
    await sign_up(client)
    assert (await client.post(f"{API}/change-email", {"newEmail": "new@example.com"})).status == 200
    mail = await server.arrival()
    assert (mail["To"], mail["X-Mail-Kind"]) == (ALICE["email"], "email-changed")
    assert ALICE["email"] in text_of(mail)
    assert "new@example.com" not in text_of(mail)


async def test_a_first_password_is_told(make_auth: MakeAuth, server: MailServer) -> None:
    auth = await make_auth(mail=over(server))
    client = Client(auth.app)
    await sign_up(client)
    [account] = await auth.context.accounts.list_of((await client.get(f"{API}/get-session")).json()["user"]["id"])
    await auth.context.accounts.delete(account["id"])
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    await auth.api.set_password(body={"newPassword": "first password"}, headers={"cookie": cookies})
    mail = await server.arrival()
    assert mail["X-Mail-Kind"] == "sign-in-method-added"
    assert "a new way to sign in: a password." in text_of(mail)


@pytest.mark.parametrize("off", ["password_changed", "transport"])
async def test_they_can_be_turned_off(off: str, make_auth: MakeAuth, server: MailServer) -> None:
    mail = over(server, transport="none") if off == "transport" else over(server, send={off: False})
    auth = await make_auth(mail=mail)
    client = Client(auth.app)
    await sign_up(client)
    assert (await client.post(f"{API}/change-password", CHANGE)).status == 200
    await auth.shutdown()
    assert server.mails == []
