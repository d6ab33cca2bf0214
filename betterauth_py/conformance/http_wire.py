"""An HTTP/1.1 client that sends exactly what it is told.

The path is left untouched, headers may repeat, and nothing is added but ``Host`` and ``Content-Length``.

"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from http.client import HTTPResponse

HOST = "localhost:3000"
"""The Host every request names, whatever port the server listens on, so that both sides see the same."""

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


def exchange(
    port: int, method: str, target: str, headers: tuple[tuple[str, str], ...] = (), body: bytes | None = None
) -> Reply:
    """Send one request to 127.0.0.1 on a connection of its own and read the whole answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(request_bytes(method, target, headers, body))
        response = HTTPResponse(connection, method=method)
        response.begin()
        content = response.read()
        received = tuple((name.lower(), value) for name, value in response.headers.items())
        return Reply(response.status, received, content)


def request_bytes(method: str, target: str, headers: tuple[tuple[str, str], ...], body: bytes | None) -> bytes:
    """The request as it goes over the wire."""
    given = {name.lower() for name, _ in headers}
    chunked = "transfer-encoding" in given
    lines = [f"{method} {target} HTTP/1.1"]
    if "host" not in given:
        lines.append(f"Host: {HOST}")
    lines += [f"{name}: {value}" for name, value in headers]
    if body is not None and not given & {"content-length", "transfer-encoding"}:
        lines.append(f"Content-Length: {len(body)}")
    content = body or b""
    if chunked:
        content = b"%x\r\n%s\r\n0\r\n\r\n" % (len(content), content) if content else b"0\r\n\r\n"
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "surrogateescape") + content
