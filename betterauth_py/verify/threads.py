"""Waiting in threads."""

from __future__ import annotations

import os
from collections.abc import Callable, Coroutine, Hashable
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from threading import Lock
from typing import Any, Final, TypeVar

from betterauth_py.clock import SteadyClock, SystemClock
from betterauth_py.verify.runtime import Fetched, Request
from betterauth_py.verify.thread_connections import ThreadConnections

T = TypeVar("T")

_ABANDONED: Final = object()


def run(work: Coroutine[Any, Any, T]) -> T:
    """Return what a coroutine over `ThreadRuntime` returns.

    Raises:
        RuntimeError: if it waits for an event loop.
    """
    try:
        work.send(None)
    except StopIteration as done:
        value: T = done.value
        return value
    work.close()
    raise RuntimeError("A sync verifier was given something that needs an event loop.")


class ThreadRuntime:
    """Blocks the calling thread; threads share connections and requests."""

    is_async = False

    def __init__(self, clock: SteadyClock | None = None) -> None:
        """Start without connections; `clock` replaces the machine's clock."""
        self.clock: SteadyClock = clock or SystemClock()
        self._lock = Lock()
        self._flights: dict[Hashable, Future[Any]] = {}
        self._connections = ThreadConnections()

    async def fetch(self, request: Request, client: Any = None) -> Fetched:
        """See `Runtime.fetch`."""
        if client is not None:
            from betterauth_py.verify.httpx_transport import fetch_blocking_over

            return fetch_blocking_over(client, request)
        return self._connections.fetch(request)

    async def share(self, key: Hashable, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """See `Runtime.share`. If the thread that works for the others is interrupted, the next of them takes over."""
        # The threads of a parent process do not exist in a forked one.
        key = os.getpid(), key
        while True:
            with self._lock:
                flight: Future[Any] | None = self._flights.get(key)
                if flight is None:
                    own: Future[Any] = Future()
                    self._flights[key] = own
                    break
            result = flight.result()
            if result is not _ABANDONED:
                shared: T = result
                return shared
        try:
            found = await work()
        except Exception as error:
            own.set_exception(error)
            raise
        except BaseException:
            own.set_result(_ABANDONED)
            raise
        else:
            own.set_result(found)
            return found
        finally:
            with self._lock:
                del self._flights[key]

    def bound(self, seconds: float) -> AbstractContextManager[None]:
        """See `Runtime.bound`."""
        return nullcontext()

    async def in_thread(self, work: Callable[[], T]) -> T:
        """See `Runtime.in_thread`."""
        return work()

    async def aclose(self) -> None:
        """Close the connections."""
        self._connections.close()
