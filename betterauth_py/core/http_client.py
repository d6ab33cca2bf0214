"""The client for outgoing requests, where the options have none: httpx's interface over aiohttp's connections."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib import import_module
from typing import TYPE_CHECKING, Final
from urllib.request import getproxies

import httpx

if TYPE_CHECKING:
    import aiohttp

TIMEOUT: Final = 10.0
LARGEST_RESPONSE: Final = 4 * 1_048_576
"""The maximum bytes of a response on the wire, with its head and its framing."""
_KEPT_ALIVE: Final = 5.0
"""Seconds that a connection without a request stays open."""


def make_http_client() -> httpx.AsyncClient:
    """Return a client that follows no redirect and keeps no cookie, because it is everybody's.

    Proxies of the environment (`HTTPS_PROXY`) count, as for every client of httpx.
    """
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    transport = None if getproxies() else AiohttpTransport()
    return httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False, cookies=no_cookies, transport=transport)


class AiohttpTransport(httpx.AsyncBaseTransport):
    """Sends httpx's requests over aiohttp, for one event loop.

    httpx's own transport takes three times the CPU for a request, and its pool looks at all of its connections whenever
    a request begins or ends: a few hundred at once take it seconds.
    """

    def __init__(self) -> None:
        """Open nothing yet."""
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request and return the answer, whose body is not read yet.

        Raises:
            httpx.TransportError: if there is no answer.
        """
        if self._session is None:
            # Neither a server that starts nor the other requests wait for its code.
            await to_thread(import_module, "aiohttp")
        import aiohttp  # noqa: PLC0415
        from yarl import URL  # noqa: PLC0415

        session = self._session = self._session or _open()
        timeout = request.extensions.get("timeout", {})
        with _errors_of_httpx(request):
            response = await session.request(
                request.method,
                URL(str(request.url), encoded=True),
                headers=[(name.decode("ascii"), value.decode("ascii")) for name, value in request.headers.raw],
                data=await request.aread() or None,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(sock_connect=timeout.get("connect"), sock_read=timeout.get("read")),
            )
        return httpx.Response(
            response.status, headers=response.raw_headers, stream=_Body(response, request), request=request
        )

    async def aclose(self) -> None:
        """Close all connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()


def _open() -> aiohttp.ClientSession:
    import aiohttp  # noqa: PLC0415

    from betterauth_py.core.bounded_responses import bound_responses  # noqa: PLC0415

    connector = aiohttp.TCPConnector(ssl=httpx.create_ssl_context(), limit=0, keepalive_timeout=_KEPT_ALIVE)
    bound_responses(connector, LARGEST_RESPONSE)
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        # The request is sent as it is: its headers, its answer's encoding, no redirect.
        skip_auto_headers=("accept", "accept-encoding", "content-type", "user-agent"),
        auto_decompress=False,
    )


class _Body(httpx.AsyncByteStream):
    """The body of an answer; read whole, it leaves its connection to the next request."""

    def __init__(self, response: aiohttp.ClientResponse, request: httpx.Request) -> None:
        self._response = response
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _errors_of_httpx(self._request):
            async for chunk in self._response.content.iter_any():
                yield chunk

    async def aclose(self) -> None:
        self._response.close()


@contextmanager
def _errors_of_httpx(request: httpx.Request) -> Iterator[None]:
    import aiohttp  # noqa: PLC0415

    try:
        yield
    except TimeoutError as error:
        raise httpx.TimeoutException(str(error), request=request) from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        # ValueError: a URL or a header that cannot be sent.
        raise httpx.NetworkError(type(error).__name__, request=request) from None
