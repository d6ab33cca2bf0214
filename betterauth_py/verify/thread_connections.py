"""Connections that threads share, kept open between requests."""

from __future__ import annotations

import os
import select
import socket
import ssl
from collections import defaultdict
from threading import Lock
from time import monotonic
from typing import Final
from weakref import finalize

from betterauth_py.verify.dns import Lookups
from betterauth_py.verify.http_wire import AnswerReader, Target, request_bytes, target_of
from betterauth_py.verify.runtime import Fetched, FetchError, Request

# Node closes a connection after 5 idle seconds; be first.
IDLE_SECONDS: Final = 4.0
_Idle = defaultdict[Target, list[tuple[float, socket.socket]]]


class ThreadConnections:
    """Sends requests, each over its own connection."""

    def __init__(self) -> None:
        """Start without connections."""
        self._lock = Lock()
        self._idle: _Idle = defaultdict(list)
        # A process keeps its verifier until it exits: nothing needs closing.
        finalize(self, _close_all, self._idle)
        self._tls: ssl.SSLContext | None = None
        self._process = os.getpid()
        self._lookups = Lookups()

    def fetch(self, request: Request) -> Fetched:
        """Return the answer.

        Raises:
            FetchError: if there is none in time or it is malformed.
        """
        target, message, until = target_of(request.url), request_bytes(request), monotonic() + request.timeout
        try:
            kept = self._kept(target)
            while kept is not None:
                fetched = self._over(kept, target, message, request, until, was_used=True)
                if fetched is not None:
                    return fetched
                kept = self._kept(target)
            fetched = self._over(self._connect(target, until), target, message, request, until, was_used=False)
        except TimeoutError:
            raise FetchError(f"no answer within {request.timeout:g} seconds") from None
        except OSError as error:
            raise FetchError(f"no connection ({type(error).__name__})") from None
        if fetched is None:
            raise FetchError("the connection was closed before the answer")
        return fetched

    def close(self) -> None:
        """Close the connections that are not in use."""
        with self._lock:
            _close_all(self._idle)

    def _over(
        self,
        connection: socket.socket,
        target: Target,
        message: bytes,
        request: Request,
        until: float,
        *,
        was_used: bool,
    ) -> Fetched | None:
        """Return the answer, or None if the connection was closed before it brought anything."""
        reader = AnswerReader(request.largest_body)
        keep = False
        try:
            connection.settimeout(_left(until))
            connection.sendall(message)
            fetched = None
            while fetched is None:
                connection.settimeout(_left(until))
                data = connection.recv(65_536)
                if not data:
                    if not reader.has_begun:
                        return None
                    return reader.end()
                fetched = reader.feed(data)
            keep = reader.keeps_alive
            return fetched
        except TimeoutError:
            raise
        except OSError:
            # Closed by the other side while it was idle: a GET may be sent again.
            if was_used and not reader.has_begun:
                return None
            raise
        finally:
            if keep:
                with self._lock:
                    self._idle[target].append((monotonic(), connection))
            else:
                connection.close()

    def _kept(self, target: Target) -> socket.socket | None:
        while True:
            with self._lock:
                if self._process != os.getpid():
                    # After a fork the parent continues to use these connections.
                    self._process = os.getpid()
                    _close_all(self._idle)
                if not self._idle[target]:
                    return None
                last_used, connection = self._idle[target].pop()
            if last_used > monotonic() - IDLE_SECONDS and _is_quiet(connection):
                return connection
            connection.close()

    def _connect(self, target: Target, until: float) -> socket.socket:
        addresses = self._lookups.addresses(target, _left(until))
        for others, (family, kind, protocol, address) in zip(range(len(addresses) - 1, -1, -1), addresses, strict=True):
            connection = socket.socket(family, kind, protocol)
            try:
                # An address that does not answer leaves time for the others.
                connection.settimeout(_left(until) / (others + 1))
                connection.connect(address)
                return self._ready(connection, target, until)
            except OSError:
                connection.close()
                if not others:
                    raise
            except BaseException:
                connection.close()
                raise
        raise OSError("the host has no address")

    def _ready(self, connection: socket.socket, target: Target, until: float) -> socket.socket:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not target.is_tls:
            return connection
        with self._lock:
            if self._tls is None:
                self._tls = ssl.create_default_context()
        connection.settimeout(_left(until))
        return self._tls.wrap_socket(connection, server_hostname=target.host)


def _close_all(idle: _Idle) -> None:
    for connections in idle.values():
        for _, connection in connections:
            connection.close()
    idle.clear()


def _is_quiet(connection: socket.socket) -> bool:
    """Return whether the idle connection is clean: neither closed nor with unread bytes."""
    if isinstance(connection, ssl.SSLSocket) and connection.pending():
        return False
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(connection, select.POLLIN)
        return not poll.poll(0)
    return not select.select([connection], [], [], 0)[0]


def _left(until: float) -> float:
    left = until - monotonic()
    if left <= 0:
        raise TimeoutError
    return left
