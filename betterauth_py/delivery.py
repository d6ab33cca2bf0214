"""Delivers messages: a few at once, again after temporary failures, bounded in number and time."""

from __future__ import annotations

import asyncio
import logging
import os
from contextlib import suppress
from pathlib import Path
from random import uniform
from typing import Any, ClassVar, Final, Generic, NamedTuple, Protocol, TypeVar

from betterauth_py.errors import DeliveryError

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


class Label(NamedTuple):
    """What a log may show of a message."""

    kind: str
    id: str
    recipient: str
    """Masked."""


class DeliveryQueue(Generic[Message]):
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

    def label(self, message: Message) -> Label:
        """Return what logs show of a message."""
        raise NotImplementedError

    def without_private_parts(self, text: str) -> str:
        """Return an error's text on one line, without what must not be logged: transports quote what they get."""
        raise NotImplementedError

    def _log(self, level: int, message: Message, what: str, **fields: Any) -> None:
        """Log the fate of one message: its kind, id and part of the recipient, never its content."""
        kind, id_, recipient = self.label(message)
        more = {self.noun: kind, "recipient": recipient, "message_id": id_, **fields}
        text = f"{self.noun.capitalize()} %s to %s %s: %s"
        logging.getLogger(f"betterauth.{self.noun}").log(
            level, text, kind, recipient, id_, what, extra={"fields": more}
        )


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
