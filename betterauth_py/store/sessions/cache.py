"""Sessions kept in memory, for as long as somebody tells this process of every change (`session_changes`)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from datetime import datetime
from sys import getsizeof
from time import monotonic
from types import NoneType
from typing import Any, Final

# Values with nothing inside: what nearly every row is made of.
_FLAT: Final = frozenset({str, bytes, int, float, bool, datetime, NoneType})
# The token, names of changes, places in two tables, and the tables of two rows.
_BYTES_OF_AN_ENTRY: Final = 1_500

EVERYTHING: Final = "*"
"""What a change of every row is called."""


def name_of(model: str, row_id: object) -> str:
    """Return what a change of a row is called."""
    return f"{model}:{row_id}"


def bytes_of(value: Any) -> int:
    """Return about how many bytes of memory rows and their values take; what they have grown to is what matters."""
    values: Iterable[Any]
    if isinstance(value, tuple):
        values = value
    elif isinstance(value, dict | Mapping):
        values = value.values()
    elif isinstance(value, Iterable) and not isinstance(value, str | bytes):
        values = value
    else:
        return getsizeof(value)
    # A row is one step, not one for each value.
    size = getsizeof if _FLAT.issuperset(map(type, values)) else bytes_of
    return getsizeof(value) + sum(map(size, values))


class SessionCache:
    """The sessions read last, by token. While it is closed it is empty and stays so.

    Two things are known apart. While it is open, every change is heard of sooner or later, so a row that is in here
    will not stay after it has changed. Until the moment to which it is trusted, every change that matters has been
    heard of, so a row that is in here may be shown.
    """

    def __init__(self, most: int, most_bytes: int) -> None:
        """Keep at most `most` sessions in `most_bytes` of memory; those not asked for the longest give way."""
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
        """What allows to add what is asked for from now on, until the next change is heard of; None while closed."""
        return self._age if self._is_open else None

    def get(self, token: str) -> Any:
        """Return what was added for the token, or None, also where it cannot be trusted now."""
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
        """Keep `value` until a change of one of `names` is heard of; not if any has been since the ticket was given.

        A row that was read before a change must not be kept after the change has been heard of. Where a value is
        `made_of` a flat row, that tells sooner how much memory it takes.
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
        """Begin to keep sessions: from now on every change is heard of."""
        self._is_open = True
        self._age += 1

    def close(self) -> None:
        """Forget everything and keep nothing: changes may be missed from now on."""
        self._is_open = False
        self.distrust()
        self.forget(EVERYTHING)

    def trust(self, until: float) -> None:
        """Show sessions until this moment of the monotonic clock."""
        self._trusted_until = until

    def distrust(self) -> None:
        """Show nothing until trusted again."""
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
