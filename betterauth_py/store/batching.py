"""Batches look-ups: the first one is asked for at once, those that come meanwhile share the next question.

That is exact: every look-up is answered by a question that is put after it was asked for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, Generic, TypeVar

Value = TypeVar("Value")

_LARGEST_BATCH: Final = 500


class BatchedLookups(Generic[Value]):
    """Looks up values by key, many at a time."""

    def __init__(
        self, find: Callable[[list[str]], Awaitable[Mapping[str, Value]]], stopped: Callable[[], Exception]
    ) -> None:
        """Ask `find` for the values of keys; who is left waiting when the work is stopped gets a `stopped()`."""
        self._find = find
        self._stopped = stopped
        self._waiting: dict[str, list[asyncio.Future[Value | None]]] = {}
        self._worker: asyncio.Task[None] | None = None

    def ask(self, key: str) -> asyncio.Future[Value | None]:
        """Return what will be the value of `key`, or None."""
        # One future per caller: one that gives up does not take the answer away from others.
        answer: asyncio.Future[Value | None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, []).append(answer)
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())
        return answer

    async def _work(self) -> None:
        batch: dict[str, list[asyncio.Future[Value | None]]] = {}
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, {}
                keys = list(batch)
                for start in range(0, len(keys), _LARGEST_BATCH):
                    await self._answer(batch, keys[start : start + _LARGEST_BATCH])
        except BaseException:
            # Stopped from outside: nobody is left waiting for an answer that will not come.
            error = self._stopped()
            for answers in (*batch.values(), *self._waiting.values()):
                _fail(answers, error)
            self._waiting = {}
            raise
        finally:
            self._worker = None

    async def _answer(self, batch: dict[str, list[asyncio.Future[Value | None]]], keys: list[str]) -> None:
        try:
            found = await self._find(keys)
        except Exception as error:
            for key in keys:
                _fail(batch[key], error)
            return
        for key in keys:
            value = found.get(key)
            for answer in batch[key]:
                if not answer.done():
                    answer.set_result(value)


def _fail(answers: list[asyncio.Future[Value | None]], error: Exception) -> None:
    for answer in answers:
        if not answer.done():
            answer.set_exception(error)
