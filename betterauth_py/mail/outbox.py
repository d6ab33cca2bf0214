"""Sends mails one after the other, a few at once, again if need be, and not for ever."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from email.message import EmailMessage
from random import uniform
from typing import Any, Final

from betterauth_py.errors import MailError
from betterauth_py.mail.addresses import mask, without_private_parts
from betterauth_py.options.mail import MailTransport

logger = logging.getLogger("betterauth.mail")

FIRST_PAUSE: Final = 1.0
"""Seconds before the second attempt; each pause is twice as long as the one before."""
LONGEST_PAUSE: Final = 60.0
"""Seconds between two attempts at most."""
LONGEST_ATTEMPT: Final = 120.0
"""Seconds that any transport gets for one attempt."""
_LONGEST_QUEUE: Final = 60.0


class Outbox:
    """What stands between a mail and its transport: bounded in number, in attempts at once and in time."""

    def __init__(
        self,
        transport: MailTransport,
        *,
        concurrency: int,
        max_waiting: int,
        retry_for: float,
        first_pause: float = FIRST_PAUSE,
    ) -> None:
        """Hand mails to `transport`; durations are in seconds."""
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

    async def deliver(self, message: EmailMessage) -> bool:
        """Send `message`; return whether it left. Failures are logged, without address or content, never raised."""
        if self._waiting >= self._max_waiting:
            _log(logging.ERROR, message, f"dropped: {self._waiting} mails are waiting already (mail.max_waiting)")
            return False
        self._waiting += 1
        try:
            return await self._attempt_until_done(message)
        except asyncio.CancelledError:
            _log(logging.ERROR, message, "given up: the server stops")
            raise
        finally:
            self._waiting -= 1

    async def _attempt_until_done(self, message: EmailMessage) -> bool:
        loop = asyncio.get_running_loop()
        started, attempt = loop.time(), 0
        while True:
            attempt += 1
            last = self._stopping.is_set()
            failure = await self._attempt(message, started)
            seconds = loop.time() - started
            if failure is None:
                _log(logging.INFO, message, f"sent ({self.place})", attempts=attempt, seconds=round(seconds, 3))
                return True
            pause = min(self._first_pause * 2 ** (attempt - 1), LONGEST_PAUSE) * uniform(0.8, 1.2)  # noqa: S311
            if not failure.temporary or last or seconds + pause > self._retry_for:
                _log(logging.ERROR, message, f"given up: {failure}", attempts=attempt, seconds=round(seconds, 3))
                return False
            _log(logging.WARNING, message, f"tried again in {pause:.0f} s: {failure}", attempts=attempt)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)

    async def _attempt(self, message: EmailMessage, started: float) -> MailError | None:
        async with self._slots:
            if asyncio.get_running_loop().time() - started > max(self._retry_for, _LONGEST_QUEUE):
                return MailError("its turn did not come in time; the transport is slow or down")
            try:
                async with asyncio.timeout(LONGEST_ATTEMPT):
                    await self._transport.send(message)
            except MailError as error:
                return error
            except Exception as error:
                # A transport of the deployment's own.
                text = f"{type(error).__name__}: {without_private_parts(str(error))}"
                return MailError(text, temporary=isinstance(error, OSError | TimeoutError))
        return None

    @property
    def place(self) -> str:
        """Where mails go, for people."""
        own = type(self._transport)
        return str(self._transport) if own.__str__ is not object.__str__ else own.__name__


def _log(level: int, message: EmailMessage, what: str, **fields: Any) -> None:
    """Log the fate of one mail: its kind, id and part of the address, never its links."""
    kind, id_ = str(message["X-Mail-Kind"]), str(message["Message-ID"])
    recipient = mask(str(message["To"]))
    more = {"mail": kind, "recipient": recipient, "message_id": id_, **fields}
    logger.log(level, "Mail %s to %s %s: %s", kind, recipient, id_, what, extra={"fields": more})
