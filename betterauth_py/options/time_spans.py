"""Spans of time as text: `15m`, `7 days`, `1.5 hours`."""

from __future__ import annotations

from functools import lru_cache
from math import floor
from re import IGNORECASE
from re import compile as compile_pattern
from typing import Final

_SPAN: Final = compile_pattern(
    r"([+-])? ?([0-9]+|[0-9]+\.[0-9]+) ?"
    r"(seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w|months?|mo|years?|yrs?|y)"
    r"(?: (ago|from now))?",
    IGNORECASE,
)
_DAY: Final = 86_400.0
_SECONDS_OF: Final = {
    "s": 1.0, "sec": 1.0, "second": 1.0, "m": 60.0, "min": 60.0, "minute": 60.0, "h": 3600.0, "hr": 3600.0,
    "hour": 3600.0, "d": _DAY, "day": _DAY, "w": 7 * _DAY, "week": 7 * _DAY, "mo": 30 * _DAY, "month": 30 * _DAY,
    "y": 365.25 * _DAY, "yr": 365.25 * _DAY, "year": 365.25 * _DAY,
}  # fmt: skip


@lru_cache(maxsize=64)
def seconds_of(span: str) -> int:
    """Return the whole seconds in a span as better-auth 1.7.25 reads it; those of `-5m` and `5m ago` are negative.

    Raises:
        ValueError: if it is none.
    """
    match = _SPAN.fullmatch(span)
    if match is None or (match[1] and match[4]):
        raise ValueError(f"{span!r} is not a span of time. Write one like 7d, 30m or 1 hour.")
    unit = match[3].lower()
    seconds = float(match[2]) * _SECONDS_OF[unit if unit in _SECONDS_OF else unit.removesuffix("s")]
    # Halves are rounded up, as JavaScript rounds.
    return floor((-seconds if match[1] == "-" or (match[4] or "").lower() == "ago" else seconds) + 0.5)
