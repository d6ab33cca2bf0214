"""Connections that threads share, kept open between requests."""

from __future__ import annotations

import os
import socket
import ssl
from collections import defaultdict
from threading import Lock
from time import monotonic
from typing import Final

from betterauth_py.verify.http_wire import AnswerReader, Target, request_bytes, target_of
from betterauth_py.verify.runtime import Fetched, FetchError, Request

# Node closes a connection after 5 idle seconds; be first.
IDLE_SECONDS: Final = 4.0


class ThreadConnections:
    """Sends requests, each over a connection that nobody else uses meanwhile."""

    def __init__(self) -> None:
        """Open nothing yet."""
        self._lock = Lock()
        self._idle: defaultdict[Target, list[tuple[float, socket.socket]]] = defaultdict(list)
        self._tls: ssl.SSLContext | None = None
        self._process = os.getpid()

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
            idle, self._idle = self._idle, defaultdict(list)
        for connections in idle.values():
            for _, connection in connections:
                connection.close()

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
        if self._process != os.getpid():
            # Forked: the parent goes on using these connections.
            self._process = os.getpid()
            self.close()
        while True:
            with self._lock:
                if not self._idle[target]:
                    return None
                last_used, connection = self._idle[target].pop()
            if last_used > monotonic() - IDLE_SECONDS:
                return connection
            connection.close()

    def _connect(self, target: Target, until: float) -> socket.socket:
        connection = socket.create_connection((target.host, target.port), timeout=_left(until))
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if not target.is_tls:
                return connection
            with self._lock:
                if self._tls is None:
                    self._tls = ssl.create_default_context()
            connection.settimeout(_left(until))
            return self._tls.wrap_socket(connection, server_hostname=target.host)
        except BaseException:
            connection.close()
            raise


def _left(until: float) -> float:
    left = until - monotonic()
    if left <= 0:
        raise TimeoutError
    return left
