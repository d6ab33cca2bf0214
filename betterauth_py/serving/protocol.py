"""HTTP/1.1 connections with limits on headers and on every wait, and a shutdown that answers accepted requests."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Final

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from betterauth_py.serving.cycle import AnswerCycle

if TYPE_CHECKING:
    from betterauth_py.serving.config import ServingConfig

logger = logging.getLogger("betterauth")

# Seconds to read remaining data before closing, so that no TCP reset destroys the answer.
LINGER_SECONDS: Final = 1.0
# What the parser is given at once: a single read is as large as 256 KiB, most of them headers if a client wants.
_SLICE: Final = 65_536
# Bytes of a chunked body that are none of its content: sizes of chunks, extensions, trailers.
_MOST_SURPLUS: Final = 1_048_576
# How much of a request has arrived.
_NOTHING: Final = 0
_HEAD: Final = 1
_BODY: Final = 2
_REFUSED: Final = 3
# Pipelined requests on one connection. Browsers and proxies send none.
_MOST_WAITING: Final = 16
_REFUSALS: Final = {
    status: f"HTTP/1.1 {status} {phrase}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".encode()
    for status, phrase in (
        (400, "Bad Request"),
        (408, "Request Timeout"),
        (431, "Request Header Fields Too Large"),
    )
}


class ConnectionState(ServerState):
    """The shared state of the connections of one server."""

    def __init__(self) -> None:
        """Begin to serve."""
        super().__init__()
        self.now = 0.0
        """The loop's time, at most a tenth of a second old."""
        self.leaving = False
        """Whether the server is shutting down: every answer closes its connection."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection.

    No timer runs per connection or request: the server calls `check_time` once a second, which looks at how far this
    connection is and since when.
    """

    config: ServingConfig
    server_state: ConnectionState
    cycle: RequestResponseCycle | None  # type: ignore[assignment]

    def __init__(
        self,
        config: ServingConfig,
        server_state: ConnectionState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        """Prepare for one connection."""
        super().__init__(config, server_state, app_state, _loop)
        # Uvicorn's access log would contain tokens from queries; the app writes ours.
        self.access_log = False
        self._limits = config.limits
        self._since = server_state.now
        self._progress = _NOTHING
        self._head_size = 0
        self._chunk_size = 0
        self._surplus = 0
        self._counted: object = None
        self._refusal = 400
        self._offered = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for the first request."""
        super().connection_made(transport)  # type: ignore[arg-type]
        self._since = self.server_state.now
        if self.client is None:
            # Already reset, so no client reads an answer. Without an address its headers would be trusted as a proxy's.
            self.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Process received bytes."""
        self._chunk_size = len(data)
        if (self._progress or self._chunk_size > _SLICE) and not self._may_go_on(data):
            return
        try:
            self.parser.feed_data(data)
        except HttpParserError:
            self._refuse(self._refusal)
        except HttpParserUpgrade as offer:
            if self._offered:
                self._decline_upgrade(data[offer.args[0] :])
        if self._progress == _HEAD and self._head_size > self._limits.max_header_size:
            self._refuse(431)

    def _may_go_on(self, data: bytes) -> bool:
        """Count what belongs to a request whose beginning came before; tell whether the parser is to have it."""
        size = len(data)
        if size > _SLICE:
            for start in range(0, size, _SLICE):
                self.data_received(data[start : start + _SLICE])
            return False
        if self._progress == _HEAD:
            self._head_size += size
        elif self._progress == _BODY:
            if self._counted is not self.scope:
                self._counted, self._surplus = self.scope, 0
            self._surplus += size
            if self._surplus > _MOST_SURPLUS:
                self._refuse(400)
        return self._progress != _REFUSED

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self._progress = _HEAD
        # At most: some of it may belong to the request before.
        self._head_size = self._chunk_size
        self._since = self.server_state.now

    def on_headers_complete(self) -> None:
        """Pass the request to the app."""
        self._progress = _BODY
        limits = self._limits
        if len(self.headers) > limits.max_headers or (
            self._head_size > limits.max_header_size
            and len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers) > limits.max_header_size
        ):
            self._stop_parsing(431)
        if len(self.pipeline) >= _MOST_WAITING or self._leaves_host_open():
            self._stop_parsing(400)
        super().on_headers_complete()
        if self._offered:
            return
        # The app has the list. What stands behind a chunked body (RFC 9110, 6.5) must not get into it.
        self.headers = []
        if self.cycle is not None:
            # Uvicorn makes it and takes no class of ours. Nothing has run in it yet.
            self.cycle.__class__ = AnswerCycle
            if self.server_state.leaving:
                self.cycle.keep_alive = False

    def _leaves_host_open(self) -> bool:
        """Return whether the request names no host, or two (RFC 9112, 3.2)."""
        fields = dict(self.headers)
        if b"host" not in fields:
            return self.parser.get_http_version() == "1.1"
        return len(fields) < len(self.headers) and [name for name, _ in self.headers].count(b"host") > 1

    def _should_upgrade(self) -> bool:
        """Keep a request that offers another protocol from the app until it is read without the offer."""
        # An offer in HTTP/1.0 is ignored (RFC 9110, 7.8), but the parser stops at it too.
        self._offered = self.parser.get_method() != b"CONNECT"
        return self._offered

    def on_body(self, body: bytes) -> None:
        """Process a piece of the body."""
        self._surplus -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Tell the app, also if it has answered before the body was there."""
        self._progress = _NOTHING
        cycle = self.cycle
        if cycle is not None and not self._offered:
            cycle.more_body = False
            cycle.message_event.set()

    def on_response_complete(self) -> None:
        """Wait for the next request, or begin with it if it is there."""
        self.server_state.total_requests += 1
        self._since = self.server_state.now
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())

    def check_time(self, now: float) -> None:
        """Close this connection if it waits for too long."""
        limits, cycle, waited = self._limits, self.cycle, now - self._since
        if self.transport.is_closing() or self.flow.write_paused:
            if waited > limits.body_timeout:
                self.transport.abort()
        elif self._progress == _REFUSED:
            if waited > LINGER_SECONDS:
                self.transport.abort()
        elif cycle is None or cycle.response_complete:
            self._check_idle(waited)
        elif cycle.more_body and waited > limits.body_timeout:
            self._refuse(408)

    def _check_idle(self, waited: float) -> None:
        if self._progress == _HEAD:
            if waited > self._limits.header_timeout:
                self._refuse(408)
        elif self.cycle is None:
            if waited > self._limits.header_timeout:
                self._close()
        elif waited > (LINGER_SECONDS if self.cycle.more_body else self._limits.keep_alive):
            # In the first case the answer was given without the body, which still comes.
            self._close()

    def leave(self, *, hurry: bool) -> None:
        """Answer what has begun, as the last of this connection; close it if nothing has.

        A request may be on its way to a connection that was used or made a moment ago: it gets that moment, unless
        somebody is in a `hurry`.
        """
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.keep_alive = False
            return
        rest = LINGER_SECONDS - (self.loop.time() - self._since)
        if hurry or rest <= 0:
            self._close()
        else:
            self.loop.call_later(rest, self._close_if_nothing_came, self._since)

    def shutdown(self) -> None:
        """Leave as uvicorn's server asks for; ours has told how before."""

    def _close_if_nothing_came(self, since: float) -> None:
        if self._since == since and (self.cycle is None or self.cycle.response_complete):
            self._close()

    def _close(self) -> None:
        self._since = self.server_state.now
        self.transport.close()

    def _decline_upgrade(self, rest: bytes) -> None:
        """Read a request that offers another protocol once more, without the offer (RFC 9110, 7.8: we may ignore it).

        Java's client offers HTTP/2 with whatever it sends first. The parser takes the body for the other protocol's.
        """
        self._offered = False
        version = self.scope["http_version"].encode()
        lines = [self.parser.get_method(), b" ", self.url, b" HTTP/", version, b"\r\n"]
        for name, value in self.headers:
            if name == b"connection" and b"close" in [option.strip() for option in value.lower().split(b",")]:
                lines.append(b"connection: close\r\n")
            elif name not in {b"upgrade", b"connection"}:
                lines += [name, b": ", value, b"\r\n"]
        self.parser = HttpRequestParser(self)
        self.data_received(b"".join([*lines, b"\r\n", rest]))

    def _stop_parsing(self, status: int) -> None:
        """Leave the parser from within one of its calls."""
        self._refusal = status
        raise ValueError(status)

    def _refuse(self, status: int) -> None:
        """Answer `status` and end. What still comes is thrown away for a moment: a reset would take the answer."""
        self._progress = _REFUSED
        self._since = self.server_state.now
        logger.debug("Refused a request with %d", status)
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True
            cycle.message_event.set()
            if cycle.response_started or self.pipeline:
                # Its answer has begun, or that of a request before it: nothing can be put between.
                self.transport.abort()
                return
        self.pipeline.clear()
        self.flow.resume_reading()
        self.transport.write(_REFUSALS[status])
        if self.transport.can_write_eof():
            self.transport.write_eof()
        else:
            self.transport.close()
