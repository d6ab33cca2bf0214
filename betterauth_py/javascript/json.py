"""JSON as `JSON.parse` reads it and `JSON.stringify` writes it."""

from __future__ import annotations

from datetime import datetime
from itertools import compress
from math import isfinite
from operator import not_
from typing import Any, Final

import msgspec

from betterauth_py.javascript.plain_json import (
    InvalidJSONError,
    javascript_number,
    number_text,
    parse,
    parse_reviving_dates,
    revive_dates,
    stringify_plainly,
)
from betterauth_py.javascript.values import UNDEFINED

__all__ = [
    "InvalidJSONError",
    "javascript_number",
    "parse",
    "parse_reviving_dates",
    "revive_dates",
    "stringify",
    "to_plain",
]


def _plain_text(value: Any) -> str:
    """Return a text of another class, such as an option's that comes from the environment, as plain text."""
    if isinstance(value, str):
        return str(value)
    raise NotImplementedError


_encode = msgspec.json.Encoder(enc_hook=_plain_text).encode
_LENGTH_WITH_FRACTION: Final = len('"2026-11-21T08:00:00.000000Z"')
_PLAIN_TYPES: Final = frozenset({str, bool, int, type(None)})
_is_plain_type = _PLAIN_TYPES.__contains__


def to_plain(value: Any) -> Any:
    """Return `value` with dates, numbers and absent keys as JSON has them."""
    # By exact type first: this runs for every field of every answer.
    kind = type(value)
    if kind in _PLAIN_TYPES:
        return value
    if kind is dict:
        plain = dict(value)
        # Chosen without a step of Python for each field, of which users with many plugins have many.
        for key in compress(value, map(not_, map(_is_plain_type, map(type, value.values())))):
            item = value[key]
            if item is UNDEFINED:
                del plain[key]
            else:
                plain[key] = to_plain(item)
        return plain
    if kind is datetime:
        return _date_text(value)
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


def _date_text(date: datetime) -> str:
    # As `dates.to_wire` does in ten times the time: msgspec writes "2026-11-21T08:00:00.000000Z", or no fraction where
    # it is zero.
    written = _encode(date)
    return written[1:24].decode() + "Z" if len(written) == _LENGTH_WITH_FRACTION else written[1:20].decode() + ".000Z"
