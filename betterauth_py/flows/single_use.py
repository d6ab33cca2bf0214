"""Stores values that prove something once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from betterauth_py.http.context import EndpointContext


async def store_single_use_value(ctx: EndpointContext[Any, Any], identifier: str, value: str, life: int) -> None:
    """Keep `value` under `identifier` for `life` seconds, or until it is consumed."""
    now = ctx.auth.now()
    await ctx.auth.verifications.create(
        {
            "id": ctx.auth.generate_id("verification"),
            "createdAt": now,
            "updatedAt": now,
            "value": value,
            "identifier": identifier,
            "expiresAt": now + timedelta(seconds=life),
        },
        now,
    )
