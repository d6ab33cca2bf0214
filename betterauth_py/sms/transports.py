"""Transports that send nothing, and the deployment's own function."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from pathlib import Path
from typing import Any, TextIO

from betterauth_py.clock import Clock, now
from betterauth_py.delivery import write_for_owner
from betterauth_py.errors import SmsError
from betterauth_py.options.sms import SmsMessage


class FolderTransport:
    """Writes each message to a text file; the name begins with its time, so they sort."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        """Write to `folder`, which is made when the first message comes."""
        self._folder = folder
        self._clock = clock

    def __str__(self) -> str:
        """Say where the messages are."""
        return f"{self._folder}/*.txt"

    async def send(self, message: SmsMessage) -> None:
        """Write `message`; readers see the whole file or none.

        Raises:
            SmsError: if the folder cannot be written to.
        """
        await asyncio.to_thread(self._write, message)

    def _write(self, message: SmsMessage) -> None:
        moment = now(self._clock).strftime("%Y%m%dT%H%M%S%f")
        text = f"To: {_one_line(message.to)}\n\n{message.text}\n".encode("utf-8", "replace")
        try:
            write_for_owner(self._folder, f"{moment}-{message.kind}-{message.id}.txt", text)
        except OSError as error:
            raise SmsError(
                f"{self._folder} cannot be written to: {error.strerror}. Check sms.folder and its permissions."
            ) from None


class ConsoleTransport:
    """Prints each message: number and text."""

    def __init__(self, stream: TextIO | None = None) -> None:
        """Print to `stream`, or to standard error."""
        self._stream = stream

    def __str__(self) -> str:
        """Say where the messages are."""
        return "printed here"

    async def send(self, message: SmsMessage) -> None:
        """Print `message`."""
        shown = "\n".join(f"| {line}".rstrip() for line in message.text.splitlines())
        text = f"| To: {_one_line(message.to)}\n|\n{shown}".encode("utf-8", "replace").decode()
        await asyncio.to_thread(print, text, file=self._stream or sys.stderr, flush=True)


class FunctionTransport:
    """Calls the deployment's function."""

    def __init__(self, function: Callable[[SmsMessage], Any]) -> None:
        """Call `function` with each message."""
        self._function = function

    def __str__(self) -> str:
        """Name the function."""
        return getattr(self._function, "__qualname__", type(self._function).__name__)

    async def send(self, message: SmsMessage) -> None:
        """Call the function; whatever it raises is raised."""
        result: Awaitable[None] | None = self._function(message)
        if isawaitable(result):
            await result


def _one_line(number: str) -> str:
    """Return a number, which may be any text, without lines of its own."""
    return "".join(letter if letter.isprintable() else "?" for letter in number)
