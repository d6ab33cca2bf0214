"""Codes with attempts: every guess counts, and one caller uses the code, wherever verifications are stored."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from betterauth_py import BetterAuth
from betterauth_py.clock import ManualClock
from betterauth_py.flows.codes import CodeRefusal, CodeRefusedError, check_code, find_code, store_code, use_code
from tests.redis_server import RedisServer
from tests.store.support import auth_on, running
from tests.store.test_secondary_values import PlainStorage

_PLACES = ("sqlite", "postgresql", "redis", "own storage", "redis and database")
IDENTIFIER = "sign-in-otp-ada@example.com"


@pytest.fixture(params=[*_PLACES, "exactly in sqlite", "exactly in postgresql"])
async def auth(
    request: pytest.FixtureRequest, clock: ManualClock, tmp_path: Any, new_postgresql: Callable[[], str]
) -> AsyncIterator[BetterAuth]:
    """Where codes are stored; "exactly": the caller knows what is stored of one, so that one statement is enough."""
    options: dict[str, Any] = {"clock": clock}
    url = new_postgresql() if request.param.endswith("postgresql") else f"sqlite:///{tmp_path / 'auth.db'}"
    if "redis" in request.param:
        redis: RedisServer = request.getfixturevalue("redis")
        options["secondary_storage"] = {"url": redis.url}
        options["verification"] = {"store_in_database": "database" in request.param}
    elif request.param == "own storage":
        options["secondary_storage"] = PlainStorage()
    async with running(auth_on(url, **options)) as started:
        started.exactly = "exactly" in request.param  # type: ignore[attr-defined]
        yield started


def is_code(code: str) -> Callable[[str], Any]:
    async def matches(stored: str) -> bool:
        await asyncio.sleep(0)
        return stored == code

    return matches


async def outcome(auth: BetterAuth, code: str, use: Any = use_code) -> CodeRefusal | None:
    stored = {"stored": code} if use is use_code and auth.exactly else {}  # type: ignore[attr-defined]
    try:
        await use(auth.context, IDENTIFIER, is_code(code), attempts=3, **stored)
    except CodeRefusedError as error:
        return error.refusal
    return None


async def test_the_guess_after_the_last_attempt_deletes_the_code(auth: BetterAuth) -> None:
    await store_code(auth.context, IDENTIFIER, "123:456", 300)
    assert [await outcome(auth, "0") for _ in range(3)] == [CodeRefusal.WRONG] * 3
    assert await find_code(auth.context, IDENTIFIER) == ("123:456", 3)
    assert await outcome(auth, "123:456") is CodeRefusal.TOO_MANY
    assert await outcome(auth, "123:456") is CodeRefusal.WRONG
    assert await find_code(auth.context, IDENTIFIER) is None


async def test_a_checked_code_stays_and_a_used_one_goes(auth: BetterAuth, clock: ManualClock) -> None:
    await store_code(auth.context, IDENTIFIER, "old", 300)
    clock.advance(0.001)
    await store_code(auth.context, IDENTIFIER, "123456", 300)
    assert await outcome(auth, "0") is CodeRefusal.WRONG
    assert await outcome(auth, "123456", check_code) is None
    assert await find_code(auth.context, IDENTIFIER) == ("123456", 1)
    assert await outcome(auth, "123456") is None
    assert [await outcome(auth, code) for code in ("123456", "old")] == [CodeRefusal.WRONG] * 2


async def test_an_expired_code_is_deleted(auth: BetterAuth, clock: ManualClock) -> None:
    await store_code(auth.context, IDENTIFIER, "123456", 300)
    assert await outcome(auth, "0") is CodeRefusal.WRONG
    clock.advance(301)
    assert await outcome(auth, "123456") in {CodeRefusal.EXPIRED, CodeRefusal.WRONG}  # Redis has forgotten it.
    assert await outcome(auth, "123456") is CodeRefusal.WRONG


async def test_of_eight_callers_at_once_one_uses_the_code(auth: BetterAuth) -> None:
    await store_code(auth.context, IDENTIFIER, "123456", 300)
    outcomes = Counter(await asyncio.gather(*(outcome(auth, "123456") for _ in range(8))))
    assert outcomes == {None: 1, CodeRefusal.WRONG: 7}


async def test_eight_guesses_at_once_are_all_counted(auth: BetterAuth) -> None:
    await store_code(auth.context, IDENTIFIER, "123456", 300)
    outcomes = Counter(await asyncio.gather(*(outcome(auth, "0") for _ in range(8))))
    assert outcomes == {CodeRefusal.WRONG: 7, CodeRefusal.TOO_MANY: 1}
    assert await outcome(auth, "123456") is CodeRefusal.WRONG


async def test_the_right_code_is_used_among_wrong_guesses_and_checks(auth: BetterAuth) -> None:
    await store_code(auth.context, IDENTIFIER, "123456", 300)
    tries = [outcome(auth, "0"), outcome(auth, "123456", check_code), outcome(auth, "123456"), outcome(auth, "0")]
    assert (await asyncio.gather(*tries))[2] is None
