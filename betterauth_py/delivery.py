"""Delivers messages: a few at once, again after temporary failures, bounded in number and time.

In development they go to a folder or to the console.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from random import uniform
from typing import Any, ClassVar, Final, Generic, NamedTuple, Protocol, Self, TextIO, TypeVar

from betterauth_py.errors import ConfigurationError, DeliveryError

Message = TypeVar("Message")
Taken_contra = TypeVar("Taken_contra", contravariant=True)

FIRST_PAUSE: Final = 1.0
"""Seconds before the second attempt; each pause is twice as long as the one before."""
LONGEST_PAUSE: Final = 60.0
"""Seconds between two attempts at most."""
LONGEST_ATTEMPT: Final = 120.0
"""Seconds that any transport gets for one attempt."""
_LONGEST_QUEUE: Final = 60.0


class Transport(Protocol[Taken_contra]):
    """What delivers one message."""

    async def send(self, message: Taken_contra, /) -> None:
        """Deliver it.

        Raises:
            DeliveryError: if it cannot be delivered; a `temporary` one is tried again.
        """
        ...


class _QueueOptions(Protocol):
    """The options of a queue, as each group of options declares them."""

    @property
    def concurrency(self) -> int: ...

    @property
    def max_waiting(self) -> int: ...

    @property
    def retry_for(self) -> float: ...


class Label(NamedTuple):
    """What a log may show of a message."""

    kind: str
    id: str
    recipient: str
    """Masked."""


class DeliveryQueue(ABC, Generic[Message]):
    """What stands between messages and their transport: bounded in number, in attempts at once and in time."""

    noun: ClassVar[str]
    """What is sent, and the group of its options: `mail`."""

    def __init__(
        self,
        transport: Transport[Message],
        *,
        concurrency: int,
        max_waiting: int,
        retry_for: float,
        first_pause: float = FIRST_PAUSE,
    ) -> None:
        """Hand messages to `transport`; durations are in seconds."""
        self._transport = transport
        self._concurrency = concurrency
        self._max_waiting = max_waiting
        self._retry_for = retry_for
        self._first_pause = first_pause
        self._waiting = 0
        self.open()

    @classmethod
    def from_options(cls, options: _QueueOptions, make_transport: Callable[[], Transport[Message]]) -> Self:
        """Return the queue that `options` describe; its transport is made once its numbers have been checked.

        Raises:
            ConfigurationError: if a number is too small.
        """
        for name, least in (("concurrency", 1), ("max_waiting", 1), ("retry_for", 0)):
            value = getattr(options, name)
            if value < least:
                raise ConfigurationError(f"Option `{cls.noun}.{name}`: {value} is too small. Give {least} or more.")
        return cls(
            make_transport(),
            concurrency=options.concurrency,
            max_waiting=options.max_waiting,
            retry_for=options.retry_for,
        )

    def open(self) -> None:
        """Begin work, on the event loop that runs."""
        self._slots = asyncio.Semaphore(self._concurrency)
        self._stopping = asyncio.Event()

    def flush(self) -> None:
        """The server stops: whatever waits for its next attempt gets it now, as its last."""
        self._stopping.set()

    async def deliver(self, message: Message) -> bool:
        """Send `message`; return whether it left. Failures are logged, without recipient or content, never raised."""
        if self._waiting >= self._max_waiting:
            self._log(logging.ERROR, message, f"dropped: {self._waiting} are waiting already ({self.noun}.max_waiting)")
            return False
        self._waiting += 1
        try:
            return await self._attempt_until_done(message)
        except asyncio.CancelledError:
            self._log(logging.ERROR, message, "given up: the server stops")
            raise
        finally:
            self._waiting -= 1

    async def _attempt_until_done(self, message: Message) -> bool:
        loop = asyncio.get_running_loop()
        started, attempt = loop.time(), 0
        while True:
            attempt += 1
            last = self._stopping.is_set()
            failure = await self._attempt(message, started)
            seconds = loop.time() - started
            if failure is None:
                self._log(logging.INFO, message, f"sent ({self.place})", attempts=attempt, seconds=round(seconds, 3))
                return True
            pause = min(self._first_pause * 2 ** (attempt - 1), LONGEST_PAUSE) * uniform(0.8, 1.2)  # noqa: S311
            if not failure.temporary or last or seconds + pause > self._retry_for:
                self._log(logging.ERROR, message, f"given up: {failure}", attempts=attempt, seconds=round(seconds, 3))
                return False
            self._log(logging.WARNING, message, f"tried again in {pause:.0f} s: {failure}", attempts=attempt)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)

    async def _attempt(self, message: Message, started: float) -> DeliveryError | None:
        async with self._slots:
            if asyncio.get_running_loop().time() - started > max(self._retry_for, _LONGEST_QUEUE):
                return DeliveryError("its turn did not come in time; the transport is slow or down")
            try:
                async with asyncio.timeout(LONGEST_ATTEMPT):
                    await self._transport.send(message)
            except DeliveryError as error:
                return error
            except Exception as error:
                # A transport of the deployment's own.
                text = f"{type(error).__name__}: {self.without_private_parts(str(error))}"
                return DeliveryError(text, temporary=isinstance(error, OSError | TimeoutError))
        return None

    @property
    def place(self) -> str:
        """Where messages go, for people."""
        own = type(self._transport)
        return str(self._transport) if own.__str__ is not object.__str__ else own.__name__

    @abstractmethod
    def label(self, message: Message) -> Label:
        """Return what logs show of a message."""

    @abstractmethod
    def without_private_parts(self, text: str) -> str:
        """Return an error's text on one line, without what must not be logged: transports quote what they get."""

    def _log(self, level: int, message: Message, what: str, **fields: Any) -> None:
        """Log the fate of one message: its kind, id and part of the recipient, never its content."""
        kind, id_, recipient = self.label(message)
        more = {self.noun: kind, "recipient": recipient, "message_id": id_, **fields}
        text = f"{self.noun.capitalize()} %s to %s %s: %s"
        logging.getLogger(f"betterauth.{self.noun}").log(
            level, text, kind, recipient, id_, what, extra={"fields": more}
        )


class DeliveryFolder(ABC, Generic[Message]):
    """A transport that writes each message to a file; the name begins with its time, so they sort."""

    noun: ClassVar[str]
    """The group of its options: `mail`."""
    suffix: ClassVar[str]
    """The suffix of the files: `.eml`."""
    error: ClassVar[type[DeliveryError]]
    """What it raises."""

    def __init__(self, folder: Path) -> None:
        """Write to `folder`, which is made when the first message comes."""
        self._folder = folder

    def __str__(self) -> str:
        """Say where the messages are."""
        return f"{self._folder}/*{self.suffix}"

    async def send(self, message: Message) -> None:
        """Write `message`; readers see the whole file or none.

        Raises:
            DeliveryError: if the folder cannot be written to.
        """
        await asyncio.to_thread(self._write, message)

    @abstractmethod
    def file_of(self, message: Message) -> tuple[str, bytes]:
        """Return the name, without its suffix, and the content of a message's file; no two have one name."""

    def _write(self, message: Message) -> None:
        name, content = self.file_of(message)
        try:
            write_for_owner(self._folder, name + self.suffix, content)
        except OSError as error:
            raise self.error(
                f"{self._folder} cannot be written to: {error.strerror}. Check {self.noun}.folder and its permissions."
            ) from None


class DeliveryConsole(ABC, Generic[Message]):
    """A transport that prints each message."""

    def __init__(self, stream: TextIO | None = None) -> None:
        """Print to `stream`, or to standard error."""
        self._stream = stream

    def __str__(self) -> str:
        """Say where the messages are."""
        return "printed here"

    async def send(self, message: Message) -> None:
        """Print `message`."""
        await asyncio.to_thread(self._print, message)

    @abstractmethod
    def parts_of(self, message: Message) -> tuple[Sequence[str], str]:
        """Return the lines above a message, such as its recipient, and its text."""

    def _print(self, message: Message) -> None:
        above, text = self.parts_of(message)
        head = "\n".join(f"| {line}" for line in above)
        shown = "\n".join(f"| {line}".rstrip() for line in text.splitlines())
        print(f"{head}\n|\n{shown}", file=self._stream or sys.stderr, flush=True)


def write_for_owner(folder: Path, name: str, content: bytes) -> None:
    """Write a file that only its owner can read; others see the whole file or none. Makes the folder.

    Raises:
        OSError: if the folder cannot be written to.
    """
    path = folder / name
    unfinished = path.with_suffix(".part")
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    # The links and codes in them open accounts.
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    unfinished.replace(path)
