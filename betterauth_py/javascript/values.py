"""The few JavaScript semantics that show on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from re import compile as compile_pattern
from typing import Any, Final
from urllib.parse import quote, unquote_to_bytes

# ECMA-262 19.2.6.4: encodeURIComponent leaves these (and the alphanumerics) as they are.
_URI_COMPONENT_UNRESERVED: Final = "-_.!~*'()"
_ENCODED: Final = compile_pattern(r"[A-Za-z0-9\-_.!~*'()%]*")
_BROKEN_ESCAPE: Final = compile_pattern("%(?![0-9a-fA-F]{2})")
WHITE_SPACE: Final = (
    " \t\n\v\f\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
"""What JavaScript trims: white space and line terminators (ECMA-262, 12.2 and 12.3)."""

CONTAINERS: Final = frozenset({dict, list})
"""The types of what can hold more, in what JSON is read to."""


class Undefined:
    """JavaScript's `undefined`: a key that is absent, as opposed to null."""

    _instance: Undefined | None = None

    def __new__(cls) -> Undefined:
        """Return the one instance."""
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    def __bool__(self) -> bool:
        """Undefined is falsy."""
        return False

    def __repr__(self) -> str:
        """Show as in JavaScript."""
        return "undefined"


UNDEFINED: Final = Undefined()


def well_formed(text: str) -> str:
    """Return `text` with every lone surrogate replaced by U+FFFD, as a UTF-8 encoder in JavaScript does."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def encode_uri_component(text: str) -> str:
    """Percent-encode as JavaScript's `encodeURIComponent`; a lone surrogate becomes U+FFFD instead of an exception."""
    # A signed token has no other characters than these; `quote` takes ten times as long.
    encoded = text.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
    if "%" not in text and _ENCODED.fullmatch(encoded):
        return encoded
    return quote(well_formed(text), safe=_URI_COMPONENT_UNRESERVED)


def decode_uri_component(text: str) -> str:
    """Decode as JavaScript's `decodeURIComponent`.

    Raises:
        ValueError: if a percent sign is not followed by two hex digits, or the bytes are not UTF-8.
    """
    if "%" not in text:
        return text
    # A signature in a cookie has no other escapes than these, and cannot hide one of them in another.
    decoded = text.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=")
    if "%" not in decoded:
        return decoded
    if _BROKEN_ESCAPE.search(text):
        msg = "URI malformed"
        raise ValueError(msg)
    return unquote_to_bytes(text).decode("utf-8")


def utf16_length(text: str) -> int:
    """Return the length in UTF-16 code units: what JavaScript's `length` counts."""
    if text.isascii():
        return len(text)
    return len(text) + sum(1 for character in text if character > "\uffff")


def trim(text: str) -> str:
    """Strip as JavaScript's `trim`: ECMA-262 white space and line terminators."""
    return text.strip(WHITE_SPACE)


def own_copy(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of an object out of JSON for one caller, who may change it."""
    return {name: deepcopy(value) if type(value) in CONTAINERS else value for name, value in row.items()}
