"""`GET /ok`."""

from __future__ import annotations

from typing import Any

from betterauth_py.core.context import EndpointContext
from betterauth_py.core.endpoint import Reply, endpoint
from betterauth_py.flows.security import Security


@endpoint(
    "/ok",
    methods=("GET",),
    security=Security.PUBLIC,
    operation_id="ok",
    reply=Reply(
        "API is working",
        {
            "type": "object",
            "properties": {"ok": {"type": "boolean", "description": "Indicates if the API is working"}},
            "required": ["ok"],
        },
    ),
    shown_to_clients=False,
    no_store=False,
)
async def ok(ctx: EndpointContext[Any, Any]) -> dict[str, bool]:
    """Check if the API is working."""
    return {"ok": True}
