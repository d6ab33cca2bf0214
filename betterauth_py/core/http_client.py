"""The client for outgoing requests, where the options have none."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Final
from urllib.request import getproxies

import httpx

TIMEOUT: Final = 10.0
_LARGEST_POOL: Final = 16


def make_http_client() -> httpx.AsyncClient:
    """Return a client that follows no redirect and keeps no cookie, because it is everybody's.

    Proxies of the environment (`HTTPS_PROXY`) count, as for every client of httpx.
    """
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    transport = None if getproxies() else ManyPools()
    return httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False, cookies=no_cookies, transport=transport)


class ManyPools(httpx.AsyncBaseTransport):
    """Sends requests over as many pools of connections as it takes for those that are under way at once.

    httpx's pool looks at all of its connections whenever a request begins or ends: a few hundred at once take it
    seconds, and those beyond its hundredth connection wait. Small pools do not.
    """

    def __init__(self) -> None:
        """Open nothing yet."""
        self._tls = httpx.create_ssl_context()
        self.pools: list[_Pool] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request over the first pool that has room."""
        pool = next((pool for pool in self.pools if pool.under_way < _LARGEST_POOL), None)
        if pool is None:
            pool = _Pool(self._tls)
            self.pools.append(pool)
        pool.under_way += 1
        try:
            response = await pool.transport.handle_async_request(request)
        except BaseException:
            pool.under_way -= 1
            raise
        response.stream = _Answer(response, pool)
        return response

    async def aclose(self) -> None:
        """Close all connections."""
        for pool in self.pools:
            await pool.transport.aclose()


class _Pool:
    def __init__(self, tls: ssl.SSLContext) -> None:
        limits = httpx.Limits(
            max_connections=_LARGEST_POOL, max_keepalive_connections=_LARGEST_POOL, keepalive_expiry=5
        )
        self.transport = httpx.AsyncHTTPTransport(verify=tls, limits=limits)
        self.under_way = 0


class _Answer(httpx.AsyncByteStream):
    """The body of an answer, with whose end its connection is free."""

    def __init__(self, response: httpx.Response, pool: _Pool) -> None:
        self._stream = response.stream
        self._pool: _Pool | None = pool

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if isinstance(self._stream, httpx.AsyncByteStream):
            async for chunk in self._stream:
                yield chunk

    async def aclose(self) -> None:
        pool, self._pool = self._pool, None
        try:
            if isinstance(self._stream, httpx.AsyncByteStream):
                await self._stream.aclose()
        finally:
            if pool is not None:
                pool.under_way -= 1
