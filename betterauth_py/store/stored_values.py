"""Values in secondary storage: dates as JSON has them, and writes that lose no other change."""

from __future__ import annotations

from asyncio import gather
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from betterauth_py.javascript.dates import from_milliseconds, revive
from betterauth_py.options import SecondaryStorage
from betterauth_py.turns import Turns

_turns: Final = Turns()


async def swap(storage: SecondaryStorage, key: str, expected: str | None, value: str | None, ttl: int | None) -> bool:
    """Store `value` for `ttl` seconds, or for good, if the value is still `expected`; tell whether it was.

    A `value` of None deletes what is stored.

    With a storage that cannot do this in one step, it is only next to exact, and only within this process.
    """
    compare_and_set = getattr(storage, "compare_and_set", None)
    if compare_and_set is not None:
        return bool(await compare_and_set(key, expected, value, ttl))
    async with _turns.of(f"{id(storage)} {key}"):
        if await storage.get(key) != expected:
            return False
        if value is None:
            await storage.delete(key)
        else:
            await storage.set(key, value, ttl)
    return True


async def get_many(storage: SecondaryStorage, keys: Sequence[str]) -> list[str | None]:
    """Return the values of `keys`, in one question if the storage knows how."""
    known = getattr(storage, "get_many", None)
    if known is not None:
        values: list[str | None] = await known(keys)
        return values
    return await gather(*map(storage.get, keys))


def read_date(value: Any) -> datetime | None:
    """Return the date that a value of a date field stands for, or None: text of the wire's form, or milliseconds."""
    if isinstance(value, str):
        value = revive(value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        try:
            value = from_milliseconds(int(value))
        except OverflowError:
            return None
    return value if isinstance(value, datetime) else None
