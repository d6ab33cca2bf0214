"""JSON as `JSON.parse` reads it and `JSON.stringify` writes it."""

from __future__ import annotations

from datetime import datetime
from math import isfinite
from typing import Any

import msgspec

from betterauth_py.wire.dates import to_wire
from betterauth_py.wire.javascript import UNDEFINED
from betterauth_py.wire.plain_json import (
    InvalidJSONError,
    javascript_number,
    number_text,
    parse,
    parse_reviving_dates,
    revive_dates,
    stringify_plainly,
)

__all__ = [
    "InvalidJSONError",
    "javascript_number",
    "parse",
    "parse_reviving_dates",
    "revive_dates",
    "stringify",
    "to_plain",
]

_encode = msgspec.json.Encoder().encode


def to_plain(value: Any) -> Any:
    """Return `value` with dates, numbers and absent keys as JSON has them."""
    # By exact type first: this runs for every field of every answer.
    kind = type(value)
    if kind is str or kind is bool or kind is int or value is None:
        return value
    if kind is dict:
        return {key: to_plain(item) for key, item in value.items() if item is not UNDEFINED}
    if kind is datetime:
        return to_wire(value)
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    if isinstance(value, float):
        return _printed_number(value) if isfinite(value) else None
    return value


def _printed_number(value: float) -> int | float | msgspec.Raw:
    number = javascript_number(value)
    return msgspec.Raw(number_text(value).encode()) if "e" in repr(number) else number


def stringify(value: Any) -> bytes:
    """Serialize as `JSON.stringify`: no white space, key order kept, dates by `toISOString`, absent keys left out."""
    try:
        return _encode(to_plain(value))
    except UnicodeEncodeError:
        # A lone surrogate.
        return stringify_plainly(value)
