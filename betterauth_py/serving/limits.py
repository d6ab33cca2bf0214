"""The limits of one connection; imports no server, so that the command line starts fast."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ConnectionLimits:
    """The limits of one connection. Times are in seconds.

    The defaults keep an idle connection longer than nginx (60 s), AWS's load balancers (60 s), Traefik (90 s) and Caddy
    (120 s) do, so that it is the proxy that closes it, never this server while a request is on its way.
    """

    header_timeout: float = 20.0
    """From the connection, or the first byte of a further request, to the end of its headers."""

    body_timeout: float = 60.0
    """From the first byte of a request to the end of its body; also how long a client may leave its answer unread."""

    keep_alive: float = 130.0
    """Between an answer and the next request."""

    max_header_size: int = 32_768
    """Bytes of the request line and the headers together (Node's limit is 16,384, nginx's 32,768 by default)."""

    max_headers: int = 100
    """Headers of one request (Apache's LimitRequestFields)."""
