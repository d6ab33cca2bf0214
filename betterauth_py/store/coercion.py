"""Converts values of the wrong type as PostgreSQL converts the text that a Node driver sends.

Clients may send anything in an additional field; both databases answer alike.
"""

from __future__ import annotations

from datetime import UTC, datetime
from re import compile as compile_pattern
from typing import Any, Final

from betterauth_py.javascript import json
from betterauth_py.javascript.dates import revive
from betterauth_py.javascript.values import well_formed
from betterauth_py.models.fields import Field

_INTEGER: Final = compile_pattern(r"\s*[+-]?\d+\s*")
_LIMITS: Final = {False: 2**31, True: 2**63}
# PostgreSQL accepts any unique prefix of these.
_TRUE_WORDS: Final = ("true", "yes", "on", "1")
_FALSE_WORDS: Final = ("false", "no", "off", "0")


class UnstorableValueError(ValueError):
    """The value cannot be stored in its column."""


def to_storable(field: Field, value: Any) -> Any:
    """Return `value` in the type of the column.

    Raises:
        UnstorableValueError: if it cannot be made into one.
    """
    try:
        return None if value is None else _converted(field, value)
    except RecursionError:
        msg = "nested too deeply"
        raise UnstorableValueError(msg) from None


def _converted(field: Field, value: Any) -> Any:
    match field.type:
        case "string":
            return _text(value)
        case "boolean":
            return _boolean(value)
        case "number":
            return _integer(value, bigint=field.bigint)
        case "date":
            return _date(value)
        case "string[]":
            return [None if item is None else _text(item) for item in _list(value)]
        case "number[]":
            return [None if item is None else _integer(item, bigint=field.bigint) for item in _list(value)]
        case _:
            return _clean(value)


def _text(value: Any) -> str:
    if isinstance(value, list):
        text = _array_literal(value)
    else:
        text = value if isinstance(value, str) else json.stringify(value).decode()
    if "\0" in text:
        msg = "a NUL character"
        raise UnstorableValueError(msg)
    return well_formed(text)


def _array_literal(items: list[Any]) -> str:
    """Return PostgreSQL's text of an array, as Node's driver writes it."""
    parts = []
    for item in items:
        if item is None:
            parts.append("NULL")
        elif isinstance(item, list):
            parts.append(_array_literal(item))
        else:
            escaped = _text(item).replace("\\", "\\\\").replace('"', '\\"')
            parts.append(f'"{escaped}"')
    return "{" + ",".join(parts) + "}"


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = _text(value).strip().lower()
    if word and word != "o":
        if any(true.startswith(word) for true in _TRUE_WORDS):
            return True
        if any(false.startswith(word) for false in _FALSE_WORDS):
            return False
    msg = "not a boolean"
    raise UnstorableValueError(msg)


def _integer(value: Any, *, bigint: bool) -> int:
    text = "" if isinstance(value, bool) else _text(value)
    if not _INTEGER.fullmatch(text) or len(text) > 40 or not -_LIMITS[bigint] <= int(text) < _LIMITS[bigint]:
        msg = "not a whole number of the column's size"
        raise UnstorableValueError(msg)
    return int(text)


def _date(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, str):
        revived = revive(value)
        if isinstance(revived, datetime):
            return revived
        try:
            date = datetime.fromisoformat(value)
        except ValueError:
            pass
        else:
            return (date.replace(tzinfo=UTC) if date.tzinfo is None else date).astimezone(UTC)
    msg = "not a date"
    raise UnstorableValueError(msg)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        msg = "not a list"
        raise UnstorableValueError(msg)
    return value


def _clean(value: Any) -> Any:
    """Return a JSON value with strings that a database can store."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {_text(key): _clean(item) for key, item in value.items()}
    return value
