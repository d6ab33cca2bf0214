"""From the request over SMTP to the link that works: every mail, end to end."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import pytest

from betterauth_py import BetterAuth, ConfigurationError
from tests.conftest import MakeAuth
from tests.http.client import Client
from tests.http.people import ALICE, PASSWORD, sign_up
from tests.mail.smtp_server import MailServer, link_in, text_of, until

API = "/api/auth"


def over(server: MailServer, **mail: Any) -> dict[str, Any]:
    smtp = {"host": server.host, "port": server.port, "security": "none"}
    return {"smtp": smtp, "sender": "Acme <no-reply@acme.test>", **mail}


def target(link: str) -> str:
    """Return what a browser asks for when the link is opened."""
    parts = urlsplit(link)
    assert f"{parts.scheme}://{parts.netloc}" == "http://localhost:3000"
    return f"{parts.path}?{parts.query}"


async def test_a_sign_up_mails_a_link_that_verifies(make_auth: MakeAuth, server: MailServer) -> None:
    auth = await make_auth(app_name="Acme", mail=over(server), email_and_password={"require_email_verification": True})
    client = Client(auth.app)
    await sign_up(client, callbackURL="/welcome")
    refused = await client.post(f"{API}/sign-in/email", {"email": ALICE["email"], "password": PASSWORD})
    assert refused.status == 403
    mail = await server.arrival()
    assert (str(mail["From"]), mail["To"]) == ("Acme <no-reply@acme.test>", ALICE["email"])
    assert mail["Subject"] == "Confirm your e-mail address for Acme"
    opened = await client.get(target(link_in(mail)))
    assert (opened.status, opened.header("location")) == (302, "/welcome")
    signed_in = await client.post(f"{API}/sign-in/email", {"email": ALICE["email"], "password": PASSWORD})
    assert signed_in.json()["user"]["emailVerified"] is True


async def test_a_forgotten_password_is_reset_by_the_link(make_auth: MakeAuth, server: MailServer) -> None:
    client = Client((await make_auth(mail=over(server))).app)
    await sign_up(client)
    client.cookies.clear()
    asked = await client.post(f"{API}/request-password-reset", {"email": ALICE["email"], "redirectTo": "/new"})
    assert asked.status == 200
    mail = await server.arrival()
    assert "for 1 hour." in text_of(mail)
    location = (await client.get(target(link_in(mail)))).header("location")
    assert location is not None
    token = location.partition("?token=")[2]
    changed = await client.post(f"{API}/reset-password", {"newPassword": "another password", "token": token})
    assert changed.json() == {"status": True}
    for password, status in ((PASSWORD, 401), ("another password", 200)):
        answer = await client.post(f"{API}/sign-in/email", {"email": ALICE["email"], "password": password})
        assert answer.status == status


async def test_an_address_changes_by_two_links(make_auth: MakeAuth, server: MailServer) -> None:
    auth = await make_auth(mail=over(server), user={"change_email": {"enabled": True}})
    client = Client(auth.app)
    await sign_up(client)
    await client.post(f"{API}/send-verification-email", {"email": ALICE["email"]})
    await client.get(target(link_in(await server.arrival(1))))
    asked = await client.post(f"{API}/change-email", {"newEmail": "new@example.com"})
    assert asked.json() == {"status": True}
    confirmation = await server.arrival(2)
    assert confirmation["To"] == ALICE["email"]
    assert "new@example.com" in text_of(confirmation)
    await client.get(target(link_in(confirmation)))
    verification = await server.arrival(3)
    assert verification["To"] == "new@example.com"
    await client.get(target(link_in(verification)))
    user = (await client.get(f"{API}/get-session")).json()["user"]
    assert (user["email"], user["emailVerified"]) == ("new@example.com", True)


async def test_an_account_is_deleted_by_the_link(make_auth: MakeAuth, server: MailServer) -> None:
    auth = await make_auth(mail=over(server), user={"delete_user": {"enabled": True}})
    client = Client(auth.app)
    await sign_up(client)
    asked = await client.post(f"{API}/delete-user", {"password": PASSWORD, "callbackURL": "/bye"})
    assert asked.json() == {"success": True, "message": "Verification email sent"}
    assert await auth.context.users.exists(ALICE["email"])
    opened = await client.get(target(link_in(await server.arrival())))
    assert (opened.status, opened.header("location")) == (302, "/bye")
    assert not await auth.context.users.exists(ALICE["email"])


async def test_the_owner_of_an_address_hears_of_a_sign_up_with_it_and_the_answer_does_not_tell(
    make_auth: MakeAuth, server: MailServer
) -> None:
    auth = await make_auth(mail=over(server), email_and_password={"require_email_verification": True})
    client = Client(auth.app)
    new, taken = await sign_up(client), await sign_up(client, name="Mallory")
    assert {**new.json()["user"], "id": 0, "createdAt": 0, "updatedAt": 0, "name": 0} == {
        **taken.json()["user"], "id": 0, "createdAt": 0, "updatedAt": 0, "name": 0
    }  # fmt: skip
    await server.arrival(2)
    verification, existing = sorted(server.mails, key=lambda mail: str(mail["X-Mail-Kind"]), reverse=True)
    assert verification["X-Mail-Kind"] == "verify-email"
    assert existing["X-Mail-Kind"] == "existing-account"
    assert existing["To"] == ALICE["email"]
    assert "Hello Alice," in text_of(existing)
    assert "Mallory" not in existing.as_string()


async def test_an_unknown_address_gets_no_mail_and_the_same_answer(
    make_auth: MakeAuth, server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "betterauth")
    client = Client((await make_auth(mail=over(server))).app)
    await sign_up(client)
    client.cookies.clear()
    for path in ("request-password-reset", "send-verification-email"):
        known = await client.post(f"{API}/{path}", {"email": ALICE["email"]})
        unknown = await client.post(f"{API}/{path}", {"email": "nobody@example.com"})
        assert (known.status, known.body, known.headers) == (unknown.status, unknown.body, unknown.headers)
    await server.arrival(2)
    assert [mail["To"] for mail in server.mails] == [ALICE["email"]] * 2
    await asyncio.sleep(0.05)
    # Logs tell neither the address nor what the links contain.
    reset = next(mail for mail in server.mails if mail["X-Mail-Kind"] == "reset-password")
    token = urlsplit(link_in(reset)).path.rpartition("/")[2]
    for private in (ALICE["email"], "nobody@", token, "callbackURL"):
        assert private not in caplog.text
    assert caplog.text.count("a***@example.com") == 2


@pytest.mark.parametrize(
    ("field", "header", "greeting"),
    [(None, "de-CH, en;q=0.5", "Guten Tag Alice,"), (None, None, "Hello Alice,"), ("de", "en", "Guten Tag Alice,")],
)
async def test_the_mail_is_in_the_users_language(
    make_auth: MakeAuth, server: MailServer, field: str | None, header: str | None, greeting: str
) -> None:
    fields = {"additional_fields": {"locale": {"type": "string", "required": False}}}
    client = Client((await make_auth(mail=over(server), user=fields)).app)
    await sign_up(client, **({"locale": field} if field else {}))
    headers = {"accept-language": header} if header else {}
    await client.post(f"{API}/request-password-reset", {"email": ALICE["email"]}, headers)
    mail = await server.arrival()
    assert text_of(mail).startswith(f"{greeting}\n")
    assert mail["Content-Language"] == ("de" if greeting.startswith("Guten") else "en")


async def test_an_advertisement_in_a_name_is_not_mailed(make_auth: MakeAuth, server: MailServer) -> None:
    client = Client((await make_auth(mail=over(server))).app)
    await sign_up(client, name="You won! https://evil.test/prize\r\nBcc: eve@evil.test")
    await client.post(f"{API}/request-password-reset", {"email": ALICE["email"]})
    mail = await server.arrival()
    assert mail["Bcc"] is None
    assert "evil" not in mail.as_string()
    assert text_of(mail).startswith("Somebody")


async def test_a_function_of_ones_own_goes_first_and_a_mail_may_be_off(make_auth: MakeAuth, server: MailServer) -> None:
    called: list[dict[str, Any]] = []
    auth = await make_auth(
        mail=over(server, send={"delete_account": False}),
        email_and_password={"send_reset_password": lambda data, _: called.append(data)},
        user={"delete_user": {"enabled": True}},
    )
    client = Client(auth.app)
    await sign_up(client)
    await client.post(f"{API}/request-password-reset", {"email": ALICE["email"]})
    deleted = await client.post(f"{API}/delete-user", {"password": PASSWORD})
    assert deleted.json() == {"success": True, "message": "User deleted"}
    await asyncio.sleep(0.05)
    assert [data["user"]["email"] for data in called] == [ALICE["email"]]
    assert server.mails == []


async def test_without_mail_everything_is_as_in_better_auth(make_auth: MakeAuth) -> None:
    users = {"delete_user": {"enabled": True}, "change_email": {"enabled": True}}
    client = Client((await make_auth(user=users)).app)
    await sign_up(client)
    for path, body, code in (
        ("request-password-reset", {"email": ALICE["email"]}, "RESET_PASSWORD_DISABLED"),
        ("send-verification-email", {"email": ALICE["email"]}, "VERIFICATION_EMAIL_NOT_ENABLED"),
        ("change-email", {"newEmail": "new@example.com"}, None),
    ):
        answer = await client.post(f"{API}/{path}", body)
        assert (answer.status, answer.json().get("code")) == (400, code)
    deleted = await client.post(f"{API}/delete-user", {"password": PASSWORD})
    assert deleted.json() == {"success": True, "message": "User deleted"}


async def test_a_server_that_is_down_does_not_show_and_a_stop_does_not_wait_for_it(
    make_auth: MakeAuth, server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.replies["DATA"] = ["451 later"] * 9
    auth = await make_auth(mail=over(server))
    client = Client(auth.app)
    await sign_up(client)
    assert (await client.post(f"{API}/request-password-reset", {"email": ALICE["email"]})).status == 200
    await until(lambda: caplog.records)
    await asyncio.wait_for(auth.shutdown(), 3)
    assert [record.levelname for record in caplog.records if record.name == "betterauth.mail"] == ["WARNING", "ERROR"]


async def test_a_mail_that_is_nearly_sent_is_finished_before_the_end(make_auth: MakeAuth, server: MailServer) -> None:
    server.delay = 0.5
    auth = await make_auth(mail=over(server))
    client = Client(auth.app)
    await sign_up(client)
    await client.post(f"{API}/request-password-reset", {"email": ALICE["email"]})
    await auth.shutdown()
    assert len(server.mails) == 1


async def test_mails_in_a_folder_have_links_that_work(make_auth: MakeAuth, tmp_path: Path) -> None:
    auth = await make_auth(mail={"transport": "folder", "folder": str(tmp_path / "mails")})
    client = Client(auth.app)
    await sign_up(client)
    await client.post(f"{API}/request-password-reset", {"email": ALICE["email"], "redirectTo": "/new"})
    await auth.context.close()
    (file,) = (tmp_path / "mails").glob("*.eml")
    link = next(line for line in file.read_text().splitlines() if line.startswith("http"))
    assert "?token=" in ((await client.get(target(link))).header("location") or "")


async def test_a_link_beyond_measure_is_not_mailed(
    make_auth: MakeAuth, server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    client = Client((await make_auth(mail=over(server))).app)
    await sign_up(client)
    body = {"email": ALICE["email"], "redirectTo": "/" + "x" * 9000}
    assert (await client.post(f"{API}/request-password-reset", body)).status == 200
    await until(lambda: caplog.records)
    assert "given up: its link is too long" in caplog.text
    assert server.mails == []


def test_the_password_of_the_server_is_in_no_repr() -> None:
    url = "smtps://user:hidden-word@mail.example.com"
    auth = BetterAuth(
        secret="x" * 40, base_url="http://localhost:3000", mail={"sender": "a@b.test", "smtp": {"url": url}}
    )
    assert "hidden-word" not in f"{auth.options!r}{auth.context!r}{auth.mails}"
    with pytest.raises(ConfigurationError):
        BetterAuth(secret="x" * 40, base_url="http://localhost:3000", mail={"smtp": {"url": url}})


@pytest.mark.parametrize("path", ["request-password-reset", "send-verification-email"])
async def test_the_time_of_an_answer_does_not_tell_who_gets_a_mail(
    make_auth: MakeAuth, server: MailServer, path: str
) -> None:
    server.delay = 0.3
    client = Client((await make_auth(mail=over(server, concurrency=1))).app)
    await sign_up(client)
    client.cookies.clear()
    taken: dict[str, list[float]] = {ALICE["email"]: [], "nobody@example.com": []}
    for _ in range(15):
        for email, times in taken.items():
            started = monotonic()
            assert (await client.post(f"{API}/{path}", {"email": email})).status == 200
            times.append(monotonic() - started)
            await asyncio.sleep(0.01)
    known, unknown = (median(times) for times in taken.values())
    # A mail takes 300 ms; what is left is the noise of a busy machine.
    assert abs(known - unknown) < 0.03
    assert server.most_at_once == 1


async def test_what_takes_too_long_is_given_up_at_the_end_and_said(
    make_auth: MakeAuth, server: MailServer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("betterauth_py.core.auth_context._GRACE_SECONDS", 0.3)
    server.delay = 30
    auth = await make_auth(mail=over(server))
    client = Client(auth.app)
    await sign_up(client)
    await client.post(f"{API}/request-password-reset", {"email": ALICE["email"]})
    await asyncio.wait_for(auth.shutdown(), 10)
    assert "Mail reset-password to a***@example.com" in caplog.text
    assert "given up: the server stops" in caplog.text
