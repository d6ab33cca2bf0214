"""Requests are counted exactly, in the process or in the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from betterauth_py.clock import ManualClock
from betterauth_py.options.rate_limit import ForgettingRateLimitStorage, RateLimitRule, RateLimitStorage
from betterauth_py.store.rate_limits import CountLives, DatabaseRateLimitStorage, MemoryRateLimitStorage
from tests.store.support import auth_on, browser, database_of, running, stored_rows

RULE = RateLimitRule(window=10, max=3)


@dataclass
class Counting:
    """A storage, the clock it goes by, and another instance that counts the same."""

    clock: ManualClock
    storage: RateLimitStorage
    other: RateLimitStorage
    url: str | None = None

    async def consume(self, times: int, key: str = "1.2.3.4|/sign-in/email", rule: RateLimitRule = RULE) -> list[bool]:
        return [(await self.storage.consume(key, rule)).allowed for _ in range(times)]

    async def keys(self) -> set[str]:
        """The keys that are stored in the database."""
        assert self.url is not None
        return {row["key"] for row in await stored_rows(self.url, "rate_limit")}


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def counting(request: pytest.FixtureRequest) -> AsyncIterator[Counting]:
    """Each storage in turn."""
    clock = ManualClock()
    if request.param == "memory":
        storage = MemoryRateLimitStorage(clock)
        yield Counting(clock, storage, storage)
        return
    url: str = request.getfixturevalue(f"{request.param}_url")
    async with AsyncExitStack() as stack:
        databases = [
            database_of(await stack.enter_async_context(running(auth_on(url, rate_limit={"storage": "database"}))))
            for _ in range(2)
        ]
        one, other = (
            DatabaseRateLimitStorage(database, clock, lives=CountLives(paths=60, accounts=3600))
            for database in databases
        )
        yield Counting(clock, one, other, url)


async def test_as_many_as_the_rule_says_pass(counting: Counting) -> None:
    assert await counting.consume(5) == [True, True, True, False, False]


async def test_keys_are_counted_apart(counting: Counting) -> None:
    await counting.consume(4)
    assert await counting.consume(1, key="5.6.7.8|/sign-in/email") == [True]
    assert await counting.consume(1, key="1.2.3.4|/sign-up/email") == [True]


async def test_fifty_at_once_are_counted_exactly(counting: Counting) -> None:
    rule = RateLimitRule(window=10, max=20)
    storages = (counting.storage, counting.other)
    decisions = await asyncio.gather(*(storages[number % 2].consume("key", rule) for number in range(50)))
    assert sum(decision.allowed for decision in decisions) == 20


async def test_two_instances_share_the_count(counting: Counting) -> None:
    await counting.consume(2)
    assert (await counting.other.consume("1.2.3.4|/sign-in/email", RULE)).allowed
    assert not (await counting.other.consume("1.2.3.4|/sign-in/email", RULE)).allowed
    assert await counting.consume(1) == [False]


async def test_a_refusal_says_when_to_try_again(counting: Counting) -> None:
    await counting.consume(3)
    expected = {0.0: 10, 0.001: 10, 3.5: 7, 9.0: 1, 9.999: 1}
    passed = 0.0
    for moment, retry_after in expected.items():
        counting.clock.advance(moment - passed)
        passed = moment
        decision = await counting.storage.consume("1.2.3.4|/sign-in/email", RULE)
        assert (moment, decision.allowed, decision.retry_after) == (moment, False, retry_after)


async def test_refused_requests_do_not_extend_the_window(counting: Counting) -> None:
    await counting.consume(3)
    for _ in range(9):
        counting.clock.advance(1)
        assert await counting.consume(1) == [False]
    counting.clock.advance(1)
    assert await counting.consume(4) == [True, True, True, False]


async def test_the_window_begins_anew_with_every_request_that_passes(counting: Counting) -> None:
    # As in better-auth: what counts is the time since the last request that passed.
    for _ in range(3):
        assert await counting.consume(1) == [True]
        counting.clock.advance(9)
    assert await counting.consume(1) == [False]
    counting.clock.advance(1)
    assert await counting.consume(1) == [True]


async def test_a_clock_that_goes_back_locks_nobody_out_for_long(counting: Counting) -> None:
    await counting.consume(3)
    counting.clock.advance(-5)
    decision = await counting.storage.consume("1.2.3.4|/sign-in/email", RULE)
    assert decision.retry_after is not None
    assert decision.retry_after <= 15


async def test_a_rule_of_no_window_lets_everybody_pass(counting: Counting) -> None:
    assert await counting.consume(3, rule=RateLimitRule(window=0, max=1)) == [True] * 3


@pytest.mark.parametrize("key", ["", "ü|/päth", "a'b|/x", "k" * 3000, "1.2.3.4|/%00"])
async def test_any_text_is_a_key(counting: Counting, key: str) -> None:
    assert await counting.consume(4, key=key) == [True, True, True, False]


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_rows_that_matter_no_more_are_deleted(engine: str, request: pytest.FixtureRequest) -> None:
    url: str = request.getfixturevalue(f"{engine}_url")
    clock = ManualClock()
    async with running(auth_on(url, rate_limit={"storage": "database"})) as auth:
        storage = DatabaseRateLimitStorage(database_of(auth), clock, lives=CountLives(paths=60, accounts=3600))
        counting = Counting(clock, storage, storage, url)
        for number in range(20):
            await counting.consume(1, key=f"old{number}")
        clock.advance(59)
        await counting.consume(1, key="recent")
        clock.advance(30)
        await counting.consume(1, key="new")
        assert await counting.keys() == {"recent", "new"}


async def test_memory_is_freed_when_windows_are_over() -> None:
    clock = ManualClock()
    storage = MemoryRateLimitStorage(clock)
    for number in range(1000):
        await storage.consume(f"old{number}", RULE)
    clock.advance(11)
    for number in range(400):
        await storage.consume(f"new{number}", RULE)
    assert not [key for key in storage._entries if key.startswith("old")]


async def test_two_servers_share_the_limit_over_http(database_url: str, layout_of_tables: str) -> None:
    options: dict[str, Any] = {
        "database": {"layout": layout_of_tables},
        "rate_limit": {"enabled": True, "storage": "database"},
        "clock": ManualClock(),
    }
    one, other = (auth_on(database_url, **options) for _ in range(2))
    async with running(one), running(other), browser(one) as first, browser(other) as second:
        body = {"email": "ada@example.com", "password": "wrong password"}
        answers = [await client.post("/sign-in/email", json=body) for client in (first, second, first, second, first)]
        assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429]
        assert answers[-1].headers["x-retry-after"] == "10"
        options["clock"].advance(10)
        assert (await second.post("/sign-in/email", json=body)).status_code == 401


@pytest.fixture(params=["drizzle", "better-auth"])
def layout_of_tables(request: pytest.FixtureRequest) -> str:
    """Each layout in turn."""
    name: str = request.param
    return name


async def test_memory_for_counts_is_bounded_in_bytes() -> None:
    storage = MemoryRateLimitStorage(ManualClock(), most_bytes=100_000)
    for number in range(2_000):
        await storage.consume(f"{number}|{'x' * 100}", RULE)
    kept = list(storage._entries)
    assert 100 < len(kept) < 250
    assert kept[-1].startswith("1999|")
    for key in kept:
        await storage.forget(key)
    assert storage._bytes == 0


async def test_a_forgotten_count_starts_again(counting: Counting) -> None:
    assert await counting.consume(4) == [True, True, True, False]
    assert isinstance(counting.other, ForgettingRateLimitStorage)
    await counting.other.forget("1.2.3.4|/sign-in/email")
    assert await counting.consume(4) == [True, True, True, False]


async def test_counts_of_accounts_outlive_those_of_paths(counting: Counting) -> None:
    if counting.url is None:
        return
    await counting.consume(1, key="1.2.3.4|/ok")
    await counting.consume(1, key="account|abc", rule=RateLimitRule(window=3600, max=3))
    counting.clock.advance(120)
    await counting.consume(1, key="1.2.3.5|/ok")
    assert await counting.keys() == {"account|abc", "1.2.3.5|/ok"}
    counting.clock.advance(3700)
    await counting.consume(1, key="1.2.3.6|/ok")
    assert await counting.keys() == {"1.2.3.6|/ok"}
