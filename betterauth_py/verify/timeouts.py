"""Bounding waits on an event loop without a timer for each."""

from __future__ import annotations

import asyncio
from typing import Final

# A driver that is told to give up asks its server to, which perhaps does not answer either.
_PATIENCE: Final = 1.0


class Deadlines:
    """Ends waits that take longer than so many seconds, as `asyncio.timeout` does, at a fraction of its cost.

    All waits are equally long, so that they end in the order in which they began: one timer, for the first of them,
    serves all. When that wait ends in time the timer stays, and serves those that began meanwhile. What takes the
    end of its wait for the beginning of another one is told again, each second.
    """

    def __init__(self, seconds: float) -> None:
        """Bound waits to `seconds`."""
        self._seconds: Final = seconds
        self._waits: Final[dict[Wait, None]] = {}
        # Not the timer itself, which would keep the event loop alive.
        self._is_armed = False

    def bound(self) -> Wait:
        """Return what a `with` statement is bounded by; it raises a `TimeoutError` when that takes longer."""
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        if task is None:
            raise RuntimeError("A time-out needs a task that it can end.")
        wait = Wait(task, loop.time() + self._seconds, self._waits)
        self._waits[wait] = None
        if not self._is_armed:
            self._is_armed = True
            loop.call_at(wait.end, self._look)
        return wait

    def _look(self) -> None:
        """End what is late, and look again when the first of the others is."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        for wait in self._waits:
            if wait.end > now:
                loop.call_at(wait.end, self._look)
                return
            wait.be_late()
        self._is_armed = False


class Wait:
    """One wait; it begins when it is made."""

    __slots__ = ("_all", "_cancelling", "_task", "_told", "end")

    def __init__(self, task: asyncio.Task[object], end: float, all_waits: dict[Wait, None]) -> None:
        """Have `task` wait until `end`, by the event loop's clock."""
        self._task = task
        self._cancelling = task.cancelling()
        self._all = all_waits
        self._told = 0
        self.end = end

    def __enter__(self) -> None:
        """Wait."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        """Be over; a task that somebody else cancelled as well is to end, and does not go on after a time-out."""
        del self._all[self]
        if self._told:
            for _ in range(self._told):
                cancelling = self._task.uncancel()
            if cancelling <= self._cancelling and kind is asyncio.CancelledError:
                raise TimeoutError from None

    def be_late(self) -> None:
        """End the wait."""
        if not self._told:
            self._tell(asyncio.get_running_loop())

    def _tell(self, loop: asyncio.AbstractEventLoop) -> None:
        if self in self._all:
            self._told += 1
            self._task.cancel()
            loop.call_later(_PATIENCE, self._tell, loop)
