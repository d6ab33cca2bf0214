"""What does the waiting: an event loop for `verify`, threads for `verify.sync`.

Session sources are written once, as coroutines over this protocol. The threads' runtime blocks inside its coroutines,
so that they end without being suspended.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Hashable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from betterauth_py.clock import SteadyClock

T = TypeVar("T")


@dataclass(slots=True)
class Fetched:
    """An answer over HTTP."""

    status: int
    body: bytes = field(repr=False)
    set_cookies: tuple[str, ...] = field(default=(), repr=False)


class FetchError(Exception):
    """There was no answer in time, or none that is HTTP; the text says why and holds nothing secret."""


@dataclass(slots=True)
class Request:
    """A GET request, with the bounds of its answer."""

    url: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    timeout: float
    """Seconds until the whole answer has to be there."""
    largest_body: int = 1_048_576
    """Bytes."""
    message: bytes | None = field(default=None, repr=False)
    """As it is sent, once that has been written."""


class Runtime(Protocol):
    """Fetches, shares and closes, blocking a task or a thread."""

    is_async: bool
    clock: SteadyClock
    """What tells until when something is good; how long is waited for something is the machine's own time."""

    async def fetch(self, request: Request, client: Any = None) -> Fetched:
        """Return the answer; redirects are not followed.

        Raises:
            FetchError: if there is none in time or it is too large.
        """
        ...

    async def share(self, key: Hashable, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Return what `work` returns; those who ask for the same key meanwhile share it."""
        ...

    def bound(self, seconds: float) -> AbstractContextManager[None]:
        """Return what raises a `TimeoutError` if what is done inside takes longer, on an event loop.

        A thread's work is bounded by whoever does it.
        """
        ...

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Return what a blocking function returns, without blocking an event loop."""
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...
