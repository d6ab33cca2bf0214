"""Reads that cost much, done once for all who ask for the same at the same time.

That is exact: everybody gets the result of a read that began after they asked for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class SharedReads(Generic[Value]):
    """Of the same read at most one runs, and one waits for those who have asked meanwhile."""

    def __init__(self) -> None:
        """Start with none."""
        self._running: dict[Hashable, asyncio.Task[Value]] = {}
        self._waiting: dict[Hashable, asyncio.Task[Value]] = {}

    async def get(self, key: Hashable, read: Callable[[], Awaitable[Value]]) -> Value:
        """Return what `read` returns for `key`, read by this caller or another."""
        key = (asyncio.get_running_loop(), key)
        task = self._waiting.get(key)
        if task is None:
            task = asyncio.create_task(self._run(key, read))
            if key in self._running:
                self._waiting[key] = task
            else:
                self._running[key] = task
        # One who gives up does not take the answer away from others.
        return await asyncio.shield(task)

    async def _run(self, key: Hashable, read: Callable[[], Awaitable[Value]]) -> Value:
        own = asyncio.current_task()
        before = self._running.get(key)
        if before is not own and before is not None:
            await asyncio.wait([before])
            self._running[key] = self._waiting.pop(key)
        try:
            return await read()
        finally:
            if self._running.get(key) is own and key not in self._waiting:
                del self._running[key]
