"""Deletes expired rows in bounded batches.

A walk along the primary key visits every row once, however many batches there are. An index on `expiresAt` would make
every prolonging of a session dearer, which happens far more often.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Table, and_, delete, func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.util import greenlet_spawn

from betterauth_py.clock import Clock, now
from betterauth_py.errors import DatabaseError
from betterauth_py.options import Options
from betterauth_py.store.database import Database
from betterauth_py.store.process_memory import make_room
from betterauth_py.store.rate_limits import CountLives, is_expired_count

DEFAULT_BATCH: Final = 1_000
# One arbitrary number, the same for all processes.
_ADVISORY_LOCK: Final = 0x0BE77E2A


@dataclass(frozen=True)
class CleanedUp:
    """Number of expired rows by kind."""

    sessions: int | None
    """None where ended sessions are kept (`session.preserve_session_in_database`)."""
    verifications: int | None
    """None where they are kept (`verification.disable_cleanup`)."""
    rate_limits: int | None
    """None where requests are not counted in the database."""
    of_plugins: Mapping[str, int] = field(default_factory=dict)
    """By model, those of plugins whose rows expire."""


class Cleanup:
    """Deletes expired sessions, verifications, rows of plugins and rate-limit counts.

    Each batch is a statement of its own, so no lock is held for long, and rows that somebody else has locked are left
    for the next time.
    """

    def __init__(self, database: Database, options: Options, clock: Clock, lives: CountLives) -> None:
        """Clean up `database`; counts of requests matter for `lives`."""
        self._database = database
        self._keeps_sessions = (
            options.secondary_storage is not None
            and options.session.store_session_in_database
            and options.session.preserve_session_in_database
        )
        self._longest_life = timedelta(seconds=options.session.longest_life)
        self._keeps_verifications = options.verification.disable_cleanup
        self._counts_requests = "rateLimit" in database.schema.models
        self._clock = clock
        self._lives = lives

    async def run(self, *, batch_size: int = DEFAULT_BATCH, dry_run: bool = False) -> CleanedUp:
        """Delete `batch_size` rows at a time until none is left; with `dry_run` only count them.

        Hooks do not run: what is over has ended already.

        Raises:
            DatabaseError: if the database cannot be reached, or has not the tables.
        """
        try:
            return await self._run(batch_size=batch_size, dry_run=dry_run)
        except (SQLAlchemyError, OSError) as error:
            raise DatabaseError(
                f"The database cannot be cleaned up ({type(error).__name__}). "
                "Check with `betterauth migrate --check` that it is up and has its tables."
            ) from error

    async def _run(self, *, batch_size: int, dry_run: bool) -> CleanedUp:
        moment = now(self._clock)
        table = self._database.table

        async def clean(model: str, is_expired: ColumnElement[bool]) -> int:
            return await (self._count(model, is_expired) if dry_run else self._delete(model, is_expired, batch_size))

        sessions = verifications = rate_limits = None
        if not self._keeps_sessions:
            sessions = await clean("session", self._is_over(table("session"), moment))
        if not self._keeps_verifications:
            verifications = await clean("verification", table("verification").c.expiresAt < moment)
        if self._counts_requests:
            is_expired = is_expired_count(table("rateLimit"), self._clock.milliseconds(), self._lives)
            rate_limits = await clean("rateLimit", is_expired)
        of_plugins: dict[str, int] = {}
        for name, model in self._database.schema.models.items():
            if model.expires is not None:
                of_plugins[name] = await clean(name, table(name).c[model.expires] < moment)
        if self._database.url.in_process and not dry_run:
            await make_room(self._database)
        return CleanedUp(sessions, verifications, rate_limits, of_plugins)

    def _is_over(self, session: Table, moment: datetime) -> ColumnElement[bool]:
        if not self._database.url.in_process:
            return session.c.expiresAt < moment
        # That a session was ended is remembered for as long as a cookie may still hold it.
        return and_(session.c.expiresAt < moment, session.c.createdAt < moment - self._longest_life)

    async def run_unless_another_does(self) -> CleanedUp | None:
        """Clean up, or return None if another process is cleaning up."""
        async with self._alone() as is_alone:
            return await self.run() if is_alone else None

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[bool]:
        if self._database.url.dialect != "postgresql" or self._database.pooled:
            # SQLite has one writer at a time anyway. Behind a pooler a connection's lock may move to another client;
            # there batches skip each other's locked rows.
            yield True
            return
        async with self._database.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")

            async def ask(question: str) -> bool:
                answer = await greenlet_spawn(connection.execute, text(question), {"lock": _ADVISORY_LOCK})
                return bool(answer.scalar())

            got = await ask("SELECT pg_try_advisory_lock(:lock)")
            try:
                yield got
            finally:
                if got:
                    await ask("SELECT pg_advisory_unlock(:lock)")

    async def _count(self, model: str, is_expired: ColumnElement[bool]) -> int:
        statement = select(func.count()).select_from(self._database.table(model)).where(is_expired)
        return int((await self._database.execute(statement)).scalar_one())

    async def _delete(self, model: str, is_expired: ColumnElement[bool], batch_size: int) -> int:
        execute, table = self._database.execute, self._database.table(model)
        deleted, rest = 0, is_expired
        while True:
            over = select(table.c.id).where(rest).order_by(table.c.id).limit(batch_size)
            ids: list[str] = [str(row[0]) for row in await execute(over)]
            if ids:
                # The condition again: a session may have been prolonged since it was found.
                still: Select[Any] = select(table.c.id).where(table.c.id.in_(ids), is_expired)
                if self._database.url.dialect == "postgresql":
                    still = still.with_for_update(skip_locked=True)
                deleted += (await execute(delete(table).where(table.c.id.in_(still)))).rowcount
                rest = and_(table.c.id > ids[-1], is_expired)
            if len(ids) < batch_size:
                return deleted
