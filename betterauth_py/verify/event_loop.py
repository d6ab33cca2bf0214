"""Waiting on an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Hashable
from typing import Any, Final, TypeVar
from weakref import WeakKeyDictionary

from betterauth_py.verify.loop_connections import LoopConnections
from betterauth_py.verify.runtime import Fetched, Request

T = TypeVar("T")

_ABANDONED: Final = object()


class EventLoopRuntime:
    """Keeps connections and flights of each event loop apart; frameworks and tests run several."""

    is_async = True

    def __init__(self) -> None:
        """Open nothing yet."""
        self._flights: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Hashable, asyncio.Future[Any]]] = (
            WeakKeyDictionary()
        )
        self._connections: WeakKeyDictionary[asyncio.AbstractEventLoop, LoopConnections] = WeakKeyDictionary()

    async def fetch(self, request: Request, client: Any = None) -> Fetched:
        """See `Runtime.fetch`."""
        if client is not None:
            from betterauth_py.verify.given_client import fetch_over

            return await fetch_over(client, request)
        loop = asyncio.get_running_loop()
        connections = self._connections.get(loop)
        if connections is None:
            self._forget_closed_loops()
            connections = self._connections[loop] = LoopConnections()
            connections.keeper = _closing_with_the_loop(connections)
            await anext(connections.keeper)
        return await connections.fetch(request)

    async def share(self, key: Hashable, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """See `Runtime.share`. If the one who works for the others gives up, the next of them takes over."""
        loop = asyncio.get_running_loop()
        flights = self._flights.get(loop)
        if flights is None:
            flights = self._flights[loop] = {}
        while (flight := flights.get(key)) is not None:
            # Shielded: one who gives up waiting does not take the answer away from others.
            result = await asyncio.shield(flight)
            if result is not _ABANDONED:
                shared: T = result
                return shared
        flight = flights[key] = loop.create_future()
        try:
            found = await work()
        except Exception as error:
            flight.set_exception(error)
            # Perhaps nobody else asks for it.
            flight.exception()
            raise
        except BaseException:
            flight.set_result(_ABANDONED)
            raise
        finally:
            del flights[key]
        flight.set_result(found)
        return found

    async def within(self, seconds: float, work: Awaitable[T]) -> T:
        """See `Runtime.within`."""
        async with asyncio.timeout(seconds):
            return await work

    async def in_thread(self, work: Callable[[], T]) -> T:
        """See `Runtime.in_thread`."""
        return await asyncio.to_thread(work)

    async def aclose(self) -> None:
        """Close the connections of this event loop."""
        connections = self._connections.pop(asyncio.get_running_loop(), None)
        if connections is not None:
            await _close(connections)
            if connections.keeper is not None:
                await connections.keeper.aclose()

    def _forget_closed_loops(self) -> None:
        """Let go of connections that nobody can use any more: some frameworks make a loop for every request."""
        for loop in [loop for loop in self._connections if loop.is_closed()]:
            del self._connections[loop]


async def _closing_with_the_loop(connections: LoopConnections) -> AsyncGenerator[None, None]:
    """Close the connections when the event loop ends, which ends its asynchronous generators first (PEP 525)."""
    try:
        yield
    finally:
        await _close(connections)


async def _close(connections: LoopConnections) -> None:
    connections.close()
    # The event loop closes the sockets at its next turn; let it have one.
    await asyncio.sleep(0)
