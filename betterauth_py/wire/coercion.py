"""JavaScript's `String()` and `Number()` for values from JSON or a query."""

from __future__ import annotations

from math import isnan
from re import compile as compile_pattern
from typing import Any, Final

from betterauth_py.javascript.plain_json import javascript_number, number_text
from betterauth_py.javascript.values import UNDEFINED, trim

_NaN: Final = float("nan")
# ECMA-262, 7.1.4.1: StringNumericLiteral, without what Python's float() accepts beyond it (`1_0`, `inf`, `nan`).
_DECIMAL: Final = compile_pattern(r"[+-]?(?:Infinity|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)")
_WITH_BASE: Final = compile_pattern(r"0(?:[xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)")


def to_text(value: Any) -> str:
    """Return `String(value)` (ECMA-262, 7.1.17)."""
    match value:
        case str():
            return value
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _number_as_text(value)
        case list():
            return ",".join(_texts_of_items(value))
        case _ if value is UNDEFINED:
            return "undefined"
        case _:
            return "[object Object]"


def to_number(value: Any) -> float:
    """Return `Number(value)` (ECMA-262, 7.1.4), NaN if the value is no number."""
    match value:
        case bool():
            return int(value)
        case int() | float():
            return value
        case None:
            return 0
        case str():
            return _text_as_number(trim(value))
        case list():
            return _text_as_number(trim(to_text(value)))
        case _:
            return _NaN


def _texts_of_items(items: list[Any]) -> list[str]:
    """Return the texts between the commas. Nested lists are flattened, so that deep input costs no stack."""
    texts: list[str] = []
    pending: list[Any] = [items]
    while pending:
        item = pending.pop()
        if isinstance(item, list) and item:
            pending.extend(reversed(item))
        else:
            texts.append("" if item is None or item is UNDEFINED or item == [] else to_text(item))
    return texts


def _number_as_text(value: float) -> str:
    if isnan(value):
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return number_text(float(value))


def _text_as_number(text: str) -> float:
    if not text:
        return 0
    if _WITH_BASE.fullmatch(text):
        try:
            return javascript_number(float(int(text, 0)))
        except OverflowError:
            return float("inf")
    if _DECIMAL.fullmatch(text):
        return javascript_number(float(text.replace("Infinity", "inf")))
    return _NaN
