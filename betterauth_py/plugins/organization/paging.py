"""Limits and offsets as clients send them: numbers, or texts that JavaScript makes numbers of."""

from __future__ import annotations

from math import isfinite, nan
from re import compile as compile_pattern
from typing import Any, Final

from betterauth_py.plugins.tools import to_number

MOST_OF_A_PAGE: Final = 1_000
"""How many rows one answer has at most, whatever a client asks for."""
_MOST_SKIPPED: Final = 2**31 - 1
_LEADING_INTEGER: Final = compile_pattern(r"\s*([+-]?\d{1,20})")


def parse_int(text: str) -> float:
    """Return the number that a text begins with, as JavaScript's `parseInt`."""
    found = _LEADING_INTEGER.match(text)
    return float(found[1]) if found else nan


def page_size(given: Any, default: int) -> int:
    """Return how many rows to answer: what a client asks for, at most 1,000; `default` for 0 or no number."""
    asked = _number(given)
    return min(int(asked) if asked > 0 else default, MOST_OF_A_PAGE)


def skipped(given: Any) -> int:
    """Return how many rows to leave out at the start."""
    return min(max(int(_number(given)), 0), _MOST_SKIPPED)


def _number(given: Any) -> float:
    number = to_number(given) if given is not None else 0
    return float(number) if isfinite(number) else float(MOST_OF_A_PAGE if number == float("inf") else 0)
