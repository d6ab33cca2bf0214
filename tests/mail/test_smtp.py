"""SMTP against a real server: TLS, login, and what is said when something is wrong."""

from __future__ import annotations

import asyncio
from email.message import EmailMessage
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from betterauth_py.errors import MailError
from betterauth_py.mail.smtp import SmtpTransport
from betterauth_py.mail.smtp_server import resolve_smtp_server
from betterauth_py.options import SmtpOptions
from tests.cli.command import free_port
from tests.mail.smtp_server import PASSWORD, USER, MailServer, silent_server, smtp_server, text_of, until


def mail_to(address: str = "bob@example.com") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "no-reply@example.com", address, "Hello"
    message.set_content("Grüße\n.\nfrom a line with only a dot\n")
    return message


def transport(server: MailServer | int, **options: Any) -> SmtpTransport:
    port = server if isinstance(server, int) else server.port
    host = "127.0.0.1" if isinstance(server, int) else server.host
    return SmtpTransport(
        resolve_smtp_server(SmtpOptions(**{"host": host, "port": port, "security": "none", **options}))
    )


async def refused(sender: SmtpTransport, message: EmailMessage | None = None) -> MailError:
    with pytest.raises(MailError) as caught:
        await sender.send(message or mail_to())
    assert PASSWORD not in str(caught.value)
    assert "bob@" not in str(caught.value)
    return caught.value


async def test_a_mail_arrives_as_it_was_written(server: MailServer) -> None:
    await transport(server).send(mail_to())
    assert text_of(server.wait()) == "Grüße\n.\nfrom a line with only a dot\n"
    assert (server.envelopes[0].mail_from, server.envelopes[0].rcpt_tos) == (
        "no-reply@example.com",
        ["bob@example.com"],
    )


@pytest.mark.parametrize(("tls", "security"), [(False, "starttls"), (False, "opportunistic"), (True, "tls")])
async def test_tls_with_an_authority_of_ones_own(certificate: Path, tls: bool, security: str) -> None:
    with smtp_server(certificate, tls=tls) as server:
        await transport(server, security=security, ca_file=str(certificate)).send(mail_to())
        assert server.wait()["X-Over-TLS"] == "True"


# aiosmtpd leaves a connection whose handshake has failed to the garbage collector, whenever that comes.
FAILED_HANDSHAKES_STAY = pytest.mark.filterwarnings(
    r"ignore:Exception ignored in. <(function _SelectorTransport\.__del__|socket\.socket) :"
    "pytest.PytestUnraisableExceptionWarning"
)


@FAILED_HANDSHAKES_STAY
@pytest.mark.parametrize(("tls", "security"), [(False, "starttls"), (False, "opportunistic"), (True, "tls")])
async def test_a_certificate_nobody_vouches_for_is_refused(certificate: Path, tls: bool, security: str) -> None:
    with smtp_server(certificate, tls=tls) as server:
        error = await refused(transport(server, security=security))
        assert "cannot be trusted: self-signed certificate" in str(error)
        assert "mail.smtp.ca_file" in str(error)
        assert not error.temporary
        assert server.mails == []
        await transport(server, security=security, verify_certificate=False).send(mail_to())
        assert server.wait()["X-Over-TLS"] == "True"


@FAILED_HANDSHAKES_STAY
async def test_a_certificate_for_another_name_is_refused(certificate: Path) -> None:
    with smtp_server(certificate, host="127.0.0.2") as server:
        error = await refused(transport(server, security="starttls", ca_file=str(certificate)))
        assert "IP address mismatch" in str(error)
        assert not error.temporary


async def test_without_starttls_nothing_is_sent_unless_the_options_allow_it(server: MailServer) -> None:
    error = await refused(transport(server, security="starttls"))
    assert "does not offer STARTTLS" in str(error)
    assert not error.temporary
    assert server.mails == []
    await transport(server, security="opportunistic").send(mail_to())
    assert server.wait()["X-Over-TLS"] == "False"


async def test_a_server_that_speaks_no_tls_from_the_start_is_told(server: MailServer) -> None:
    error = await refused(transport(server, security="tls"))
    assert "does not speak TLS as mail.smtp.security says" in str(error)
    assert not error.temporary


async def test_a_login_is_made_over_tls(certificate: Path) -> None:
    with smtp_server(certificate, login=True) as server:
        sender = transport(server, security="starttls", ca_file=str(certificate), username=USER, password=PASSWORD)
        await sender.send(mail_to())
        server.wait()
        assert server.logins == [(USER, True)]
        assert PASSWORD not in repr(sender)


async def test_a_wrong_password_is_told_without_repeating_it(certificate: Path) -> None:
    with smtp_server(certificate, login=True) as server:
        error = await refused(
            transport(server, security="starttls", ca_file=str(certificate), username=USER, password="wrong-one")
        )
        assert "refused the login: 535" in str(error)
        assert "mail.smtp.password" in str(error)
        assert "wrong-one" not in str(error)
        assert not error.temporary


async def test_a_login_that_is_not_offered_and_one_that_is_missing(server: MailServer) -> None:
    assert "offers no login" in str(await refused(transport(server, username=USER, password=PASSWORD)))
    with smtp_server(login=True) as demanding:
        error = await refused(transport(demanding))
        assert "refused the sender: 530" in str(error)
        assert not error.temporary


@pytest.mark.parametrize(
    ("command", "reply", "temporary"),
    [
        ("RCPT", "450 4.2.1 <bob@example.com> is busy", True),
        ("RCPT", "550 5.1.1 <bob@example.com>: no such user", False),
        ("DATA", "451 4.3.0 try later", True),
        ("DATA", "554 5.7.1 spam: https://auth.example.com/reset-password/secret-token", False),
    ],
)
async def test_what_the_server_answers_decides_whether_to_try_again(
    server: MailServer, command: str, reply: str, temporary: bool
) -> None:
    server.replies[command] = [reply]
    error = await refused(transport(server))
    assert error.temporary is temporary
    assert reply[:9] in str(error)
    assert "secret-token" not in str(error)


async def test_a_server_that_is_down_may_be_up_later() -> None:
    error = await refused(transport(free_port()))
    assert "cannot be reached" in str(error)
    assert error.temporary
    unknown = await refused(SmtpTransport(resolve_smtp_server(SmtpOptions(host="nowhere.invalid"))))
    assert "nowhere.invalid:587 cannot be reached" in str(unknown)
    assert unknown.temporary


async def test_a_silent_and_a_slow_server_cost_no_more_than_the_timeout(server: MailServer) -> None:
    with silent_server() as port:
        started = monotonic()
        error = await refused(transport(port, timeout=0.3))
        assert monotonic() - started < 2
        assert "did not answer within 0.3 seconds" in str(error)
        assert error.temporary
    server.delay = 2
    started = monotonic()
    assert (await refused(transport(server, timeout=0.3))).temporary
    assert monotonic() - started < 2


async def test_addresses_beyond_ascii_need_a_server_that_takes_them(server: MailServer) -> None:
    await transport(server).send(mail_to("jürgen@example.com"))
    assert server.wait()["To"] == "jürgen@example.com"
    assert server.envelopes[0].rcpt_tos == ["jürgen@example.com"]
    with smtp_server(smtputf8=False) as plain:
        error = await refused(transport(plain), mail_to("jürgen@example.com"))
        assert "does not take addresses beyond ASCII" in str(error)
        assert not error.temporary


async def test_a_cancelled_mail_leaves_no_connection(server: MailServer) -> None:
    server.delay = 5
    task = asyncio.create_task(transport(server).send(mail_to()))
    await until(lambda: server.at_once)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
