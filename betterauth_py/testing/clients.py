"""HTTP clients that reach applications without sockets."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Awaitable, Callable, Iterable, Mapping
from inspect import iscoroutinefunction
from typing import Any

import httpx

Settle = Callable[[], Awaitable[None]]


class ServerTransport(httpx.AsyncBaseTransport):
    """Reaches the tested server, and lets it finish its background work, such as mails, before it answers."""

    def __init__(self, app: Any, settle: Settle) -> None:
        """Reach `app`."""
        self._transport = httpx.ASGITransport(app)
        self._settle = settle

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request."""
        try:
            return await self._transport.handle_async_request(request)
        finally:
            await self._settle()


class WSGITransport(httpx.AsyncBaseTransport):
    """Reaches a WSGI application, which runs in a thread."""

    def __init__(self, app: Any) -> None:
        """Reach `app`."""
        self._transport = httpx.WSGITransport(app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request."""
        await request.aread()
        return await to_thread(self._answer, request)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = self._transport.handle_request(request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.read())


def transport_to(app: Any) -> httpx.AsyncBaseTransport:
    """Return the transport to an ASGI or WSGI application."""
    return httpx.ASGITransport(app) if is_asgi(app) else WSGITransport(app)


def is_asgi(app: Any) -> bool:
    """Return whether an application is ASGI rather than WSGI."""
    return iscoroutinefunction(app) or iscoroutinefunction(getattr(app, "__call__", None))  # noqa: B004 - looked at


def mounts_of(apps: Mapping[str, Any]) -> dict[str, httpx.AsyncBaseTransport]:
    """Return the transports to applications by their origins."""
    return {origin.rstrip("/"): transport_to(app) for origin, app in apps.items()}


def keep_cookies(client: httpx.AsyncClient | httpx.Client, set_cookies: Iterable[str], url: str) -> None:
    """Have a client keep cookies as if an answer from `url` had set them."""
    headers = [("set-cookie", value) for value in set_cookies]
    client.cookies.extract_cookies(httpx.Response(200, headers=headers, request=httpx.Request("GET", url)))
