"""The sockets that `betterauth serve` listens on."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from betterauth_py.cli.settings import ServeSettings
from betterauth_py.errors import ConfigurationError

_FIXES = {
    errno.EADDRINUSE: "Stop the program that uses the port, or choose another one with --port or PORT.",
    errno.EACCES: "Choose a port from 1024 on with --port or PORT.",
    errno.EADDRNOTAVAIL: "Give an address of this machine with --host or HOST, or 0.0.0.0 for all.",
}


@contextmanager
def bound(settings: ServeSettings) -> Iterator[list[socket.socket]]:
    """Yield bound sockets, one for each address that the host has; nothing listens yet.

    Raises:
        ConfigurationError: if that is impossible, with what can be done.
    """
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise ConfigurationError(
            f"Cannot listen on {settings.host!r}: there is no such address. Give an address of this machine with "
            "--host or HOST, or 0.0.0.0 for all."
        ) from None
    sockets = [socket.socket(family, kind, protocol) for family, kind, protocol, _, _ in found]
    try:
        yield _bind(settings, sockets, [address for *_, address in found])
    finally:
        for one in sockets:
            one.close()


def _bind(settings: ServeSettings, sockets: list[socket.socket], addresses: list[Any]) -> list[socket.socket]:
    good: list[socket.socket] = []
    failures: list[OSError] = []
    for one, address in zip(sockets, addresses, strict=True):
        try:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if one.family == socket.AF_INET6 and len(sockets) > 1:
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            one.bind(address)
            good.append(one)
        except OSError as error:
            failures.append(error)
    # A machine without IPv6 still calls ::1 localhost.
    serious = [error for error in failures if error.errno != errno.EADDRNOTAVAIL or not good]
    if serious:
        fix = _FIXES.get(serious[0].errno or 0, "Choose another --host or --port.")
        raise ConfigurationError(f"Cannot listen on {settings.host}:{settings.port}: {serious[0].strerror}. {fix}")
    return good
