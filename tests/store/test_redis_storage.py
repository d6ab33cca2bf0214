"""Redis as secondary storage: the port's promises, one round trip for many reads, and URLs that stay secret."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from betterauth_py import BetterAuth, ConfigurationError
from betterauth_py.errors import SecondaryStorageError
from betterauth_py.options import RedisOptions
from betterauth_py.store.redis_storage import RedisStorage
from tests.redis_server import RedisServer


@pytest.fixture
async def storage(redis: RedisServer) -> AsyncIterator[RedisStorage]:
    made = RedisStorage.from_options(RedisOptions(url=redis.url))
    yield made
    await made.close()


async def test_values_live_under_the_prefix_for_their_time(storage: RedisStorage, redis: RedisServer) -> None:
    await storage.set("a", "Ü", 60)
    await storage.set("b", "for good")
    assert redis.client.get("better-auth:a") == "Ü"
    assert 58 <= redis.client.ttl("better-auth:a") <= 60
    assert redis.client.ttl("better-auth:b") == -1
    assert [await storage.get("a"), await storage.get("b"), await storage.get("c")] == ["Ü", "for good", None]
    await storage.delete("a")
    assert await storage.get("a") is None


async def test_reads_that_wait_together_are_one_command(storage: RedisStorage, redis: RedisServer) -> None:
    for number in range(40):
        redis.client.set(f"better-auth:{number}", f"value {number}")
    await storage.get("0")
    redis.calls()
    values = await asyncio.gather(*(storage.get(str(number % 50)) for number in range(200)))
    assert values == [f"value {number % 50}" if number % 50 < 40 else None for number in range(200)]
    assert sum(redis.calls().values()) <= 2


async def test_a_reader_who_gives_up_takes_nothing_from_the_others(storage: RedisStorage) -> None:
    await storage.set("key", "value", 60)
    first, second = asyncio.create_task(storage.get("key")), asyncio.create_task(storage.get("key"))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == "value"
    assert await storage.get("key") == "value"


async def test_of_racing_takers_one_gets_the_value(storage: RedisStorage) -> None:
    await storage.set("key", "once", 60)
    taken = await asyncio.gather(*(storage.get_and_delete("key") for _ in range(20)))
    assert sorted(taken, key=str) == [None] * 19 + ["once"]


async def test_a_counter_is_exact_and_ends_with_its_first_window(storage: RedisStorage, redis: RedisServer) -> None:
    counts = await asyncio.gather(*(storage.increment("n", 60) for _ in range(20)))
    assert sorted(counts) == list(range(1, 21))
    redis.client.expire("better-auth:n", 5)
    assert await storage.increment("n", 60) == 21
    assert redis.client.ttl("better-auth:n") <= 5


async def test_a_swap_happens_only_where_nothing_has_changed(storage: RedisStorage, redis: RedisServer) -> None:
    assert await storage.compare_and_set("key", None, "1", 60)
    assert not await storage.compare_and_set("key", None, "2", 60)
    assert await storage.compare_and_set("key", "1", "2", 60)
    assert not await storage.compare_and_set("key", "1", None, 60)
    assert redis.client.get("better-auth:key") == "2"
    assert await storage.compare_and_set("key", "2", None, 60)
    assert redis.client.keys() == []


@pytest.mark.parametrize("decode", [True, False])
async def test_a_client_of_the_deployments_own(redis: RedisServer, *, decode: bool) -> None:
    client = Redis.from_url(redis.url, decode_responses=decode)
    storage = RedisStorage(client, key_prefix="mine:")
    await storage.set("key", "Ü", 60)
    values = await asyncio.gather(*map(storage.get, ("key", "other", "key")))
    assert values == ["Ü", None, "Ü"]
    assert redis.client.keys() == ["mine:key"]
    await storage.close()
    assert await client.ping(), "it belongs to whoever made it"
    await client.aclose()


async def test_half_a_character_is_looked_up_like_any_key(storage: RedisStorage) -> None:
    assert await storage.get("\ud800") is None


@pytest.mark.parametrize(
    "url",
    [
        "http://user:hushhush@host",
        "host:6379",
        "redis://:hushhush@host:port",
        "redis://:hushhush@host/0?colour=red",
        "redis://:hushhush@host/0?socket_timeout=soon",
        "",
    ],
)
def test_a_wrong_url_is_named_but_never_shown(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        BetterAuth(base_url="http://localhost:3000", secret="s" * 40, secondary_storage={"url": url})
    assert "`secondary_storage.url` (BETTER_AUTH_REDIS_URL) is not a Redis URL" in str(caught.value)
    assert "hushhush" not in str(caught.value)


async def test_a_server_that_is_not_there_is_named_without_the_password() -> None:
    storage = RedisStorage.from_options(RedisOptions(url="redis://user:hushhush@127.0.0.1:1/0"))
    with pytest.raises(SecondaryStorageError, match=r"Redis at 127\.0\.0\.1:1 does not answer") as caught:
        await storage.get("key")
    assert "hushhush" not in str(caught.value)


async def test_a_refused_password_says_what_to_check(redis: RedisServer) -> None:
    redis.client.config_set("requirepass", "right")
    try:
        storage = RedisStorage.from_options(RedisOptions(url=f"{redis.url}?password=hushhush"))
        with pytest.raises(SecondaryStorageError, match="the user or password is refused") as caught:
            await storage.get("key")
        assert "hushhush" not in str(caught.value)
    finally:
        redis.client.config_set("requirepass", "")


def test_the_url_is_in_no_repr() -> None:
    options = RedisOptions(url="redis://:hushhush@host:6379/0")
    auth = BetterAuth(base_url="http://localhost:3000", secret="s" * 40, secondary_storage=options)
    assert "hushhush" not in repr(options) + repr(auth.options) + repr(auth.context)
