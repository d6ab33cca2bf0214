"""A real SMTP server in a thread, which does what a test tells it to."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.cli.command import free_port
from tests.store.tls import write_certificate

USER, PASSWORD = "mailer@example.com", "p@ss/w:rd?#&=é"


@dataclass
class MailServer:
    """What arrived, and what is answered to the next commands."""

    host: str
    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    replies: dict[str, list[str]] = field(default_factory=dict)
    """What to answer to RCPT and DATA instead of 250, one after the other."""
    delay: float = 0
    """Seconds before DATA is answered."""
    logins: list[tuple[str, bool]] = field(default_factory=list)
    """Who logged in, and whether over TLS."""
    at_once: int = 0
    most_at_once: int = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.replies.get("RCPT"):
            return self.replies["RCPT"].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(self.delay)
        self.at_once -= 1
        if self.replies.get("DATA"):
            return self.replies["DATA"].pop(0)
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        mail["X-Over-TLS"] = str(over_tls(server))
        self.mails.append(mail)
        self.envelopes.append(envelope)
        return "250 OK"

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        right = (data.login.decode(), data.password.decode()) == (USER, PASSWORD)
        if right:
            self.logins.append((data.login.decode(), over_tls(server)))
        # Not handled: the server answers 535 by itself.
        return AuthResult(success=right, handled=False)

    def wait(self, count: int = 1, seconds: float = 10) -> EmailMessage:
        """Wait until `count` mails have arrived; return the last of them."""
        give_up = monotonic() + seconds
        while len(self.mails) < count:
            assert monotonic() < give_up, f"{len(self.mails)} of {count} mails arrived"
            sleep(0.01)
        assert len(self.mails) == count
        return self.mails[-1]

    async def arrival(self, count: int = 1) -> EmailMessage:
        """Wait like `wait`, on the event loop."""
        return await asyncio.to_thread(self.wait, count)


@contextmanager
def smtp_server(
    certificate: Path | None = None,
    *,
    tls: bool = False,
    login: bool = False,
    host: str = "127.0.0.1",
    port: int | None = None,
    smtputf8: bool = True,
) -> Iterator[MailServer]:
    """Run a server: with a certificate it offers STARTTLS, or speaks TLS from the start."""
    server = MailServer(host, port or free_port())
    context = None
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    controller = Controller(
        server,
        hostname=host,
        port=server.port,
        ssl_context=context if tls else None,
        tls_context=None if tls else context,
        authenticator=server.authenticate if login else None,
        auth_required=login,
        enable_SMTPUTF8=smtputf8,
    )
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


@contextmanager
def silent_server() -> Iterator[int]:
    """Run a server that takes connections and never says a word; give its port."""
    port, started = free_port(), threading.Event()
    stopped = asyncio.Event()
    loop = asyncio.new_event_loop()

    async def keep(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await stopped.wait()
        writer.close()

    async def run() -> None:
        listening = await asyncio.start_server(keep, "127.0.0.1", port)
        started.set()
        await stopped.wait()
        listening.close()
        await asyncio.sleep(0.05)

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    started.wait(5)
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(stopped.set)
        thread.join(5)
        loop.close()


def over_tls(server: SMTP) -> bool:
    return server.transport is not None and server.transport.get_extra_info("sslcontext") is not None


def make_certificate(folder: Path) -> Path:
    """Return a certificate for localhost and 127.0.0.1, of an authority of its own, beside its key."""
    folder.mkdir(exist_ok=True)
    write_certificate(folder)
    return folder / "server.crt"


async def until(happened: Callable[[], object]) -> None:
    """Wait on the event loop until something has happened."""
    for _ in range(1000):
        if happened():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen")


def text_of(mail: EmailMessage) -> str:
    """Return the plain form of a mail."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def link_in(mail: EmailMessage) -> str:
    """Return the only link of a mail's plain form."""
    (link,) = [line for line in text_of(mail).splitlines() if line.startswith("http")]
    return link
