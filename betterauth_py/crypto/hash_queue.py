"""Runs password hashes on a few threads, in line, and turns new ones away while the line is too long.

A hash takes tens of milliseconds of a core whatever the server does. When more are asked for than the cores can make,
waiting longer helps nobody: clients give up and ask again, and the line only grows. Who would wait too long is told at
once when to come back.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from math import ceil
from time import perf_counter
from typing import Any, Final, TypeVar

from betterauth_py.errors import OverloadedError

Result = TypeVar("Result")

_BELOW_NORMAL: Final = 10
_IDLE_SECONDS: Final = 10
# How much the latest hash counts in the average of what one takes.
_WEIGHT: Final = 0.1


class HashQueue:
    """The line in front of the hashing threads, which start when they are needed."""

    def __init__(self, workers: int | None, longest_wait: float | None) -> None:
        """Hash `workers` at once (None: one per core); let nobody wait more than about `longest_wait` seconds."""
        self._threads = workers or _cores()
        self._longest_wait = longest_wait
        self._executor: ThreadPoolExecutor | None = None
        self._under_way = 0
        self._seconds_per_hash = 0.0
        self._when_idle: Callable[[], object] | None = None
        self._rest: asyncio.TimerHandle | None = None

    @property
    def expected_wait(self) -> float:
        """How many seconds a new hash would wait for its turn, by what the latest have taken."""
        return max(0, self._under_way - self._threads + 1) * self._seconds_per_hash / self._threads

    def when_idle(self, function: Callable[[], object]) -> None:
        """Have `function` called on a hashing thread whenever nothing has been hashed for ten seconds."""
        self._when_idle = function

    def ensure_capacity(self) -> None:
        """Raise if the wait would be too long.

        Raises:
            OverloadedError: saying when to try again.
        """
        wait = self.expected_wait
        if self._longest_wait is not None and wait > self._longest_wait:
            raise OverloadedError(ceil(wait))

    async def run(self, function: Callable[..., Result], *arguments: Any, is_admitted: bool = False) -> Result:
        """Return what `function` returns, once it is its turn; `is_admitted` for further work of one in line before.

        Raises:
            OverloadedError: if that would take too long.
        """
        if not is_admitted:
            self.ensure_capacity()
        if self._executor is None:
            self._executor = ThreadPoolExecutor(
                max_workers=self._threads,
                thread_name_prefix="betterauth-password",
                initializer=_give_way_to_the_event_loop,
            )
        self._under_way += 1
        self._stay_awake()
        loop = asyncio.get_running_loop()
        try:
            result, seconds = await loop.run_in_executor(self._executor, _timed, function, arguments)
        finally:
            self._under_way -= 1
            if self._under_way == 0 and self._when_idle is not None:
                self._rest = loop.call_later(_IDLE_SECONDS, self._go_idle, self._when_idle)
        self._seconds_per_hash += (seconds - self._seconds_per_hash) * (_WEIGHT if self._seconds_per_hash else 1)
        return result

    def close(self) -> None:
        """End the threads; new ones start when there is new work."""
        self._stay_awake()
        executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(wait=False, cancel_futures=True)

    def _go_idle(self, function: Callable[[], object]) -> None:
        if self._executor is not None:
            self._executor.submit(function)

    def _stay_awake(self) -> None:
        rest, self._rest = self._rest, None
        if rest is not None:
            rest.cancel()


def _timed(function: Callable[..., Result], arguments: tuple[Any, ...]) -> tuple[Result, float]:
    started = perf_counter()
    return function(*arguments), perf_counter() - started


def _cores() -> int:
    """Count the cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _give_way_to_the_event_loop() -> None:
    """Lower this thread's priority, so that sign-ins cannot keep sessions from being read (Linux: per thread)."""
    with suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _BELOW_NORMAL)
