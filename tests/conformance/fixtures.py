"""One set of Node processes for all conformance tests of a worker; every scenario is played once on each side.

The sides of a scenario are played at the same time: most of a playing is waiting, for windows and life times to pass.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from betterauth_py.conformance.facts import Shown, facts_of
from betterauth_py.conformance.player import play
from betterauth_py.conformance.recorder.embedded_postgres import EmbeddedPostgres
from betterauth_py.conformance.recorder.oracle import Oracles, install
from betterauth_py.conformance.recorder.our_server import OurServer
from betterauth_py.conformance.scenario import Scenario

WITH_MEMORY_CACHE = "postgres, memory cache"
REFERENCE = "reference"


DATABASES = ("sqlite", "postgres")


def node_is_there() -> bool:
    return shutil.which("node") is not None and shutil.which("npm") is not None


@pytest.fixture(scope="session")
def oracles(postgres: EmbeddedPostgres) -> Iterator[Oracles]:
    """better-auth on Node."""
    if not node_is_there():
        pytest.skip("NOT COMPARED WITH A LIVE better-auth: there is no Node on this machine")
    install()
    running = Oracles(postgres.database("oracle"))
    yield running
    running.close()


class References:
    """What the reference answered; every scenario is played once, however often it is compared."""

    def __init__(self, oracles: Oracles) -> None:
        self._oracles = oracles
        self._one_at_a_time = ThreadPoolExecutor(1)
        self._played: dict[str, Future[Shown]] = {}

    def begin(self, scenario: Scenario) -> Future[Shown]:
        """Have it played, unless it has been."""
        if scenario.name not in self._played:
            self._played[scenario.name] = self._one_at_a_time.submit(self._play, scenario)
        return self._played[scenario.name]

    def _play(self, scenario: Scenario) -> Shown:
        return facts_of(scenario, play(scenario, self._oracles.for_scenario(scenario)))

    def shown(self, scenario: Scenario) -> Shown:
        return self.begin(scenario).result()

    def close(self) -> None:
        self._one_at_a_time.shutdown(cancel_futures=True)


class Ours:
    """What this server answers; every scenario is played once on each database."""

    def __init__(self, postgres: EmbeddedPostgres, folder: Path) -> None:
        self._postgres = postgres
        self._folder = folder
        self._one_at_a_time = {kind: ThreadPoolExecutor(1) for kind in DATABASES}
        self._played: dict[tuple[str, str], Future[Shown]] = {}

    def begin(self, scenario: Scenario, database: str) -> Future[Shown]:
        """Have it played, unless it has been."""
        key = (scenario.name, database)
        if key not in self._played:
            kind = database.partition(",")[0]
            self._played[key] = self._one_at_a_time[kind].submit(self._play, scenario, database)
        return self._played[key]

    def _play(self, scenario: Scenario, database: str) -> Shown:
        memory_cache = database == WITH_MEMORY_CACHE
        with OurServer(scenario, self._url(scenario, database), memory_cache=memory_cache) as server:
            return facts_of(scenario, play(scenario, server, forgiving=True))

    def shown(self, scenario: Scenario, database: str) -> Shown:
        return self.begin(scenario, database).result()

    def _url(self, scenario: Scenario, database: str) -> str:
        if database == "sqlite":
            return f"sqlite+aiosqlite:///{self._folder / f'{scenario.name}.db'}"
        return self._postgres.emptied("ours").replace("postgresql://", "postgresql+asyncpg://", 1)

    def close(self) -> None:
        for executor in self._one_at_a_time.values():
            executor.shutdown(cancel_futures=True)


@pytest.fixture(scope="session")
def references(oracles: Oracles) -> Iterator[References]:
    references = References(oracles)
    yield references
    references.close()


@pytest.fixture(scope="session")
def ours(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ours]:
    ours = Ours(postgres, tmp_path_factory.mktemp("conformance"))
    yield ours
    ours.close()


@pytest.fixture(scope="session")
def wanted(request: pytest.FixtureRequest) -> dict[str, set[str]]:
    """By scenario: the sides that chosen tests look at, a database of ours or the reference."""
    sides: dict[str, set[str]] = {}
    for item in request.session.items:
        if not isinstance(item, pytest.Function) or not hasattr(item, "callspec"):
            continue
        given: dict[str, Any] = item.callspec.params
        scenario = given.get("scenario")
        if isinstance(scenario, Scenario):
            known = sides.setdefault(scenario.name, set())
            if "references" in item.fixturenames:
                known.add(REFERENCE)
            if "database" in given:
                known.add(given["database"])
    return sides


@pytest.fixture
def sides_at_once(request: pytest.FixtureRequest, scenario: Scenario, wanted: dict[str, set[str]], ours: Ours) -> None:
    """Begin to play the scenario on every side that a chosen test looks at."""
    for side in sorted(wanted[scenario.name]):
        if side != REFERENCE:
            ours.begin(scenario, side)
        elif node_is_there():
            references: References = request.getfixturevalue("references")
            references.begin(scenario)
