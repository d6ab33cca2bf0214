"""Instants on the wire and in scenarios: ``2026-01-31T12:00:00.000Z``, milliseconds, ``-1d``, ``+90s``."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from time import time
from typing import Any

ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_DURATION = re.compile(r"([+-]?)((?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+)")
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_MILLISECONDS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


def now_ms() -> int:
    """This moment in milliseconds since 1970."""
    return int(time() * 1000)


def duration_ms(text: str) -> int:
    """``-1d`` or ``+1h30m`` as milliseconds."""
    match = _DURATION.fullmatch(text)
    if not match:
        raise ValueError(f"not a duration: {text!r}")
    amount = round(sum(float(number) * _MILLISECONDS[unit] for number, unit in _PART.findall(match[2])))
    return -amount if match[1] == "-" else amount


def span(milliseconds: int) -> str:
    """Whole seconds as the shortest duration: ``+7d``, ``-1s``, ``+0s``."""
    left, parts = abs(milliseconds) // 1000, []
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        amount, left = divmod(left, size)
        if amount:
            parts.append(f"{amount}{unit}")
    return ("-" if milliseconds < 0 else "+") + ("".join(parts) or "0s")


def iso(milliseconds: int) -> str:
    """Milliseconds as the wire writes them."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}Z"


def from_iso(text: str) -> int:
    """The wire's form as milliseconds."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def relative(value: Any) -> Any:
    """``{"now": "-1d"}`` in milliseconds, ``{"now_seconds": ...}`` in seconds; anything else stays as it is."""
    if isinstance(value, dict) and value.keys() == {"now"}:
        return now_ms() + duration_ms(value["now"])
    if isinstance(value, dict) and value.keys() == {"now_seconds"}:
        return (now_ms() + duration_ms(value["now_seconds"])) // 1000
    return value
