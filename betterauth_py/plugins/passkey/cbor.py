"""The structure of CBOR (RFC 8949), checked before a library makes objects of it.

The library also reads tags, and runs what they mean: a few bytes let it compile a regular expression for seconds.
Authenticators send none, and everything in its shortest form (CTAP 2.1, 8: the canonical form).
"""

from __future__ import annotations

from typing import Final

_DEEPEST: Final = 8
_MOST_ITEMS: Final = 256
_BYTES, _TEXT, _ARRAY, _MAP, _TAG, _SIMPLE = 2, 3, 4, 5, 6, 7
# Of 1, 2, 4 and 8 bytes: the least number that needs so many.
_LEAST: Final = (24, 1 << 8, 1 << 16, 1 << 32)
_FALSE, _UNDEFINED = 20, 23


class UnsafeCBORError(ValueError):
    """The bytes are not what an authenticator sends."""


def end_of_item(data: bytes, start: int = 0) -> int:
    """Return where the item that begins at `start` ends.

    Raises:
        UnsafeCBORError: if it has tags, floats, indefinite or longer lengths than needed, very many items or too deep a
            nesting, or ends too early.
    """
    # How many items are still to come in each array and map that has begun.
    open_containers = [1]
    for _ in range(_MOST_ITEMS):
        if len(open_containers) > _DEEPEST:
            raise UnsafeCBORError
        open_containers[-1] -= 1
        kind, argument, start = _head(data, start)
        if kind in {_BYTES, _TEXT}:
            start += argument
        elif kind in {_ARRAY, _MAP}:
            open_containers.append(argument * (2 if kind == _MAP else 1))
        if start > len(data):
            raise UnsafeCBORError
        while open_containers and open_containers[-1] == 0:
            open_containers.pop()
        if not open_containers:
            return start
    raise UnsafeCBORError


def is_map(data: bytes, start: int = 0) -> bool:
    """Return whether the item that begins at `start` is a map."""
    return data[start : start + 1] != b"" and data[start] >> 5 == _MAP


def _head(data: bytes, start: int) -> tuple[int, int, int]:
    """Return the kind of an item, its number or length, and where its content begins."""
    if start >= len(data):
        raise UnsafeCBORError
    kind, argument = data[start] >> 5, data[start] & 31
    start += 1
    if kind == _TAG or (kind == _SIMPLE and not _FALSE <= argument <= _UNDEFINED):
        raise UnsafeCBORError
    if argument < 24:
        return kind, argument, start
    if argument > 27:
        raise UnsafeCBORError
    least, size = _LEAST[argument - 24], 1 << (argument - 24)
    argument = int.from_bytes(data[start : start + size], "big")
    if argument < least:
        raise UnsafeCBORError
    return kind, argument, start + size
