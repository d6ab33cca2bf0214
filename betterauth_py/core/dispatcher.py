"""The interface that runs endpoints with their hooks."""

from __future__ import annotations

from typing import Any, Protocol

from betterauth_py.core.context import EndpointContext
from betterauth_py.core.endpoint import Endpoint


class Dispatcher(Protocol):
    """Runs endpoints as the in-process call does: hooks, schemas, guard, handler."""

    def endpoint_of(self, operation: str) -> Endpoint[Any, Any]:
        """Return the endpoint called `operation`.

        Raises:
            LookupError: if there is none.
        """
        ...

    async def dispatch(self, endpoint: Endpoint[Any, Any], ctx: EndpointContext[Any, Any]) -> Any:
        """Return the endpoint's answer, or the `APIError` that it raised."""
        ...
