"""What the session's row is read from: what all databases of a service have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

Row = Sequence[Any]


class Source(ABC):
    """Something that answers one query with one row."""

    placeholder: ClassVar[str]

    def __init__(self, given: Any) -> None:
        """Ask `given`."""
        self.given = given
        self.statement = ""


class AsyncSource(Source):
    """A source that waits on an event loop."""

    @abstractmethod
    async def row(self, token: str) -> Row | None:
        """Return the row with this token, or None."""


class BlockingSource(Source):
    """A source that blocks its thread."""

    @abstractmethod
    def read(self, token: str) -> Row | None:
        """Return the row with this token, or None."""
