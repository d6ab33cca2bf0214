"""Waiting on an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from betterauth_py.verify.loop_connections import LoopConnections
from betterauth_py.verify.runtime import Fetched, Request

T = TypeVar("T")


class EventLoopRuntime:
    """Keeps connections and flights of each event loop apart; frameworks and tests run several."""

    is_async = True

    def __init__(self) -> None:
        """Open nothing yet."""
        self._flights: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Hashable, asyncio.Task[Any]]] = (
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
            connections = self._connections[loop] = LoopConnections()
        return await connections.fetch(request)

    async def share(self, key: Hashable, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """See `Runtime.share`. The work goes on when the one who asked first gives up."""
        flights = self._flights.setdefault(asyncio.get_running_loop(), {})
        task: asyncio.Task[T] | None = flights.get(key)
        if task is None:
            task = flights[key] = asyncio.create_task(_awaited(work))
            task.add_done_callback(lambda done: _landed(flights, key, done))
        return await asyncio.shield(task)

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
            connections.close()
            # The event loop closes the sockets at its next turn; let it have one.
            await asyncio.sleep(0)


async def _awaited(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    return await work()


def _landed(flights: dict[Hashable, asyncio.Task[Any]], key: Hashable, task: asyncio.Task[Any]) -> None:
    if flights.get(key) is task:
        del flights[key]
    if not task.cancelled():
        # Nobody may be left to see it.
        task.exception()
