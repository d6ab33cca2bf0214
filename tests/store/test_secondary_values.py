"""What plugins keep in secondary storage: whatever comes at once, no change is lost and no guess is free."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from betterauth_py import BetterAuth
from betterauth_py.errors import SecondaryStorageError
from betterauth_py.flows.single_use import store_single_use_value
from betterauth_py.store.secondary_values import SecondaryValues
from tests.redis_server import RedisServer
from tests.store.support import auth_on, running

SQLITE = "sqlite:///:memory:"


class PlainStorage:
    """A deployment's own storage, without `compare_and_set`."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.lives: dict[str, int | None] = {}

    async def get(self, key: str) -> str | None:
        await asyncio.sleep(0)
        return self.values.get(key)

    async def set(self, key: str, value: str, ttl: int | None = None) -> None:
        await asyncio.sleep(0)
        self.values[key], self.lives[key] = value, ttl

    async def delete(self, key: str) -> None:
        self.values.pop(key, None)

    async def get_and_delete(self, key: str) -> str | None:
        return self.values.pop(key, None)

    async def increment(self, key: str, ttl: int) -> int:
        self.lives.setdefault(key, ttl)
        self.values[key] = str(int(self.values.get(key, "0")) + 1)
        return int(self.values[key])


@pytest.fixture(params=["redis", "own"])
def auth(request: pytest.FixtureRequest, redis: RedisServer, tmp_path: Any) -> BetterAuth:
    storage: Any = {"url": redis.url} if request.param == "redis" else PlainStorage()
    return auth_on(f"sqlite:///{tmp_path / 'auth.db'}", secondary_storage=storage)


def values_of(auth: BetterAuth) -> SecondaryValues:
    assert auth.context.secondary_values is not None
    return auth.context.secondary_values


def used(key: dict[str, Any]) -> dict[str, Any] | None:
    return None if key["remaining"] == 0 else {**key, "remaining": key["remaining"] - 1}


async def test_no_more_pass_than_remain(auth: BetterAuth) -> None:
    async with running(auth):
        values = values_of(auth)
        made = auth.context.now()
        await values.set("api-key:1", {"remaining": 5, "createdAt": made})
        passed = await asyncio.gather(*(values.change("api-key:1", used) for _ in range(20)))
        assert sorted(key["remaining"] for key in passed if key) == [0, 1, 2, 3, 4]
        assert await values.get("api-key:1") == {"remaining": 0, "createdAt": made}
        assert await values.change("api-key:2", used) is None
        taken = await asyncio.gather(*(values.take("api-key:1") for _ in range(3)))
        assert [key is None for key in taken].count(False) == 1


async def test_values_and_counters_end(redis: RedisServer) -> None:
    async with running(auth_on(SQLITE, secondary_storage={"url": redis.url})) as auth:
        values = values_of(auth)
        await values.set("kept", {"n": 1})
        await values.change("kept", lambda value: {"n": value["n"] + 1})
        await values.set("brief", {"n": 1}, 600)
        await values.change("brief", lambda value: {"n": value["n"] + 1}, lambda value: value["n"] * 10)
        counted = await asyncio.gather(*(values.count("tries", 60) for _ in range(10)))
        assert sorted(counted) == list(range(1, 11))
        lives = [redis.client.ttl(f"better-auth:{key}") for key in ("kept", "brief", "tries")]
        assert lives[0] == -1
        assert 18 <= lives[1] <= 20
        assert 58 <= lives[2] <= 60
        await values.delete("tries")
        assert await values.count("tries", 60) == 1


async def test_a_storage_that_loses_values_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    storage = PlainStorage()
    values = SecondaryValues(storage)
    storage.values["key"] = '{"n": 1}'

    async def forgetful(*_: Any) -> bool:
        return False

    monkeypatch.setattr(storage, "compare_and_set", forgetful, raising=False)
    with pytest.raises(SecondaryStorageError, match="could not be changed"):
        await values.change("key", lambda value: value)


async def test_what_is_no_object_is_nothing() -> None:
    storage = PlainStorage()
    storage.values |= {"broken": "{", "list": "[]", "text": '"x"'}
    values = SecondaryValues(storage)
    assert [await values.get(key) for key in ("broken", "list", "text", "none")] == [None] * 4


async def test_no_guess_at_a_code_is_free(auth: BetterAuth) -> None:
    async with running(auth):
        context, now = auth.context, auth.context.now()
        verifications = context.verifications
        await store_single_use_value(context, "code", "123:0", 60)
        found = [await verifications.find("code", now) for _ in range(8)]

        async def guess(read: dict[str, Any] | None) -> bool:
            return await verifications.update("code", {"value": "123:1"}, now, still=read) is not None

        # All of them have read that there was no guess yet: one may count itself as the first.
        assert sorted(await asyncio.gather(*map(guess, found))) == [False] * 7 + [True]
        assert (await verifications.find("code", now) or {})["value"] == "123:1"
        assert await verifications.update("code", {"value": "123:2"}, now)
        assert await verifications.update("code", {"value": "x"}, now + timedelta(seconds=61)) is None
