"""Transports that send nothing: mails as files in a folder, or as text on standard error."""

from __future__ import annotations

import asyncio
import sys
from email.message import EmailMessage
from email.policy import SMTPUTF8
from pathlib import Path
from secrets import token_hex
from typing import TextIO

from betterauth_py.delivery import write_for_owner
from betterauth_py.errors import MailError


class FolderTransport:
    """Writes each mail to an `.eml` file that mail programs open; the name begins with its time, so they sort."""

    def __init__(self, folder: Path) -> None:
        """Write to `folder`, which is made when the first mail comes."""
        self._folder = folder

    def __str__(self) -> str:
        """Say where the mails are."""
        return f"{self._folder}/*.eml"

    async def send(self, message: EmailMessage) -> None:
        """Write `message`; readers see the whole file or none.

        Raises:
            MailError: if the folder cannot be written to.
        """
        await asyncio.to_thread(self._write, message)

    def _write(self, message: EmailMessage) -> None:
        moment = message["Date"].datetime.strftime("%Y%m%dT%H%M%S")
        kind = message.get("X-Mail-Kind", "mail")
        # 64 random bits after the second: no mail overwrites another.
        try:
            write_for_owner(self._folder, f"{moment}-{kind}-{token_hex(8)}.eml", message.as_bytes(policy=SMTPUTF8))
        except OSError as error:
            raise MailError(
                f"{self._folder} cannot be written to: {error.strerror}. Check mail.folder and its permissions."
            ) from None


class ConsoleTransport:
    """Prints each mail: recipient, subject and text."""

    def __init__(self, stream: TextIO | None = None) -> None:
        """Print to `stream`, or to standard error."""
        self._stream = stream

    def __str__(self) -> str:
        """Say where the mails are."""
        return "printed here"

    async def send(self, message: EmailMessage) -> None:
        """Print `message`."""
        await asyncio.to_thread(self._print, message)

    def _print(self, message: EmailMessage) -> None:
        part = message.get_body(("plain",))
        text = part.get_content() if part is not None else ""
        shown = "\n".join(f"| {line}".rstrip() for line in text.strip().splitlines())
        print(
            f"| To: {message['To']}\n| Subject: {message['Subject']}\n|\n{shown}",
            file=self._stream or sys.stderr,
            flush=True,
        )
