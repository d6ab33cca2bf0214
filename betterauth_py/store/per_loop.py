"""Values per event loop: connections of an auth that is used in several loops."""

from __future__ import annotations

from asyncio import AbstractEventLoop, get_running_loop
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from typing import Final, Generic, TypeVar
from weakref import WeakKeyDictionary

Value = TypeVar("Value")

_NONE: Final = (None, None)


class PerLoop(Generic[Value]):
    """A value for each event loop, created on first use there, and closed at the latest when the loop ends.

    A loop that ends closes its asynchronous generators (PEP 525): each value has one, which waits for that.
    """

    def __init__(self, make: Callable[[], Value], close: Callable[[Value], Awaitable[object]]) -> None:
        """Create values with `make` and close them with `close`."""
        self._make = make
        self._close = close
        self._values: WeakKeyDictionary[AbstractEventLoop, tuple[Value, AsyncGenerator[None]]] = WeakKeyDictionary()
        # Nearly always the same loop asks again. One tuple, because threads with loops of their own may ask, too.
        self._latest: tuple[AbstractEventLoop, Value] | tuple[None, None] = _NONE

    def get(self) -> Value:
        """Return the running loop's value."""
        loop = get_running_loop()
        latest = self._latest
        if latest[0] is loop:
            return latest[1]
        if loop not in self._values:
            value = self._make()
            end = self._wait_for_the_end(value)
            self._values[loop] = value, end
            with suppress(StopIteration):
                anext(end).__await__().send(None)
        value = self._values[loop][0]
        self._latest = loop, value
        return value

    def made(self) -> Value | None:
        """Return the running loop's value if there is one."""
        entry = self._values.get(get_running_loop())
        return None if entry is None else entry[0]

    async def close(self) -> None:
        """Close the running loop's value; the next use creates another."""
        entry = self._values.get(get_running_loop())
        if entry is not None:
            await entry[1].aclose()

    async def _wait_for_the_end(self, value: Value) -> AsyncGenerator[None]:
        try:
            yield
        finally:
            self._latest = _NONE
            self._values.pop(get_running_loop(), None)
            await self._close(value)
