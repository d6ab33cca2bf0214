"""A clock that a test moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from betterauth_py.javascript.dates import from_milliseconds


class ManualClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, start: datetime | None = None) -> None:
        """Start at `start`, or now."""
        self._now = _milliseconds(start or datetime.now(UTC))

    def milliseconds(self) -> int:
        """Return the milliseconds since 1970-01-01T00:00:00Z."""
        return self._now

    def monotonic(self) -> float:
        """Return seconds since some moment, for clocks of verifiers."""
        return self._now / 1000

    def now(self) -> datetime:
        """Return the time, in UTC."""
        return from_milliseconds(self._now)

    def advance(self, seconds: float = 0, *, minutes: float = 0, hours: float = 0, days: float = 0) -> None:
        """Move forward, or back if negative."""
        self._now += round(
            timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds) / timedelta(milliseconds=1)
        )

    def at(self, moment: datetime | str) -> None:
        """Move to a moment: a date with a time zone, or an ISO text such as `2026-12-24T18:00:00Z`.

        Raises:
            ValueError: if it is no date, or has no time zone.
        """
        self._now = _milliseconds(datetime.fromisoformat(moment) if isinstance(moment, str) else moment)


def _milliseconds(moment: datetime) -> int:
    if moment.tzinfo is None:
        msg = f"{moment.isoformat()} has no time zone. Write {moment.isoformat()}Z for UTC."
        raise ValueError(msg)
    return int(moment.timestamp() * 1000)
