"""What plugins keep in secondary storage: JSON values and counters, of which no change is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from betterauth_py.errors import SecondaryStorageError
from betterauth_py.javascript import json
from betterauth_py.options import SecondaryStorage
from betterauth_py.store.hooks import Row
from betterauth_py.store.stored_values import swap

_MOST_ATTEMPTS: Final = 1_000


class SecondaryValues:
    """Values under keys in secondary storage. Keys are as they are: begin them with the plugin's id."""

    def __init__(self, storage: SecondaryStorage) -> None:
        """Keep values in `storage`."""
        self._storage = storage

    async def get(self, key: str) -> Row | None:
        """Return the value of `key`, its dates as dates; None if there is none, or it is no JSON object."""
        return _read(await self._storage.get(key))

    async def set(self, key: str, value: Row, life: int | None = None) -> None:
        """Store a value for `life` seconds, or for good."""
        await self._storage.set(key, json.stringify(value).decode(), life)

    async def delete(self, key: str) -> None:
        """Delete the value, or the counter, of `key`."""
        await self._storage.delete(key)

    async def take(self, key: str) -> Row | None:
        """Delete the value of `key` and return it: of several callers at once, one gets it."""
        return _read(await self._storage.get_and_delete(key))

    async def change(
        self, key: str, change: Callable[[Row], Row | None], life: Callable[[Row], int | None] = lambda _: None
    ) -> Row | None:
        """Replace the value of `key` by what `change` makes of it, and return that; None if nothing was changed.

        The value is stored only if it still is what `change` got; if somebody was faster, `change` gets the new one. So
        conditions are demanded of what is stored: `None if key["remaining"] == 0 else {...}` lets no more through than
        there are, however many come at once. With a storage of one's own without `compare_and_set`, that holds within
        one process.

        Args:
            key: the key.
            change: gets the value; returns a new one, or None to leave it. It must not change the one it gets.
            life: gets the new value; returns for how many seconds it is kept, or None for good.

        Raises:
            SecondaryStorageError: if the storage does not give back what is stored in it.
        """
        for _ in range(_MOST_ATTEMPTS):
            stored = await self._storage.get(key)
            value = _read(stored)
            changed = None if value is None else change(value)
            if changed is None:
                return None
            if await swap(self._storage, key, stored, json.stringify(changed).decode(), life(changed)):
                return changed
        raise SecondaryStorageError(f"A value could not be changed in {_MOST_ATTEMPTS} attempts.")

    async def count(self, key: str, life: int) -> int:
        """Add one to the counter of `key` and return it, in one step.

        A new counter is 1 and ends `life` seconds after, whatever is added to it: what was read as 3 was the third of
        that time, however many come at once.
        """
        return await self._storage.increment(key, life)


def _read(stored: str | None) -> Row | None:
    if stored is None:
        return None
    try:
        value = json.parse_reviving_dates(stored)
    except json.InvalidJSONError:
        return None
    return value if isinstance(value, dict) else None
