"""Callable options may be sync or async; this makes no difference to who calls them."""

from __future__ import annotations

from inspect import isawaitable
from typing import Any


async def resolve(value: Any) -> Any:
    """Return `value`, awaited if it has to be."""
    return await value if isawaitable(value) else value
