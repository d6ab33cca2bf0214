"""A second store beside the database, for what is read often or soon over: better-auth's `secondaryStorage`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


class SecondaryStorage(Protocol):
    """The port behind which values live under keys for a while, as better-auth 1.7.25's `SecondaryStorage`.

    Every method raises `SecondaryStorageError` (or anything else) if the store cannot be asked; that is never taken
    for an absent value. A storage may also have `compare_and_set` (`SwappingSecondaryStorage`), `get_many(keys)`, which
    returns a list of values in one round trip, and `close`.
    """

    async def get(self, key: str) -> str | None:
        """Return the value of `key`, or None."""
        ...

    async def set(self, key: str, value: str, ttl: int | None = None) -> None:
        """Store `value` for `ttl` seconds, or for good."""
        ...

    async def delete(self, key: str) -> None:
        """Delete the value of `key`, if there is one."""
        ...

    async def get_and_delete(self, key: str) -> str | None:
        """Return the value of `key` and delete it, in one step: of racing callers one gets it."""
        ...

    async def increment(self, key: str, ttl: int) -> int:
        """Add one to the counter `key` and return it, in one step.

        A new counter is 1 and lives `ttl` seconds; further increments do not make it live longer.
        """
        ...


class SwappingSecondaryStorage(SecondaryStorage, Protocol):
    """A storage with which processes that change one value at the same moment do not lose each other's changes."""

    async def compare_and_set(self, key: str, expected: str | None, value: str | None, ttl: int | None) -> bool:
        """Store `value` for `ttl` seconds, or for good, if the value is still `expected`; tell whether it was.

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
    """What all keys start with; the default is that of `@better-auth/redis-storage`."""
    connect_timeout: float = 2.0
    """Seconds to wait for a connection."""
    timeout: float = 2.0
    """Seconds to wait for an answer. What takes longer fails, and is answered with an error."""
    max_connections: int = 20
    """Connections per process; whoever finds all of them busy waits `timeout` seconds for one."""
