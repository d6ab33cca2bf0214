"""Mails are tried again, for a while, a few at once; a stopping server does not wait for them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from email.message import EmailMessage
from time import monotonic

import pytest

from betterauth_py.errors import MailError
from betterauth_py.mail.outbox import Outbox
from betterauth_py.mail.smtp import SmtpTransport
from betterauth_py.mail.smtp_server import resolve_smtp_server
from betterauth_py.options import MailTransport, SmtpOptions
from tests.cli.command import free_port
from tests.mail.smtp_server import MailServer, smtp_server

LINK = "https://auth.example.com/api/auth/reset-password/secret-token"


def mail(number: int = 1) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "no-reply@example.com", "bob@example.com", f"Mail {number}"
    message["Message-ID"], message["X-Mail-Kind"] = f"<{number}@example.com>", "reset-password"
    message.set_content(f"{LINK}\n")
    return message


def over_smtp(port: int, timeout: float = 5) -> SmtpTransport:
    return SmtpTransport(
        resolve_smtp_server(SmtpOptions(host="127.0.0.1", port=port, security="none", timeout=timeout))
    )


def outbox(transport: MailTransport, *, concurrency: int = 4, max_waiting: int = 100, retry_for: float = 30) -> Outbox:
    return Outbox(transport, concurrency=concurrency, max_waiting=max_waiting, retry_for=retry_for, first_pause=0.05)


class Own:
    """A transport of one's own: does what the function says."""

    def __init__(self, behave: Callable[[int], BaseException | None]) -> None:
        self.attempts = 0
        self._behave = behave

    async def send(self, message: EmailMessage) -> None:
        self.attempts += 1
        if error := self._behave(self.attempts):
            raise error


async def test_a_temporary_refusal_is_tried_again(server: MailServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "betterauth.mail")
    server.replies = {"RCPT": ["450 busy"], "DATA": ["451 <bob@example.com> later"]}
    assert await outbox(over_smtp(server.port)).deliver(mail())
    server.wait()
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING", "INFO"]
    assert "sent (SMTP, 127.0.0.1:" in caplog.records[-1].getMessage()
    fields = caplog.records[-1].__dict__["fields"]
    assert (fields["recipient"], fields["mail"], fields["attempts"]) == ("b***@example.com", "reset-password", 3)
    for private in ("secret-token", "bob@"):
        assert private not in caplog.text


async def test_a_refusal_for_good_is_not_tried_again(server: MailServer, caplog: pytest.LogCaptureFixture) -> None:
    server.replies = {"RCPT": ["550 no such user <bob@example.com>"]}
    assert not await outbox(over_smtp(server.port)).deliver(mail())
    assert server.mails == []
    (record,) = caplog.records
    assert record.levelname == "ERROR"
    assert "given up: 127.0.0.1" in record.getMessage()
    assert "550 no such user <b***@example.com>" in record.getMessage()


async def test_a_server_that_comes_up_gets_the_mail() -> None:
    port = free_port()
    sending = asyncio.create_task(outbox(over_smtp(port)).deliver(mail()))
    await asyncio.sleep(0.2)
    assert not sending.done()
    with smtp_server(port=port) as server:
        assert await sending
        server.wait()


async def test_after_a_while_it_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    started = monotonic()
    assert not await outbox(over_smtp(free_port()), retry_for=0.3).deliver(mail())
    assert 0.05 < monotonic() - started < 2
    assert "cannot be reached" in caplog.records[-1].getMessage()
    assert caplog.records[-1].levelname == "ERROR"
    assert len(caplog.records) >= 3


async def test_only_so_many_are_under_way_at_once_and_a_slow_server_delays_nobody_else(server: MailServer) -> None:
    server.delay = 0.1
    box, delays, done = outbox(over_smtp(server.port), concurrency=3), [], asyncio.Event()

    async def watch() -> None:
        while not done.is_set():
            before = monotonic()
            await asyncio.sleep(0.005)
            delays.append(monotonic() - before)

    watching = asyncio.create_task(watch())
    assert all(await asyncio.gather(*(box.deliver(mail(n)) for n in range(12))))
    done.set()
    await watching
    assert server.most_at_once == 3
    assert {message["Subject"] for message in server.mails} == {f"Mail {n}" for n in range(12)}
    assert sorted(delays)[len(delays) // 2] < 0.05


async def test_more_than_may_wait_are_dropped(server: MailServer, caplog: pytest.LogCaptureFixture) -> None:
    server.delay = 0.2
    box = outbox(over_smtp(server.port), concurrency=1, max_waiting=2)
    assert sorted(await asyncio.gather(*(box.deliver(mail(n)) for n in range(5)))) == [False, False, False, True, True]
    assert sum("mail.max_waiting" in record.getMessage() for record in caplog.records) == 3
    assert await box.deliver(mail(9))


async def test_a_stop_makes_the_last_attempt_at_once() -> None:
    attempts: list[float] = []

    def fail_once(attempt: int) -> BaseException | None:
        attempts.append(monotonic())
        return MailError("later", temporary=True) if attempt == 1 else None

    box = Outbox(Own(fail_once), concurrency=1, max_waiting=9, retry_for=600, first_pause=300)
    sending = asyncio.create_task(box.deliver(mail()))
    await asyncio.sleep(0.05)
    box.flush()
    assert await asyncio.wait_for(sending, 1)
    assert len(attempts) == 2


async def test_a_stop_gives_up_what_fails_even_then() -> None:
    own = Own(lambda _: MailError("later", temporary=True))
    box = Outbox(own, concurrency=1, max_waiting=9, retry_for=600, first_pause=300)
    sending = asyncio.create_task(box.deliver(mail()))
    await asyncio.sleep(0.05)
    box.flush()
    assert not await asyncio.wait_for(sending, 1)
    assert own.attempts == 2


@pytest.mark.parametrize(
    ("error", "attempts"),
    [
        (MailError("gone"), 1),
        (ValueError(f"cannot send {LINK} to bob@example.com"), 1),
        (ConnectionResetError("reset"), 3),
        (TimeoutError(), 3),
        (MailError("busy", temporary=True), 3),
    ],
)
async def test_a_transport_of_ones_own_says_by_its_error_whether_to_try_again(
    error: BaseException, attempts: int, caplog: pytest.LogCaptureFixture
) -> None:
    own = Own(lambda attempt: error if attempt < 3 else None)
    assert await outbox(own).deliver(mail()) is (attempts == 3)
    assert own.attempts == attempts
    for private in ("secret-token", "bob@"):
        assert private not in caplog.text
