"""An HTTP/1.1 client that sends exactly what it is told.

The path is left untouched, headers may repeat, and nothing is added but ``Host`` and ``Content-Length``.

"""

from __future__ import annotations

import socket
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPResponse
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .https import Https

HOST = "localhost:3000"
"""The Host every request names, whatever port the server listens on, so that both sides see the same."""


class Address(NamedTuple):
    """Where a server listens, and what a request calls it."""

    port: int
    host: str = "127.0.0.1"
    named: str = HOST
    https: Https | None = None

    def connect(self) -> socket.socket:
        """A connection of its own."""
        connection = socket.create_connection((self.host, self.port), timeout=PATIENCE)
        if self.https is None:
            return connection
        try:
            return self.https.connect(connection, self.host)
        except OSError:
            connection.close()
            raise


PATIENCE = 20.0


@dataclass(frozen=True)
class Reply:
    """What came back, headers in order of arrival with their names in lower case."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def all(self, name: str) -> list[str]:
        """Every value of one header."""
        return [value for key, value in self.headers if key == name]


class Request(NamedTuple):
    """One request, everything as it is to be sent."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None


def exchange(address: Address, request: Request) -> Reply:
    """Send one request on a connection of its own and read the whole answer."""
    [reply] = exchange_together(address, request, 1)
    return reply


def exchange_together(address: Address, request: Request, times: int) -> tuple[Reply, ...]:
    """Send the same request several times at once: every connection is open before the first byte goes out."""
    with ExitStack() as open_connections:
        connections = [open_connections.enter_context(address.connect()) for _ in range(times)]
        data = request_bytes(address, address.https.sent(request) if address.https else request)
        for connection in connections:
            connection.sendall(data)
        replies = tuple(_reply(connection, request.method) for connection in connections)
        return tuple(map(address.https.received, replies)) if address.https else replies


def no_reply(error: Exception) -> Reply:
    """What stands for an answer that did not come."""
    return Reply(0, (), f"(no answer: {type(error).__name__}: {error})".encode())


def _reply(connection: socket.socket, method: str) -> Reply:
    response = HTTPResponse(connection, method=method)
    response.begin()
    content = response.read()
    received = tuple((name.lower(), value) for name, value in response.headers.items())
    return Reply(response.status, received, content)


def request_bytes(address: Address, request: Request) -> bytes:
    """The request as it goes over the wire."""
    method, target, headers, body = request
    given = {name.lower() for name, _ in headers}
    chunked = "transfer-encoding" in given
    lines = [f"{method} {target} HTTP/1.1"]
    if "host" not in given:
        lines.append(f"Host: {address.named}")
    lines += [f"{name}: {value}" for name, value in headers]
    if body is not None and not given & {"content-length", "transfer-encoding"}:
        lines.append(f"Content-Length: {len(body)}")
    content = body or b""
    if chunked:
        content = b"%x\r\n%s\r\n0\r\n\r\n" % (len(content), content) if content else b"0\r\n\r\n"
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "surrogateescape") + content
