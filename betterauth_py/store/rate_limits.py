"""Counts requests where all processes see them: in the database or in secondary storage."""

from __future__ import annotations

from sqlalchemy import case, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from betterauth_py.clock import Clock
from betterauth_py.crypto.random import generate_id
from betterauth_py.options import SecondaryStorage
from betterauth_py.options.rate_limit import RateLimitDecision, RateLimitRule
from betterauth_py.store.database import Database


class SecondaryRateLimitStorage:
    """Counts in secondary storage, as better-auth 1.7.25: the first request starts a window, none extends it."""

    def __init__(self, storage: SecondaryStorage) -> None:
        """Count in `storage`."""
        self._storage = storage

    async def consume(self, key: str, rule: RateLimitRule) -> RateLimitDecision:
        """Count one request; of a refused one only the length of the window is known."""
        if await self._storage.increment(key, rule.window) <= rule.max:
            return RateLimitDecision(allowed=True)
        return RateLimitDecision(allowed=False, retry_after=rule.window)


class DatabaseRateLimitStorage:
    """Counts in the `rateLimit` table, one row per key, in the format of better-auth 1.7.25."""

    def __init__(self, database: Database, clock: Clock, longest_window: int) -> None:
        """Count in `database`; rows are of no use after `longest_window` seconds."""
        self._database = database
        self._clock = clock
        self._longest_window = longest_window
        self._next_cleanup = 0

    async def consume(self, key: str, rule: RateLimitRule) -> RateLimitDecision:
        """Count one request in one statement; a refused one changes nothing, so it does not extend the window."""
        self._longest_window = max(self._longest_window, rule.window)
        now = self._clock.milliseconds()
        table = self._database.table("rateLimit")
        insert = postgresql.insert if self._database.url.dialect == "postgresql" else sqlite.insert
        window_over = table.c.lastRequest <= now - rule.window * 1000
        statement = insert(table).values(id=generate_id(), key=key, count=1, lastRequest=now)
        counted = statement.on_conflict_do_update(
            index_elements=[table.c.key],
            set_={
                "count": case((window_over, 1), else_=table.c["count"] + 1),
                "lastRequest": now,
            },
            where=window_over | (table.c["count"] < rule.max),
        ).returning(table.c["count"])
        if (await self._database.execute(counted)).first() is not None:
            await self._clean_up(now)
            return RateLimitDecision(allowed=True)
        last = (await self._database.execute(select(table.c.lastRequest).where(table.c.key == key))).scalar()
        remaining = (last or now) + rule.window * 1000 - now
        return RateLimitDecision(allowed=False, retry_after=max(-(-remaining // 1000), 0))

    async def _clean_up(self, now: int) -> None:
        if now < self._next_cleanup:
            return
        self._next_cleanup = now + self._longest_window * 1000
        table = self._database.table("rateLimit")
        await self._database.execute(delete(table).where(table.c.lastRequest < now - self._longest_window * 1000))
