"""Stores values that prove something once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from betterauth_py.core.context import EndpointContext
from betterauth_py.store.hooks import Row


async def store_single_use_value(ctx: EndpointContext[Any, Any], identifier: str, value: str, life: int) -> None:
    """Keep `value` under `identifier` for `life` seconds, or until it is consumed."""
    now = ctx.auth.now()
    await ctx.auth.verifications.create(_verification(ctx, identifier, value, now, life), now)


async def store_quietly(ctx: EndpointContext[Any, Any], identifier: str, value: str, life: int) -> None:
    """As `store_single_use_value`, for what better-auth does not store: no hook learns of it."""
    now = ctx.auth.now()
    await ctx.auth.verifications.create(_verification(ctx, identifier, value, now, life), now, hooked=False)


async def store_single_use_value_discreetly(
    ctx: EndpointContext[Any, Any], identifier: str, value: str | None, life: int
) -> None:
    """As `store_single_use_value`; None, of which nothing is kept, takes the same steps and the same time."""
    now = ctx.auth.now()
    row = _verification(ctx, identifier, value or ctx.auth.generate_id("user"), now, life)
    await ctx.auth.verifications.create_or_pretend(row, now, pretend=value is None)


async def write_in_vain(ctx: EndpointContext[Any, Any]) -> None:
    """Do the database's work of storing two rows, and store none."""
    identifier = ctx.auth.generate_id("verification")
    await ctx.auth.verifications.write_in_vain(_verification(ctx, identifier, identifier, ctx.auth.now(), 0))


def _verification(ctx: EndpointContext[Any, Any], identifier: str, value: str, now: datetime, life: int) -> Row:
    return {
        "id": ctx.auth.generate_id("verification"),
        "createdAt": now,
        "updatedAt": now,
        "value": value,
        "identifier": identifier,
        "expiresAt": now + timedelta(seconds=life),
    }
