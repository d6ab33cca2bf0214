"""An open transaction, which PostgreSQL's stale plans do not end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import asyncpg
from sqlalchemy import Connection, CursorResult, Executable, FrozenResult
from sqlalchemy.exc import DBAPIError
from sqlalchemy.util import greenlet_spawn

from betterauth_py.store.faults import is_stale_plan
from betterauth_py.store.prepared import Found

AfterCommit = Callable[[], Awaitable[object]]
Outcome = TypeVar("Outcome")
# SQLAlchemy and asyncpg each keep plans: one failure for either, and one for what changes meanwhile.
_ATTEMPTS: Final = 3


@dataclass
class Transaction:
    """One transaction on one connection."""

    connection: Connection
    driver: asyncpg.Connection[Any] | None
    """asyncpg's connection, where it runs prepared statements, and the transaction, by itself."""
    is_open: bool = True
    changes_sessions: bool = False
    after_commit: list[tuple[AfterCommit, bool]] = field(default_factory=list)
    _begun: Any = None
    _done: list[tuple[Callable[[], Awaitable[Any]], Any]] = field(default_factory=list)

    async def begin(self) -> None:
        """Begin it."""
        if self.driver is None:
            self._begun = await greenlet_spawn(self.connection.begin)
        else:
            self._begun = self.driver.transaction()
            await self._begun.start()

    async def commit(self) -> None:
        """Make it last."""
        await (greenlet_spawn(self._begun.commit) if self.driver is None else self._begun.commit())

    async def rollback(self) -> None:
        """Undo it."""
        await (greenlet_spawn(self._begun.rollback) if self.driver is None else self._begun.rollback())

    async def abandon(self) -> None:
        """Undo it, however far it has come; what led here counts, and not that undoing fails.

        A connection on which a transaction may still be open is thrown away: all that the next user of it wrote would
        be part of that transaction, and lost.
        """
        try:
            if self._begun is not None:
                await self.rollback()
        except BaseException as error:
            if self.driver is not None:
                self.connection.invalidate()
            if not isinstance(error, Exception):
                raise

    async def execute(self, statement: Executable, values: Found | None) -> CursorResult[Any]:
        """Run one statement."""
        if self.driver is None:
            return await greenlet_spawn(self.connection.execute, statement, values)

        def execute() -> Any:
            result = self.connection.execute(statement, values)
            return result.freeze() if result.returns_rows else result

        outcome = await self.run(lambda: greenlet_spawn(execute))
        return outcome() if isinstance(outcome, FrozenResult) else outcome  # type: ignore[return-value]

    async def run(self, step: Callable[[], Awaitable[Outcome]]) -> Outcome:
        """Run one step; where a changed schema has made its plan stale, begin anew and repeat what led here.

        A stale plan ends the transaction, but nothing of it has been seen by anybody. If a repeated step does not end
        as it did before, the caller has decided by what is no longer so, and the failure stands.
        """
        try:
            outcome = await step()
        except DBAPIError as error:
            if not is_stale_plan(error):
                raise
            outcome = await self._repeat(step, error)
        self._done.append((step, outcome))
        return outcome

    async def _repeat(self, step: Callable[[], Awaitable[Outcome]], error: DBAPIError) -> Outcome:
        for _ in range(_ATTEMPTS):
            await self.rollback()
            await self.begin()
            try:
                for earlier, outcome in self._done:
                    if not _is_same(await earlier(), outcome):
                        raise error
                return await step()
            except DBAPIError as next_error:
                if next_error is error or not is_stale_plan(next_error):
                    raise
                error = next_error
        raise error


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, FrozenResult):
        return bool(one.data == other.data)
    return bool(one.rowcount == other.rowcount) if isinstance(one, CursorResult) else bool(one == other)
