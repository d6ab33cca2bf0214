"""Connections of an event loop, kept open between requests."""

from __future__ import annotations

import asyncio
import ssl
from collections import defaultdict, deque
from collections.abc import AsyncGenerator
from typing import Any, Final

from betterauth_py.verify.http_wire import AnswerReader, Target, request_bytes, target_of
from betterauth_py.verify.runtime import Fetched, FetchError, Request
from betterauth_py.verify.timeouts import Deadlines

# Node closes a connection after 5 idle seconds; be first.
IDLE_SECONDS: Final = 4.0
MOST_CONNECTIONS: Final = 100


class LoopConnections:
    """Sends requests over at most `MOST_CONNECTIONS` connections."""

    def __init__(self) -> None:
        """Start without connections."""
        self._idle: defaultdict[Target, list[_Connection]] = defaultdict(list)
        self._in_use = 0
        self._is_closed = False
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._tls: ssl.SSLContext | None = None
        self.keeper: AsyncGenerator[None, None] | None = None
        """Closes the connections when the event loop ends."""

    async def fetch(self, request: Request, deadlines: Deadlines) -> Fetched:
        """Return the answer.

        Raises:
            FetchError: if there is none in time or it is malformed.
        """
        target, message = target_of(request.url), request_bytes(request)
        try:
            with deadlines.bound():
                while self._in_use >= MOST_CONNECTIONS:
                    await self._room()
                self._in_use += 1
                try:
                    while True:
                        connection = self._kept(target) or await self._connect(target)
                        try:
                            fetched = await connection.ask(message, request.largest_body)
                        except _StaleError:
                            # Closed by the other side while it was idle: a GET may be sent again.
                            continue
                        except BaseException:
                            # Also after a cancellation: a late response must not answer another request.
                            connection.close()
                            raise
                        if self._is_closed:
                            connection.close()
                        elif connection.is_open:
                            self._idle[target].append(connection)
                        return fetched
                finally:
                    self._in_use -= 1
                    self._make_room()
        except TimeoutError:
            raise FetchError(f"no answer within {request.timeout:g} seconds") from None
        except OSError as error:
            raise FetchError(f"no connection ({type(error).__name__})") from None

    def close(self) -> None:
        """Close the connections; those in use are closed after their response."""
        self._is_closed = True
        for connections in self._idle.values():
            for connection in connections:
                connection.close()
        self._idle.clear()

    async def _room(self) -> None:
        """Wait for a free connection."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except BaseException:
            if turn.done() and not turn.cancelled():
                # This waiter was woken but gives up: wake the next one.
                self._make_room()
            raise

    def _make_room(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return

    def _kept(self, target: Target) -> _Connection | None:
        idle = self._idle[target]
        since = asyncio.get_running_loop().time() - IDLE_SECONDS
        while idle:
            connection = idle.pop()
            if connection.is_open and connection.last_used > since:
                return connection
            connection.close()
        return None

    async def _connect(self, target: Target) -> _Connection:
        if target.is_tls and self._tls is None:
            self._tls = ssl.create_default_context()
        _, connection = await asyncio.get_running_loop().create_connection(
            _Connection, target.host, target.port, ssl=self._tls if target.is_tls else None
        )
        return connection


class _StaleError(Exception):
    """A kept connection turned out to be closed before it brought anything."""


class _Connection(asyncio.Protocol):
    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: Any = None
        self._reader: AnswerReader | None = None
        self._answer: asyncio.Future[Fetched] | None = None
        self._was_used = False
        self.is_open = False
        self.last_used = 0.0

    def ask(self, message: bytes, largest_body: int) -> asyncio.Future[Fetched]:
        self._reader = AnswerReader(largest_body)
        self._answer = answer = self._loop.create_future()
        self._transport.write(message)
        return answer

    def close(self) -> None:
        self.is_open = False
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self.is_open = True

    def data_received(self, data: bytes) -> None:
        if self._reader is None or self._answer is None or self._answer.done():
            self.close()
            return
        try:
            fetched = self._reader.feed(data)
        except FetchError as error:
            self._answer.set_exception(error)
            return
        if fetched is None:
            return
        if not self._reader.keeps_alive:
            self.close()
        self._was_used = True
        self.last_used = self._loop.time()
        self._answer.set_result(fetched)
        self._reader = self._answer = None

    def connection_lost(self, error: Exception | None) -> None:
        self.is_open = False
        if self._reader is None or self._answer is None or self._answer.done():
            return
        if self._was_used and not self._reader.has_begun:
            self._answer.set_exception(_StaleError())
            return
        try:
            self._answer.set_result(self._reader.end())
        except FetchError as failure:
            self._answer.set_exception(failure)
