"""Lets only one task of this process at a time do a thing, by the thing's name."""

from __future__ import annotations

from asyncio import AbstractEventLoop, Lock, get_running_loop
from weakref import WeakValueDictionary


class Turns:
    """Locks by name, for as long as somebody has one or waits for it."""

    def __init__(self) -> None:
        """Start with none."""
        self._locks: WeakValueDictionary[tuple[AbstractEventLoop, str], Lock] = WeakValueDictionary()

    def of(self, name: str) -> Lock:
        """Return the lock called `name` of the running loop: `async with turns.of("account 7"):`."""
        key = get_running_loop(), name
        lock = self._locks.get(key)
        if lock is None:
            lock = self._locks[key] = Lock()
        return lock
