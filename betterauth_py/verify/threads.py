"""Waiting in threads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Hashable
from concurrent.futures import Future
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from betterauth_py.verify.runtime import Fetched, FetchError, Request

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")


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
    """Blocks the calling thread; threads share connections and flights."""

    is_async = False

    def __init__(self) -> None:
        """Open nothing yet."""
        self._lock = Lock()
        self._flights: dict[Hashable, Future[Any]] = {}
        self._client: httpx.Client | None = None

    async def fetch(self, request: Request, client: Any = None) -> Fetched:
        """See `Runtime.fetch`."""
        import httpx

        if client is None:
            with self._lock:
                if self._client is None:
                    self._client = httpx.Client(trust_env=False)
                client = self._client
        until = monotonic() + request.timeout
        try:
            with client.stream(
                "GET", request.url, headers=list(request.headers), follow_redirects=False, timeout=request.timeout
            ) as answer:
                body = b""
                for part in answer.iter_bytes():
                    body += part
                    if len(body) > request.largest_body:
                        raise FetchError("the answer is too large")
                    if monotonic() > until:
                        raise FetchError(f"no answer within {request.timeout:g} seconds")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise FetchError(f"{type(error).__name__}") from None
        cookies = tuple(answer.headers.get_list("set-cookie"))
        return Fetched(answer.status_code, body, cookies, dict(answer.headers))

    async def share(self, key: Hashable, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """See `Runtime.share`."""
        with self._lock:
            flight: Future[T] | None = self._flights.get(key)
            first = flight is None
            if flight is None:
                flight = self._flights[key] = Future()
        if not first:
            return flight.result()
        try:
            flight.set_result(await work())
        except BaseException as error:
            flight.set_exception(error)
        finally:
            with self._lock:
                del self._flights[key]
        return flight.result()

    async def within(self, seconds: float, work: Awaitable[T]) -> T:
        """See `Runtime.within`."""
        return await work

    async def in_thread(self, work: Callable[[], T]) -> T:
        """See `Runtime.in_thread`."""
        return work()

    async def aclose(self) -> None:
        """Close the connections."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()
