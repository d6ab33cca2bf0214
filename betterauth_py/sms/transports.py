"""Transports that send nothing, and the deployment's own function."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from inspect import isawaitable
from pathlib import Path
from typing import Any, ClassVar

from betterauth_py.clock import Clock, now
from betterauth_py.delivery import DeliveryConsole, DeliveryFolder
from betterauth_py.errors import SmsError
from betterauth_py.options.sms import SmsMessage


class FolderTransport(DeliveryFolder[SmsMessage]):
    """Writes each message to a text file."""

    noun: ClassVar = "sms"
    suffix: ClassVar = ".txt"
    error: ClassVar = SmsError

    def __init__(self, folder: Path, clock: Clock) -> None:
        """Write to `folder`, which is made when the first message comes."""
        super().__init__(folder)
        self._clock = clock

    def file_of(self, message: SmsMessage) -> tuple[str, bytes]:
        """Return a name made of the time and the message's kind and id, and number and text."""
        moment = now(self._clock).strftime("%Y%m%dT%H%M%S%f")
        text = f"To: {_one_line(message.to)}\n\n{message.text}\n".encode("utf-8", "replace")
        return f"{moment}-{message.kind}-{message.id}", text


class ConsoleTransport(DeliveryConsole[SmsMessage]):
    """Prints each message: number and text."""

    def parts_of(self, message: SmsMessage) -> tuple[Sequence[str], str]:
        """Return the number, and the text as far as it can be encoded."""
        return [f"To: {_one_line(message.to)}"], message.text.encode("utf-8", "replace").decode()


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
