"""A store besides the database for values that are read often or expire soon: better-auth's `secondaryStorage`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


class SecondaryStorage(Protocol):
    """The interface of a store of expiring values by key, as better-auth 1.7.25's `SecondaryStorage`.

    Every method raises `SecondaryStorageError` (or any other exception) if the store is unavailable, which never counts
    as an absent value. A storage may also have `compare_and_set` (`SwappingSecondaryStorage`), `get_many(keys)`, which
    returns a list of values in one round trip, and `close`.
    """

    async def get(self, key: str) -> str | None:
        """Return the value of `key`, or None."""
        ...

    async def set(self, key: str, value: str, ttl: int | None = None) -> None:
        """Store `value` for `ttl` seconds, or without expiry."""
        ...

    async def delete(self, key: str) -> None:
        """Delete the value of `key`, if there is one."""
        ...

    async def get_and_delete(self, key: str) -> str | None:
        """Return the value of `key` and delete it in one atomic step: only one of several callers gets it."""
        ...

    async def increment(self, key: str, ttl: int) -> int:
        """Add one to the counter `key` and return it, in one atomic step.

        A new counter is 1 and expires after `ttl` seconds; further increments do not extend that.
        """
        ...


class SwappingSecondaryStorage(SecondaryStorage, Protocol):
    """A storage with which concurrent changes of one value are not lost."""

    async def compare_and_set(self, key: str, expected: str | None, value: str | None, ttl: int | None) -> bool:
        """Store `value` for `ttl` seconds, or without expiry, if the value is still `expected`; return whether it was.

        A `value` of None deletes what is stored.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class RedisOptions:
    """Redis (or Valkey, KeyDB, ...) as secondary storage."""

    url: str = field(repr=False)
    """`redis://user:password@host:6379/0`, `rediss://` with TLS, or `unix:///path/to/redis.sock`. Environment:
    `BETTER_AUTH_REDIS_URL`."""
    key_prefix: str = "better-auth:"
    """The prefix of all keys; the default is that of `@better-auth/redis-storage`."""
    connect_timeout: float = 2.0
    """Seconds to wait for a connection."""
    timeout: float = 2.0
    """Seconds to wait for an answer; slower operations fail."""
    max_connections: int = 20
    """Maximum connections per process; if all are busy, an operation waits `timeout` seconds for one."""
