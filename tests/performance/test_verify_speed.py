"""What the verifier costs, with margins for a machine that does other things too; `benchmarks.verify` is exact."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

from benchmarks.contestants import NODE, OURS, BenchmarkError, Servers, running
from benchmarks.report import VerifierResult as Result
from benchmarks.verify import (
    SEED,
    measure_cookie_cache,
    measure_database,
    measure_jwt,
    measure_remote,
    measure_single_flight,
)

pytestmark = pytest.mark.slow
ATTEMPTS = 3


def least(measure: Callable[[], Coroutine[Any, Any, list[Result]]]) -> dict[str, float]:
    """The best of some attempts at every line."""
    found: dict[str, list[float]] = {}
    for _ in range(ATTEMPTS):
        for result in asyncio.run(measure()):
            found.setdefault(result.work, []).append(result.value)
    return {work: min(values) for work, values in found.items()}


def test_a_cached_session_takes_some_millionths_of_a_second() -> None:
    taken = least(lambda: measure_cookie_cache("compact", 300))
    assert taken["cookie cache, compact"] < 60
    assert taken["cookie cache, compact, seen before"] < 30


def test_a_jwt_takes_hardly_longer_than_its_signature() -> None:
    taken = least(lambda: measure_jwt(40))
    assert taken["jwt, EdDSA"] < 250
    assert taken["jwt, EdDSA, seen before"] < 60


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    try:
        with running((OURS, NODE), SEED) as started:
            yield started
    except BenchmarkError as error:
        if "is not installed" in str(error):
            pytest.skip(f"THE VERIFIER'S SPEED WAS NOT TESTED: {error}")
        raise


def test_the_database_hardly_notices(servers: Servers) -> None:
    taken = least(lambda: measure_database(servers[OURS.name], 15))
    assert taken["database, SQLAlchemy AsyncEngine: more than the bare query"] < 40
    assert taken["database, asyncpg pool, one session: more than the bare query"] < 50
    assert taken["database, asyncpg pool, a new session each time: more than the bare query"] < 80


def test_the_service_is_hardly_slower_through_the_verifier(servers: Servers) -> None:
    taken = least(lambda: measure_remote(servers[NODE.name], 15))
    assert taken[f"remote, {NODE.label}, one session: more than the service itself"] < 60
    assert taken[f"remote, {NODE.label}, a new session each time: more than the service itself"] < 60


def test_one_cookie_ten_thousand_times_at_once_is_one_question(servers: Servers) -> None:
    # The function asserts that there was one answer for all.
    taken = least(lambda: measure_single_flight(servers[OURS.name], 10_000))
    assert taken["10000 requests at once, one cookie"] < 10_000
