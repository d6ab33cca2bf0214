"""The one source of time, so that a test can move it."""

from __future__ import annotations

from datetime import UTC, datetime
from time import monotonic, time_ns
from typing import Protocol

from betterauth_py.javascript.dates import from_milliseconds


class Clock(Protocol):
    """Tells the time in whole milliseconds since the epoch, as JavaScript's `Date.now()`."""

    def milliseconds(self) -> int:
        """Return the milliseconds since 1970-01-01T00:00:00Z."""
        ...


class SteadyClock(Clock, Protocol):
    """A clock that also measures how long something takes, whatever is done to the time meanwhile."""

    def monotonic(self) -> float:
        """Return seconds since some moment; they never go back."""
        ...


class SystemClock:
    """The operating system's clock."""

    monotonic = staticmethod(monotonic)

    def milliseconds(self) -> int:
        """Return the milliseconds since 1970-01-01T00:00:00Z."""
        return time_ns() // 1_000_000


class ManualClock:
    """A clock that stands still until it is moved: for tests."""

    def __init__(self, start: datetime | None = None) -> None:
        """Start at `start`, or now."""
        self._now = int((start or datetime.now(UTC)).timestamp() * 1000)

    def milliseconds(self) -> int:
        """Return the milliseconds since 1970-01-01T00:00:00Z."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move forward (or back, if negative)."""
        self._now += int(seconds * 1000)


def now(clock: Clock) -> datetime:
    """Return the clock's time as a UTC date with millisecond precision."""
    return from_milliseconds(clock.milliseconds())
