"""How the HTTP server treats connections and its own end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import uvicorn

from betterauth_py.serving.protocol import BoundedProtocol


@dataclass(frozen=True, kw_only=True)
class ConnectionLimits:
    """What one connection may take. Times are in seconds.

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


class ServingConfig(uvicorn.Config):
    """Uvicorn's configuration with ours."""

    def __init__(
        self, app: Any, *, limits: ConnectionLimits | None = None, drain: float = 0.0, grace: float = 10.0, **given: Any
    ) -> None:
        """Take uvicorn's own settings besides.

        Args:
            app: The ASGI app, or the import string of a function that makes it.
            limits: What one connection may take.
            drain: Seconds for which a server that was told to stop still accepts requests, without being ready.
            grace: Seconds that requests under way get after that.
            given: Uvicorn's settings.
        """
        self.limits = limits or ConnectionLimits()
        self.drain = drain
        super().__init__(
            app,
            http=BoundedProtocol,
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            # The client's address comes from headers by our own rules, never from the socket.
            proxy_headers=False,
            lifespan="on",
            **given,
        )
        # Fractions as well: uvicorn's own argument is for whole seconds.
        self.timeout_graceful_shutdown = grace  # type: ignore[assignment]
