"""Counts requests: in this process, or for all processes in the database or in secondary storage."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Table, and_, case, delete, not_, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from betterauth_py.clock import Clock
from betterauth_py.crypto.random import generate_id
from betterauth_py.options import SecondaryStorage
from betterauth_py.options.rate_limit import RateLimitDecision, RateLimitRule
from betterauth_py.store.database import Database
from betterauth_py.store.ids import PlaceholderId

# The key's own header, a tuple of three numbers, an entry of an ordered table.
_BYTES_OF_A_COUNT: Final = 400


class MemoryRateLimitStorage:
    """Counts in this process, in bounded memory: the least recently used counts are dropped."""

    def __init__(self, clock: Clock, most_bytes: int = 16_777_216) -> None:
        """Start with no counts."""
        self._clock = clock
        self._most_bytes = most_bytes
        self._bytes = 0
        # key -> (count, last request, end), in the order of last use.
        self._entries: OrderedDict[str, tuple[int, int, int]] = OrderedDict()

    async def consume(self, key: str, rule: RateLimitRule) -> RateLimitDecision:
        """Count one request; a refused one changes nothing, so it does not extend the window."""
        now = self._clock.milliseconds()
        window = rule.window * 1000
        count, last, end = self._entries.get(key, (0, now, 0))
        if now >= end or now - last >= window:
            count = 0
        elif count >= rule.max:
            return RateLimitDecision(allowed=False, retry_after=-(-(last + window - now) // 1000))
        if key not in self._entries:
            self._bytes += _size_of(key)
        self._entries[key] = (count + 1, now, now + window)
        self._entries.move_to_end(key)
        self._prune(now)
        return RateLimitDecision(allowed=True)

    async def forget(self, key: str) -> None:
        """Start again with no requests counted against `key`."""
        if self._entries.pop(key, None) is not None:
            self._bytes -= _size_of(key)

    def _prune(self, now: int) -> None:
        """Forget the oldest entries that are expired or too many; at most a few each time."""
        for _ in range(4):
            oldest = next(iter(self._entries), None)
            if oldest is None or (now < self._entries[oldest][2] and self._bytes <= self._most_bytes):
                return
            del self._entries[oldest]
            self._bytes -= _size_of(oldest)


def _size_of(key: str) -> int:
    return len(key) + _BYTES_OF_A_COUNT


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

    async def forget(self, key: str) -> None:
        """Start again with no requests counted against `key`."""
        await self._storage.delete(key)


ACCOUNT_PREFIX: Final = "account|"
"""Prefix of the keys of wrong passwords, which are counted for longer than requests to a path."""


class CountLives(NamedTuple):
    """Maximum seconds for which a count can matter."""

    paths: int
    accounts: int


def is_expired_count(table: Table, now: int, lives: CountLives) -> ColumnElement[bool]:
    """Return the condition for counts that no rule uses any more at `now`, in milliseconds."""
    of_account = table.c.key.startswith(ACCOUNT_PREFIX, autoescape=True)
    return or_(
        table.c.lastRequest < now - max(lives) * 1000,
        and_(table.c.lastRequest < now - lives.paths * 1000, not_(of_account)),
    )


class DatabaseRateLimitStorage:
    """Counts in the `rateLimit` table, one row per key, in the format of better-auth 1.7.25."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        lives: CountLives,
        make_id: Callable[[str], str] = lambda _model: generate_id(),
    ) -> None:
        """Count in `database`; rows are of no use after `lives`."""
        self._make_id = make_id
        self._database = database
        self._clock = clock
        self._lives = lives
        self._next_cleanup = 0

    async def consume(self, key: str, rule: RateLimitRule) -> RateLimitDecision:
        """Count one request in one statement; a refused one changes nothing, so it does not extend the window."""
        if not key.startswith(ACCOUNT_PREFIX) and rule.window > self._lives.paths:
            self._lives = self._lives._replace(paths=rule.window)
        now = self._clock.milliseconds()
        table = self._database.table("rateLimit")
        insert = postgresql.insert if self._database.url.dialect == "postgresql" else sqlite.insert
        window_over = table.c.lastRequest <= now - rule.window * 1000
        row = {"id": self._make_id("rateLimit"), "key": key, "count": 1, "lastRequest": now}
        if isinstance(row["id"], PlaceholderId):
            del row["id"]
        statement = insert(table).values(row)
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

    async def forget(self, key: str) -> None:
        """Start again with no requests counted against `key`."""
        table = self._database.table("rateLimit")
        await self._database.execute(delete(table).where(table.c.key == key))

    async def _clean_up(self, now: int) -> None:
        if now < self._next_cleanup:
            return
        self._next_cleanup = now + self._lives.paths * 1000
        table = self._database.table("rateLimit")
        await self._database.execute(delete(table).where(is_expired_count(table, now, self._lives)))
