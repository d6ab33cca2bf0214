"""The runtime of a verifier: an event loop for `verify`, threads for `verify.sync`.

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
    """There was no valid HTTP response in time; the text has the reason and contains no secret."""


@dataclass(slots=True)
class Request:
    """A GET request, with the limits of its response."""

    url: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    timeout: float
    """Time-out in seconds for the whole response."""
    largest_body: int = 1_048_576
    """Maximum size of the body in bytes."""
    message: bytes | None = field(default=None, repr=False)
    """The request's bytes, once they have been encoded."""


class Runtime(Protocol):
    """Fetches, shares work and closes connections, blocking a task or a thread."""

    is_async: bool
    clock: SteadyClock
    """The clock for expiry; time-outs use the machine's own clock."""

    async def fetch(self, request: Request, client: Any = None) -> Fetched:
        """Return the answer; redirects are not followed.

        Raises:
            FetchError: if there is none in time or it is too large.
        """
        ...

    async def share(self, key: Hashable, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Return the result of `work`; concurrent callers with the same key share it."""
        ...

    def bound(self, seconds: float) -> AbstractContextManager[None]:
        """Return a context manager that raises `TimeoutError` after so many seconds, on an event loop.

        On a thread it does nothing: there the work has its own time-out.
        """
        ...

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Return what a blocking function returns, without blocking an event loop."""
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...
