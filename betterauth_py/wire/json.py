"""JSON as `JSON.parse` reads it and `JSON.stringify` writes it."""

from __future__ import annotations

import json
from datetime import datetime
from math import isfinite
from typing import Any, Final, NoReturn

import msgspec

from betterauth_py.wire.dates import revive, to_wire
from betterauth_py.wire.javascript import UNDEFINED

_encode = msgspec.json.Encoder().encode
_PLAIN_TYPES: Final = frozenset({str, bool, int, type(None)})


class InvalidJSONError(ValueError):
    """The text is not JSON."""


def _refuse_constant(name: str) -> NoReturn:
    raise InvalidJSONError(name)


def _number(digits: str) -> int | float:
    # JavaScript has one number type: beyond 2**53 an integer literal is a rounded double.
    if len(digits) <= 15:
        return int(digits)
    return javascript_number(float(digits))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object; JavaScript moves keys that are array indexes to the front, in ascending order."""
    read = dict(pairs)
    indexes = [key for key in read if key.isdecimal() and key.isascii() and _is_index(key)]
    if not indexes:
        return read
    return {key: read[key] for key in sorted(indexes, key=int)} | read


def _is_index(key: str) -> bool:
    return key == "0" or (key[0] != "0" and len(key) <= 10 and int(key) < 2**32 - 1)


def javascript_number(value: float) -> int | float:
    """Return `value` as the int that JavaScript would print for it, if it would print one."""
    if value.is_integer() and abs(value) < 1e21:
        return int(value)
    return value


def parse(body: bytes) -> Any:
    """Parse as `Request.json()` does: UTF-8 with replacement, an optional BOM, the last duplicate key wins.

    Raises:
        InvalidJSONError: if the text is not JSON, or nested deeper than this process can follow.
    """
    try:
        return json.loads(
            body.decode("utf-8-sig", "replace"),
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_int=_number,
            parse_float=lambda digits: javascript_number(float(digits)),
        )
    except (ValueError, RecursionError) as error:
        raise InvalidJSONError(str(error)) from None


def parse_reviving_dates(text: str) -> Any:
    """Parse and turn every string of date form into a date, as better-auth's `safeJSONParse`.

    Raises:
        InvalidJSONError: if the text is not JSON.
    """
    return revive_dates(parse(text.encode("utf-8", "surrogatepass")))


def revive_dates(value: Any) -> Any:
    """Return `value` with every string of date form replaced by its date, at any depth."""
    if isinstance(value, str):
        return revive(value)
    if isinstance(value, dict):
        return {key: revive_dates(item) for key, item in value.items()}
    if isinstance(value, list):
        return [revive_dates(item) for item in value]
    return value


def to_plain(value: Any) -> Any:
    """Return `value` with dates, numbers and absent keys as JSON has them."""
    # By exact type first: this runs for every field of every answer.
    kind = type(value)
    if kind in _PLAIN_TYPES:
        return value
    if kind is dict:
        return {
            key: item if type(item) in _PLAIN_TYPES else to_plain(item)
            for key, item in value.items()
            if item is not UNDEFINED
        }
    if kind is datetime:
        return to_wire(value)
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    if isinstance(value, float):
        return _printed_number(value) if isfinite(value) else None
    return value


def _printed_number(value: float) -> int | float | msgspec.Raw:
    """Return what prints as JavaScript prints the number (ECMA-262, 6.1.6.1.20)."""
    number = javascript_number(value)
    text = repr(number)
    if isinstance(number, int) or "e" not in text:
        return number
    mantissa, _, exponent = text.partition("e")
    power = int(exponent)
    if -7 < power < 0:
        digits = mantissa.lstrip("-").replace(".", "")
        return msgspec.Raw(f"{'-' if number < 0 else ''}0.{'0' * (-power - 1)}{digits}".encode())
    return msgspec.Raw(f"{mantissa}e{power:+d}".encode())


def stringify(value: Any) -> bytes:
    """Serialize as `JSON.stringify`: no white space, key order kept, dates by `toISOString`, absent keys left out."""
    plain = to_plain(value)
    try:
        return _encode(plain)
    except UnicodeEncodeError:
        # A lone surrogate: well-formed JSON.stringify (ECMA-262) escapes exactly those.
        text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"), default=_raw_number)
        return "".join(f"\\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in text).encode()


def _raw_number(value: Any) -> float:
    return float(bytes(value))
