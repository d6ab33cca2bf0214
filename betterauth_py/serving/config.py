"""The configuration of connections and shutdown."""

from __future__ import annotations

from typing import Any

import uvicorn

from betterauth_py.serving.limits import ConnectionLimits
from betterauth_py.serving.protocol import BoundedProtocol


class ServingConfig(uvicorn.Config):
    """Uvicorn's configuration with ours."""

    def __init__(
        self, app: Any, *, limits: ConnectionLimits | None = None, drain: float = 0.0, grace: float = 10.0, **given: Any
    ) -> None:
        """Create it with uvicorn's own settings and ours.

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
            # Our own rules read the client's address; uvicorn must not replace it.
            proxy_headers=False,
            lifespan="on",
            **given,
        )
        # Fractions as well: uvicorn's own argument is for whole seconds.
        self.timeout_graceful_shutdown = grace  # type: ignore[assignment]
