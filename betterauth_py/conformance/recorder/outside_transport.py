"""The outside world as our server sees it: the transport of its ``http_client``, and no network beside it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from betterauth_py.conformance.outside import Declared, Sent, reply_to

_PIECE = 16_384


_NEARBY = {"localhost", "127.0.0.1", "::1", "", None}
_served: list[OutsideTransport] = []


def _stay_nearby(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse connections that leave this machine; Python asks before each."""
    if event not in ("socket.connect", "socket.getaddrinfo") or not _served:
        return
    place = arguments[1] if event == "socket.connect" else arguments
    if not isinstance(place, tuple):
        return
    host = place[0].decode() if isinstance(place[0], bytes) else place[0]
    if host not in _NEARBY:
        for transport in _served:
            transport.note(Sent("CONNECT", f"tcp://{host}:{place[1]}", (), declared=False))
        raise ConnectionRefusedError(f"a server in a scenario may not connect to {host}")


sys.addaudithook(_stay_nearby)


class OutsideTransport(httpx.AsyncBaseTransport):
    """Answers what a scenario declares, keeps what was sent, and reaches no network."""

    def __init__(self) -> None:
        self.replies: Iterable[Declared] = ()
        self._sent: list[Sent] = []

    def client(self) -> httpx.AsyncClient:
        """A client whose every request comes here, otherwise set as the server's own would be."""
        return httpx.AsyncClient(transport=self, timeout=10, follow_redirects=False)

    @contextmanager
    def is_all_there_is(self) -> Iterator[None]:
        """No connection leaves this machine meanwhile."""
        _served.append(self)
        try:
            yield
        finally:
            _served.remove(self)

    def note(self, sent: Sent) -> None:
        """Keep what was sent."""
        self._sent.append(sent)

    def sent(self) -> list[Sent]:
        """What was sent since this was last asked."""
        taken, self._sent = self._sent, []
        return taken

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Give the declared reply, or fail as declared."""
        body = await request.aread()
        url = f"{request.url.scheme}://{request.url.netloc.decode()}{request.url.raw_path.decode()}"
        reply = reply_to(self.replies, request.method, url)
        headers = tuple(sorted((name.lower(), value) for name, value in request.headers.multi_items()))
        self.note(Sent(request.method, url, headers, body, reply is not None))
        if reply is None:
            raise httpx.ConnectError(f"the scenario declares no reply for {request.method} {url}", request=request)
        await _patience(request, reply.after)
        match reply.failure:
            case "refused":
                raise httpx.ConnectError("connection refused", request=request)
            case "reset":
                raise httpx.ReadError("connection reset", request=request)
            case "timeout":
                raise httpx.ConnectTimeout("no connection in time", request=request)
        return httpx.Response(reply.status, headers=_headers(reply), stream=_Body(reply), request=request)


def _headers(reply: Declared) -> list[tuple[str, str]]:
    if any(name.lower() == "content-length" for name, _ in reply.headers):
        return list(reply.headers)
    return [*reply.headers, ("Content-Length", str(len(reply.content)))]


async def _patience(request: httpx.Request, seconds: float) -> None:
    longest = request.extensions.get("timeout", {}).get("read")
    if longest is not None and seconds > longest:
        await asyncio.sleep(longest)
        raise httpx.ReadTimeout("no answer in time", request=request)
    if seconds:
        await asyncio.sleep(seconds)


class _Body(httpx.AsyncByteStream):
    def __init__(self, reply: Declared) -> None:
        self._content = reply.content
        self._is_cut = reply.failure == "cut"

    async def __aiter__(self) -> AsyncIterator[bytes]:
        content = self._content[: len(self._content) // 2] if self._is_cut else self._content
        for start in range(0, len(content), _PIECE):
            yield content[start : start + _PIECE]
        if self._is_cut:
            raise httpx.RemoteProtocolError("the connection ended within the body")
