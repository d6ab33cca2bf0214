"""Waiting on an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Hashable, Iterable, Iterator
from contextlib import AbstractContextManager
from threading import Lock
from typing import Any, Final, TypeVar
from weakref import ReferenceType, WeakKeyDictionary, ref

from betterauth_py.clock import SteadyClock, SystemClock
from betterauth_py.verify.loop_connections import LoopConnections
from betterauth_py.verify.runtime import Fetched, Request
from betterauth_py.verify.timeouts import Deadlines

T = TypeVar("T")

_ABANDONED: Final = object()


class EventLoopRuntime:
    """Keeps separate connections and shared requests per event loop; frameworks and tests run several."""

    is_async = True

    def __init__(self, clock: SteadyClock | None = None) -> None:
        """Start without connections; `clock` replaces the machine's clock."""
        self.clock: SteadyClock = clock or SystemClock()
        self._lock = Lock()
        self._parts: WeakKeyDictionary[asyncio.AbstractEventLoop, _Parts] = WeakKeyDictionary()
        # Nearly always it is the same loop, and a weak dictionary is slow.
        self._latest: tuple[ReferenceType[asyncio.AbstractEventLoop] | None, _Parts | None] = (None, None)

    async def fetch(self, request: Request, client: Any = None) -> Fetched:
        """See `Runtime.fetch`."""
        if client is not None:
            from betterauth_py.verify.httpx_transport import fetch_over

            return await fetch_over(client, request)
        parts = self._here()
        connections = parts.connections
        if connections is None:
            connections = parts.connections = LoopConnections()
            connections.keeper = _closing_with_the_loop(connections)
            await anext(connections.keeper)
        return await connections.fetch(request, parts.deadlines(request.timeout))

    async def share(self, key: Hashable, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """See `Runtime.share`. If the caller that does the work is cancelled, the next one takes over."""
        flights = self._here().flights
        while (waiting := flights.get(key)) is not None:
            own = asyncio.get_running_loop().create_future()
            waiting.append(own)
            result = await own
            if result is not _ABANDONED:
                shared: T = result
                return shared
        waiting = flights[key] = []
        try:
            found = await work()
        except BaseException as error:
            del flights[key]
            for one in _patient(waiting):
                if isinstance(error, Exception):
                    one.set_exception(error)
                    # It may be cancelled before it runs.
                    one.exception()
                else:
                    one.set_result(_ABANDONED)
            raise
        del flights[key]
        for one in _patient(waiting):
            one.set_result(found)
        return found

    def bound(self, seconds: float) -> AbstractContextManager[None]:
        """See `Runtime.bound`."""
        return self._here().deadlines(seconds).bound()

    async def in_thread(self, work: Callable[[], T]) -> T:
        """See `Runtime.in_thread`."""
        return await asyncio.to_thread(work)

    async def aclose(self) -> None:
        """Close the connections of this event loop."""
        parts = self._here()
        connections, parts.connections = parts.connections, None
        if connections is not None:
            await _close(connections)
            if connections.keeper is not None:
                await connections.keeper.aclose()

    def _here(self) -> _Parts:
        """Return the state of the running event loop."""
        loop = asyncio.get_running_loop()
        known, parts = self._latest
        if known is None or parts is None or known() is not loop:
            # Each thread may have its own loop.
            with self._lock:
                parts = self._parts.get(loop)
                if parts is None:
                    self._forget_closed_loops()
                    parts = self._parts[loop] = _Parts()
            self._latest = (ref(loop), parts)
        return parts

    def _forget_closed_loops(self) -> None:
        """Drop unusable connections: some frameworks create a loop for every request."""
        for loop in [loop for loop in self._parts if loop.is_closed()]:
            del self._parts[loop]


class _Parts:
    """The state of one event loop."""

    __slots__ = ("_deadlines", "connections", "flights")

    def __init__(self) -> None:
        self.flights: dict[Hashable, list[asyncio.Future[Any]]] = {}
        """Callers that wait for the result of a shared request, by key."""
        self.connections: LoopConnections | None = None
        self._deadlines: dict[float, Deadlines] = {}

    def deadlines(self, seconds: float) -> Deadlines:
        """Return the time-out of `seconds`; only few values are in use."""
        deadlines = self._deadlines.get(seconds)
        if deadlines is None:
            deadlines = self._deadlines[seconds] = Deadlines(seconds)
        return deadlines


def _patient(waiting: Iterable[asyncio.Future[Any]]) -> Iterator[asyncio.Future[Any]]:
    """Return those that were not cancelled meanwhile."""
    return (one for one in waiting if not one.done())


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
