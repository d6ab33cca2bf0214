"""What the verifier costs, with margins for a machine that does other things too; `benchmarks.verify` is exact."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from math import inf
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


def assert_below(most: Mapping[str, float], measure: Callable[[], Coroutine[Any, Any, list[Result]]]) -> None:
    """Every line named is below its limit in one of some attempts; in the others something else may be busy."""
    found: dict[str, float] = {}
    for _ in range(ATTEMPTS):
        for result in asyncio.run(measure()):
            found[result.work] = min(result.value, found.get(result.work, result.value))
        if all(found[work] < limit for work, limit in most.items()):
            return
    assert {work: value for work, value in found.items() if value >= most.get(work, inf)} == {}


def test_a_cached_session_takes_some_millionths_of_a_second() -> None:
    most = {"cookie cache, compact": 60, "cookie cache, compact, seen before": 30}
    assert_below(most, lambda: measure_cookie_cache("compact", 300))


def test_a_jwt_takes_hardly_longer_than_its_signature() -> None:
    assert_below({"jwt, EdDSA": 250, "jwt, EdDSA, seen before": 60}, lambda: measure_jwt(40))


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
    most = {
        "database, SQLAlchemy AsyncEngine: more than the bare query": 40,
        "database, asyncpg pool, one session: more than the bare query": 50,
        "database, asyncpg pool, a new session each time: more than the bare query": 80,
    }
    assert_below(most, lambda: measure_database(servers[OURS.name], 15))


def test_the_service_is_hardly_slower_through_the_verifier(servers: Servers) -> None:
    most = {
        f"remote, {NODE.label}, one session: more than the service itself": 60,
        f"remote, {NODE.label}, a new session each time: more than the service itself": 60,
    }
    assert_below(most, lambda: measure_remote(servers[NODE.name], 15))


def test_one_cookie_ten_thousand_times_at_once_is_one_question(servers: Servers) -> None:
    # The function asserts that there was one answer for all.
    assert_below(
        {"10000 requests at once, one cookie": 10_000}, lambda: measure_single_flight(servers[OURS.name], 10_000)
    )
