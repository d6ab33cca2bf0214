"""Transports that send nothing: mails as files in a folder, or as text on standard error."""

from __future__ import annotations

from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTPUTF8
from secrets import token_hex
from typing import ClassVar

from betterauth_py.delivery import DeliveryConsole, DeliveryFolder
from betterauth_py.errors import MailError


class FolderTransport(DeliveryFolder[EmailMessage]):
    """Writes each mail to an `.eml` file that mail programs open."""

    noun: ClassVar = "mail"
    suffix: ClassVar = ".eml"
    error: ClassVar = MailError

    def file_of(self, message: EmailMessage) -> tuple[str, bytes]:
        """Return a name made of the mail's time and kind, and the mail."""
        moment = message["Date"].datetime.strftime("%Y%m%dT%H%M%S")
        kind = message.get("X-Mail-Kind", "mail")
        # 64 random bits after the second: no mail overwrites another.
        return f"{moment}-{kind}-{token_hex(8)}", message.as_bytes(policy=SMTPUTF8)


class ConsoleTransport(DeliveryConsole[EmailMessage]):
    """Prints each mail: recipient, subject and text."""

    def parts_of(self, message: EmailMessage) -> tuple[Sequence[str], str]:
        """Return recipient and subject, and the text."""
        part = message.get_body(("plain",))
        text = part.get_content() if part is not None else ""
        return [f"To: {message['To']}", f"Subject: {message['Subject']}"], text.strip()
