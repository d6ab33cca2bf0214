"""What either side keeps in secondary storage, as far as a scenario looks into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class StoredValue:
    """A value under its key without the prefix, and how many milliseconds it will live; None is for good."""

    key: str
    value: str
    life: int | None


class Storage(Protocol):
    """One side's secondary storage."""

    def values(self) -> list[StoredValue]:
        """Everything, by kind of key and then by age, so that both sides show it in the same order."""

    def put(self, key: str, value: str | None, seconds: int | None) -> int:
        """Store a value, or delete it with None; how many there were before."""
