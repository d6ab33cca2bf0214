"""Waiting on an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from betterauth_py.verify.runtime import Fetched, FetchError, Request

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")


class EventLoopRuntime:
    """Keeps connections and flights of each event loop apart; frameworks and tests run several."""

    is_async = True

    def __init__(self) -> None:
        """Open nothing yet."""
        self._flights: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Hashable, asyncio.Task[Any]]] = (
            WeakKeyDictionary()
        )
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx.AsyncClient] = WeakKeyDictionary()

    async def fetch(self, request: Request, client: Any = None) -> Fetched:
        """See `Runtime.fetch`."""
        import httpx

        if client is None:
            loop = asyncio.get_running_loop()
            client = self._clients.get(loop)
            if client is None:
                client = self._clients[loop] = httpx.AsyncClient(trust_env=False)
        try:
            async with (
                asyncio.timeout(request.timeout),
                client.stream(
                    "GET", request.url, headers=list(request.headers), follow_redirects=False, timeout=request.timeout
                ) as answer,
            ):
                body = b""
                async for part in answer.aiter_bytes():
                    body += part
                    if len(body) > request.largest_body:
                        raise FetchError("the answer is too large")
        except TimeoutError:
            raise FetchError(f"no answer within {request.timeout:g} seconds") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise FetchError(f"{type(error).__name__}") from None
        cookies = tuple(answer.headers.get_list("set-cookie"))
        return Fetched(answer.status_code, body, cookies, dict(answer.headers))

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
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.aclose()


async def _awaited(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    return await work()


def _landed(flights: dict[Hashable, asyncio.Task[Any]], key: Hashable, task: asyncio.Task[Any]) -> None:
    if flights.get(key) is task:
        del flights[key]
    if not task.cancelled():
        # Nobody may be left to see it.
        task.exception()
