"""Sessions cached in memory, while this process is notified of every change (`changes.py`)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from datetime import datetime
from sys import getsizeof
from time import monotonic
from types import NoneType
from typing import Any, Final

# Immutable values without parts, of which nearly every row consists.
_FLAT: Final = frozenset({str, bytes, int, float, bool, datetime, NoneType})
# The token, the names of changes, entries in two dicts, and the dicts of two rows.
_BYTES_OF_AN_ENTRY: Final = 1_500

EVERYTHING: Final = "*"
"""The name of a change of every row."""


def name_of(model: str, row_id: object) -> str:
    """Return the name of a change of a row."""
    return f"{model}:{row_id}"


def bytes_of(value: Any) -> int:
    """Return an estimate of the bytes of memory that rows and their values take."""
    values: Iterable[Any]
    if isinstance(value, tuple):
        values = value
    elif isinstance(value, dict | Mapping):
        values = value.values()
    elif isinstance(value, Iterable) and not isinstance(value, str | bytes):
        values = value
    else:
        return getsizeof(value)
    # One step per row, not per value.
    size = getsizeof if _FLAT.issuperset(map(type, values)) else bytes_of
    return getsizeof(value) + sum(map(size, values))


class SessionCache:
    """The sessions read last, by token. While it is closed it is empty and stays so.

    Open and trusted are different states. While it is open, every change is notified sooner or later, so that a changed
    row does not stay. Until the moment to which it is trusted, every relevant change has been notified, so that a row
    may be served.
    """

    def __init__(self, most: int, most_bytes: int) -> None:
        """Keep at most `most` sessions in `most_bytes` of memory; the least recently used are dropped."""
        self._most = most
        self._most_bytes = most_bytes
        self._bytes = 0
        self._entries: OrderedDict[str, tuple[Any, tuple[str, str], int]] = OrderedDict()
        self._tokens: dict[str, tuple[str, ...]] = {}
        self._trusted_until = 0.0
        self._is_open = False
        self._age = 0

    def __len__(self) -> int:
        """Return the number of sessions kept."""
        return len(self._entries)

    @property
    def ticket(self) -> int | None:
        """A ticket for adding a row read from now on, valid until the next notified change; None while closed."""
        return self._age if self._is_open else None

    def get(self, token: str) -> Any:
        """Return what was added for the token; None if there is nothing, or the cache is not trusted now."""
        if monotonic() >= self._trusted_until:
            return None
        entry = self._entries.get(token)
        if entry is None:
            return None
        self._entries.move_to_end(token)
        return entry[0]

    def add(
        self, token: str, value: Any, names: tuple[str, str], ticket: int | None, made_of: tuple[Any, ...] | None = None
    ) -> None:
        """Keep `value` until a change of one of `names` is notified; not if one has been since the ticket was given.

        A row that was read before a change must not be kept after its notification. If a value is `made_of` a flat
        row, its memory is estimated faster from that.
        """
        if ticket is None or ticket != self.ticket:
            return
        self._drop(token)
        size = _BYTES_OF_AN_ENTRY + bytes_of(value if made_of is None else made_of)
        if size > self._most_bytes:
            return
        self._entries[token] = value, names, size
        self._bytes += size
        for name in names:
            self._tokens[name] = (*self._tokens.get(name, ()), token)
        while len(self._entries) > self._most or self._bytes > self._most_bytes:
            self._drop(next(iter(self._entries)))

    def forget(self, name: str) -> None:
        """Drop the sessions with this name, or `EVERYTHING`."""
        self._age += 1
        if name == EVERYTHING:
            self._entries.clear()
            self._bytes = 0
            self._tokens.clear()
        for token in self._tokens.get(name, ()):
            self._drop(token)

    def open(self) -> None:
        """Start to keep sessions: from now on every change is notified."""
        self._is_open = True
        self._age += 1

    def close(self) -> None:
        """Forget everything and keep nothing: changes may be missed from now on."""
        self._is_open = False
        self.distrust()
        self.forget(EVERYTHING)

    def trust(self, until: float) -> None:
        """Serve sessions until this moment (seconds of the monotonic clock)."""
        self._trusted_until = until

    def distrust(self) -> None:
        """Serve nothing until trusted again."""
        self._trusted_until = 0.0

    def _drop(self, token: str) -> None:
        entry = self._entries.pop(token, None)
        if entry is None:
            return
        self._bytes -= entry[2]
        for name in entry[1]:
            others = tuple(other for other in self._tokens[name] if other != token)
            if others:
                self._tokens[name] = others
            else:
                del self._tokens[name]
