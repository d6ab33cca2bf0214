"""The common interface for reading the session's row from a service's database."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from threading import Lock
from typing import Any, ClassVar

Row = Sequence[Any]


class RowReader(ABC):
    """Runs one query and returns one row."""

    placeholder: ClassVar[str]

    def __init__(self, given: Any) -> None:
        """Ask `given`."""
        self.given = given
        self.statement = ""


class AsyncRowReader(RowReader):
    """A reader that waits on an event loop."""

    def __init__(self, given: Any) -> None:
        """Ask `given`."""
        import asyncio

        super().__init__(given)
        self.turn = asyncio.Lock()
        """For a single connection or session, which can do but one thing at a time and is in one transaction."""

    @abstractmethod
    async def row(self, token: str) -> Row | None:
        """Return the row with this token, or None."""


class BlockingRowReader(RowReader):
    """A reader that blocks its thread."""

    def __init__(self, given: Any) -> None:
        """Ask `given`."""
        super().__init__(given)
        self.turn = Lock()
        """For a single connection or session, which can do but one thing at a time and is in one transaction."""

    @abstractmethod
    def read(self, token: str) -> Row | None:
        """Return the row with this token, or None."""
