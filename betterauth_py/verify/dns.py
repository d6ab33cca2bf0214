"""DNS look-ups with a time-out, which the operating system's resolver lacks."""

from __future__ import annotations

import os
import socket
from concurrent.futures import Future
from threading import Lock, Thread
from typing import Any

from betterauth_py.verify.http_wire import Target

Address = tuple[socket.AddressFamily, socket.SocketKind, int, Any]


class Lookups:
    """Looks up each host on one thread, however many callers wait."""

    def __init__(self) -> None:
        """Start without look-ups."""
        self._lock = Lock()
        self._running: dict[tuple[int, Target], Future[list[Address]]] = {}

    def addresses(self, target: Target, seconds: float) -> list[Address]:
        """Return the addresses of a host.

        Raises:
            OSError: if there are none; a TimeoutError if that is not known in so many seconds.
        """
        try:
            return _addresses(target, socket.AI_NUMERICHOST)
        except socket.gaierror:
            return self._look_up(target).result(seconds)

    def _look_up(self, target: Target) -> Future[list[Address]]:
        # A process that was forked meanwhile has no thread that would finish the lookup.
        key = os.getpid(), target
        with self._lock:
            lookup = self._running.get(key)
            if lookup is None:
                lookup = Future()
                Thread(target=self._run, args=(key, lookup), daemon=True).start()
                self._running[key] = lookup
        return lookup

    def _run(self, key: tuple[int, Target], lookup: Future[list[Address]]) -> None:
        try:
            found, failure = _addresses(key[1]), None
        except Exception as error:  # the resolver's, or of a name that is none
            found, failure = [], error
        with self._lock:
            self._running.pop(key, None)
        if failure is None:
            lookup.set_result(found)
        else:
            lookup.set_exception(failure)


def _addresses(target: Target, flags: int = 0) -> list[Address]:
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM, flags=flags)
    return [(family, kind, protocol, address) for family, kind, protocol, _, address in found]
