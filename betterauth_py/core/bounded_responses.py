"""A bound for all that a server sends as a response: aiohttp bounds the lines and the fields of its head only."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from aiohttp import StreamReader, TCPConnector
from aiohttp.client_proto import ResponseHandler
from aiohttp.http_parser import RawResponseMessage

_MOST_INTERIM: Final = 16
"""The maximum number of interim responses (1xx) before a response; one (`100 Continue`, `103 Early Hints`) is usual."""


def bound_responses(connector: TCPConnector, largest: int) -> None:
    """Let the connections of `connector` end with a response of more than `largest` bytes on the wire."""

    def make() -> ResponseHandler:
        return _BoundedHandler(connector._loop, largest)

    # aiohttp offers no other way to choose what reads from a connection.
    connector._factory = partial(make)


class _BoundedHandler(ResponseHandler):
    """A connection that counts what it receives.

    A server can send interim responses and chunk extensions forever. aiohttp drops them, but parses them first, and
    lets no other task run while interim responses are waiting.
    """

    def __init__(self, loop: Any, largest: int) -> None:
        super().__init__(loop)
        self._largest = largest
        self._received = self._messages = 0

    def set_response_params(self, **parameters: Any) -> None:
        """Begin to count: the connection is about to receive the next response."""
        self._received = self._messages = 0
        super().set_response_params(**parameters)

    def data_received(self, data: bytes) -> None:
        """Count and parse."""
        self._received += len(data)
        if self._received <= self._largest:
            super().data_received(data)
        elif self.transport is not None:
            self.transport.abort()

    def feed_data(self, data: tuple[RawResponseMessage, StreamReader], size: int = 0) -> None:
        """Take a response, or an interim one, that has been parsed."""
        self._messages += 1
        if self._messages <= 1 + _MOST_INTERIM:
            super().feed_data(data, size)
        elif self.transport is not None:
            self.transport.abort()
