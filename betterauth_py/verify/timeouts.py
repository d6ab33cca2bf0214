"""Time-outs on an event loop without a timer for each."""

from __future__ import annotations

import asyncio
from typing import Final

# A cancelled driver first sends a cancel request to its server, which may not answer either.
_PATIENCE: Final = 1.0


class Deadlines:
    """Ends waits after a number of seconds, as `asyncio.timeout` does, at a fraction of its cost.

    All waits are equally long, so that they end in the order in which they began: one timer, for the first of them,
    serves all. When that wait ends in time the timer stays, and serves those that began meanwhile. A task that swallows
    the cancellation is cancelled again, each second.
    """

    def __init__(self, seconds: float) -> None:
        """Limit waits to `seconds`."""
        self._seconds: Final = seconds
        self._waits: Final[dict[Wait, None]] = {}
        # A flag, because a reference to the timer would keep the event loop alive.
        self._is_armed = False

    def bound(self) -> Wait:
        """Return a context manager that raises `TimeoutError` when its body takes too long."""
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
        """Cancel expired waits, and schedule the check for the next one."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        for wait in self._waits:
            if wait.end > now:
                loop.call_at(wait.end, self._look)
                return
            wait.be_late()
        self._is_armed = False


class Wait:
    """One wait; it starts when it is created."""

    __slots__ = ("_all", "_cancelling", "_task", "_told", "end")

    def __init__(self, task: asyncio.Task[object], end: float, all_waits: dict[Wait, None]) -> None:
        """Let `task` wait until `end`, by the event loop's clock."""
        self._task = task
        self._cancelling = task.cancelling()
        self._all = all_waits
        self._told = 0
        self.end = end

    def __enter__(self) -> None:
        """Wait."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        """End; a task that was also cancelled by other code ends, and does not continue after a time-out."""
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
