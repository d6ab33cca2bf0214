"""JSON as JavaScript reads and writes it, with nothing but the standard library."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from json.encoder import encode_basestring
from math import isfinite
from typing import Any, Final, NoReturn

from betterauth_py.javascript.dates import revive, to_wire
from betterauth_py.javascript.values import UNDEFINED


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
    for key in read:
        if key.isdecimal():
            break
    else:
        return read
    indexes = [key for key in read if key.isdecimal() and key.isascii() and _is_index(key)]
    return {key: read[key] for key in sorted(indexes, key=int)} | read


def _is_index(key: str) -> bool:
    return key == "0" or (key[0] != "0" and len(key) <= 10 and int(key) < 2**32 - 1)


def javascript_number(value: float) -> int | float:
    """Return `value` as the int that JavaScript would print for it, if it would print one."""
    if value.is_integer() and abs(value) < 1e21:
        # Beyond 2**53, JavaScript prints the fewest digits that say which double it is, and zeros after them.
        return int(value) if abs(value) <= 2**53 else int(Decimal(repr(value)))
    return value


# Made once: `json.loads` would make one for every text, which takes longer than most texts.
_decode: Final = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_constant=_refuse_constant,
    parse_int=_number,
    parse_float=lambda digits: javascript_number(float(digits)),
).decode


def parse(body: bytes) -> Any:
    """Parse as `Request.json()` does: UTF-8 with replacement, an optional BOM, the last duplicate key wins.

    Raises:
        InvalidJSONError: if the text is not JSON, or nested deeper than this process can follow.
    """
    try:
        return _decode(body.decode("utf-8-sig", "replace"))
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
    if isinstance(value, dict):
        # Written out for texts, by far the most frequent: every cached session comes through here.
        return {
            key: (
                item
                if item is None or (type(item) is str and item[-1:] != "Z")
                else revive(item)
                if type(item) is str
                else revive_dates(item)
            )
            for key, item in value.items()
        }
    if isinstance(value, str):
        return revive(value)
    if isinstance(value, list):
        return [revive_dates(item) for item in value]
    return value


def number_text(value: float) -> str:
    """Return how JavaScript prints the number (ECMA-262, 6.1.6.1.20)."""
    number = javascript_number(value)
    text = repr(number)
    if isinstance(number, int) or "e" not in text:
        return text
    mantissa, _, exponent = text.partition("e")
    power = int(exponent)
    if -7 < power < 0:
        digits = mantissa.lstrip("-").replace(".", "")
        return f"{'-' if number < 0 else ''}0.{'0' * (-power - 1)}{digits}"
    return f"{mantissa}e{power:+d}"


def stringify_plainly(value: Any) -> bytes:
    """Serialize as `wire.json.stringify` does, which is faster and needs msgspec."""
    text = _written(value)
    try:
        return text.encode()
    except UnicodeEncodeError:
        # A lone surrogate: well-formed JSON.stringify (ECMA-262) escapes exactly those.
        return "".join(f"\\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in text).encode()


def _written(value: Any) -> str:
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, dict):
        pairs = (f"{encode_basestring(key)}:{_written(item)}" for key, item in value.items() if item is not UNDEFINED)
        return f"{{{','.join(pairs)}}}"
    if isinstance(value, list | tuple):
        return f"[{','.join(_written(item) for item in value)}]"
    if isinstance(value, datetime):
        return encode_basestring(to_wire(value))
    if isinstance(value, float):
        return number_text(value) if isfinite(value) else "null"
    return str(value)
