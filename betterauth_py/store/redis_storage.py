"""Redis as secondary storage, with the keys and commands of `@better-auth/redis-storage`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, cast

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.cluster import RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from redis.exceptions import AuthenticationError, ConnectionError, RedisError  # noqa: A004

from betterauth_py.errors import ConfigurationError, SecondaryStorageError
from betterauth_py.javascript.values import well_formed
from betterauth_py.options import RedisOptions
from betterauth_py.store.batching import BatchedLookups
from betterauth_py.store.per_loop import PerLoop

_RETRY_SECONDS: Final = 0.05

_INCREMENT: Final = """
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return count
"""
_COMPARE_AND_SET: Final = """
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1])
elseif ARGV[3] == '' then redis.call('SET', KEYS[1], ARGV[2])
else redis.call('SETEX', KEYS[1], ARGV[3], ARGV[2]) end
return 1
"""


class RedisStorage:
    """Values in Redis, under keys with a prefix.

    Reads that wait at the same moment are gathered into one `MGET`.
    """

    def __init__(self, client: Any, key_prefix: str = "better-auth:") -> None:
        """Use `client`, a `redis.asyncio.Redis` or `RedisCluster` whose answers are text or bytes.

        Its time-outs bound how long a request can wait, so give it some.
        """
        self._clients = PerLoop[Any](lambda: client, self._leave)
        self._prefix = key_prefix
        self._name = "Redis"
        self._patience: float | None = None
        stopped = "The secondary storage was stopped."
        self._lookups = PerLoop(
            lambda: BatchedLookups(self._values, lambda: SecondaryStorageError(stopped)), self._leave
        )

    @classmethod
    def from_options(cls, options: RedisOptions) -> RedisStorage:
        """Return a storage that connects on first use, with `options`.

        Raises:
            ConfigurationError: if the URL cannot be read; it is not repeated, because it may hold a password.
        """
        pool = _pool(options)
        storage = cls(None, options.key_prefix)
        storage._clients = PerLoop(lambda: Redis.from_pool(_pool(options)), lambda client: client.aclose())
        # Whatever the library does in the meantime.
        storage._patience = options.connect_timeout + options.timeout
        storage._name = f"Redis at {_where(pool)}"
        return storage

    async def get(self, key: str) -> str | None:
        """Return the value of `key`, or None."""
        return await self._lookups.get().ask(self._key(key))

    async def get_many(self, keys: Sequence[str]) -> list[str | None]:
        """Return the values of `keys`, or None for each that has none."""
        return await asyncio.gather(*(self._lookups.get().ask(self._key(key)) for key in keys))

    async def set(self, key: str, value: str, ttl: int | None = None) -> None:
        """Store `value` for `ttl` seconds, or for good."""
        async with self._talking() as client:
            await client.set(self._key(key), value, ex=ttl if ttl and ttl > 0 else None)

    async def delete(self, key: str) -> None:
        """Delete the value of `key`, if there is one."""
        async with self._talking() as client:
            await client.delete(self._key(key))

    async def get_and_delete(self, key: str) -> str | None:
        """Return the value of `key` and delete it (`GETDEL`, so Redis 6.2 or newer): of racing callers one gets it."""
        async with self._talking() as client:
            return _text(await client.getdel(self._key(key)))

    async def increment(self, key: str, ttl: int) -> int:
        """Add one to the counter `key`, which lives `ttl` seconds from its first increment; return it."""
        async with self._talking() as client:
            return int(await client.eval(_INCREMENT, 1, self._key(key), max(ttl, 1)))

    async def compare_and_set(self, key: str, expected: str | None, value: str | None, ttl: int | None) -> bool:
        """Store `value` for `ttl` seconds, or for good, if the value is still `expected`; tell whether it was.

        A `value` of None deletes what is stored.
        """
        async with self._talking() as client:
            arguments = (expected or "", value or "", "" if ttl is None else max(ttl, 1))
            return bool(await client.eval(_COMPARE_AND_SET, 1, self._key(key), *arguments))

    async def close(self) -> None:
        """Close the connections that this storage has made in this event loop; they are made again when needed."""
        await self._clients.close()

    @staticmethod
    async def _leave(_: object) -> None:
        """Close nothing: the client belongs to the caller."""

    def _key(self, key: str) -> str:
        # A client may send any text as a token; what UTF-8 cannot encode is encoded as Node does.
        return self._prefix + (key if key.isascii() else well_formed(key))

    @asynccontextmanager
    async def _talking(self) -> AsyncIterator[Any]:
        client = self._clients.get()
        try:
            async with asyncio.timeout(self._patience):
                yield client
        except (RedisError, OSError, TimeoutError) as error:
            raise SecondaryStorageError(f"{self._name} does not answer: {_reason(error)}") from error

    async def _values(self, keys: list[str]) -> dict[str, str]:
        async with self._talking() as client:
            if len(keys) == 1:
                values = [await client.get(keys[0])]
            elif isinstance(client, RedisCluster):
                # The keys are on several nodes.
                values = await asyncio.gather(*(client.get(key) for key in keys))
            else:
                values = await client.mget(keys)
        return {key: text for key, value in zip(keys, values, strict=True) if (text := _text(value)) is not None}


def _pool(options: RedisOptions) -> BlockingConnectionPool:
    try:
        pool = BlockingConnectionPool.from_url(
            options.url,
            max_connections=options.max_connections,
            timeout=options.timeout,
            socket_connect_timeout=options.connect_timeout,
            socket_timeout=options.timeout,
            # Off: with a server that demands a password it asks for ever (redis-py 8.1).
            health_check_interval=0,
            # One more try, on a new connection: Redis may have restarted since the last command. Silence is not asked
            # twice.
            retry=Retry(cast("Any", ConstantBackoff(_RETRY_SECONDS)), 1, supported_errors=(ConnectionError,)),
            client_name="betterauth",
        )
        cast("Any", pool).make_connection()
    except (ValueError, TypeError):
        raise ConfigurationError(
            "Option `secondary_storage.url` (BETTER_AUTH_REDIS_URL) is not a Redis URL. "
            "Write for example redis://:password@localhost:6379/0, rediss:// for TLS, or unix:///path/to/redis.sock."
        ) from None
    return pool


def _where(pool: BlockingConnectionPool) -> str:
    given = pool.connection_kwargs
    return str(given.get("path") or f"{given.get('host', 'localhost')}:{given.get('port', 6379)}")


def _reason(error: BaseException) -> str:
    if isinstance(error, AuthenticationError) or isinstance(error.__cause__, AuthenticationError):
        return "the user or password is refused. Check the URL."
    if isinstance(error, asyncio.TimeoutError) or "Timeout" in type(error).__name__:
        return "no answer in time."
    # Of messages only the kind: Redis repeats arguments in some.
    return f"{type(error).__name__}."


def _text(value: Any) -> str | None:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else cast("str | None", value)
