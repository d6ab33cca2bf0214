"""Raw connections to a server, and what came back on them."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

REQUEST = b"GET /api/auth/ok HTTP/1.1\r\nhost: localhost\r\n\r\n"


def connect(port: int) -> socket.socket:
    """A connection whose every wait ends after 20 seconds."""
    return socket.create_connection(("127.0.0.1", port), timeout=20)


@contextmanager
def sent(port: int, data: bytes) -> Iterator[socket.socket]:
    """A connection on which that was sent."""
    with connect(port) as connection:
        connection.sendall(data)
        yield connection


def read_all(connection: socket.socket) -> bytes:
    """What comes until the server closes; a reset counts as the end too."""
    received = b""
    try:
        while piece := connection.recv(65536):
            received += piece
    except ConnectionError:
        return received + b"<reset>"
    return received


def answer(connection: socket.socket) -> bytes:
    """One answer with a `content-length`; empty if the server closed instead."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65536)
        if not piece:
            return received
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    length = int(lengths[0].partition(b":")[2])
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def status(received: bytes) -> int:
    """The status of an answer; 0 if there is none."""
    return int(received[9:12]) if received.startswith(b"HTTP/1.1 ") else 0


def seconds_until_closed(connection: socket.socket) -> float:
    """How long the server keeps the connection."""
    started = time.monotonic()
    read_all(connection)
    return time.monotonic() - started
