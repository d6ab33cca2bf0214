"""One set of Node processes for all conformance tests of a worker, and every scenario played only once on each side."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from betterauth_py.conformance.facts import Shown, facts_of
from betterauth_py.conformance.player import play
from betterauth_py.conformance.recorder.embedded_postgres import EmbeddedPostgres
from betterauth_py.conformance.recorder.oracle import Oracles, install
from betterauth_py.conformance.recorder.our_server import OurServer
from betterauth_py.conformance.scenario import Scenario

WITH_MEMORY_CACHE = "postgres, memory cache"


@pytest.fixture(scope="session")
def oracles(postgres: EmbeddedPostgres) -> Iterator[Oracles]:
    """better-auth on Node."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("NOT COMPARED WITH A LIVE better-auth: there is no Node on this machine")
    install()
    running = Oracles(postgres.database("oracle"))
    yield running
    running.close()


class References:
    """What the reference answered; every scenario is played once, however often it is compared."""

    def __init__(self, oracles: Oracles) -> None:
        self._oracles = oracles
        self._shown: dict[str, Shown] = {}

    def shown(self, scenario: Scenario) -> Shown:
        if scenario.name not in self._shown:
            self._shown[scenario.name] = facts_of(scenario, play(scenario, self._oracles.for_scenario(scenario)))
        return self._shown[scenario.name]


class Ours:
    """What this server answers; every scenario is played once on each database."""

    def __init__(self, postgres: EmbeddedPostgres, folder: Path) -> None:
        self._postgres = postgres
        self._folder = folder
        self._shown: dict[tuple[str, str], Shown] = {}

    def shown(self, scenario: Scenario, database: str) -> Shown:
        key = (scenario.name, database)
        if key not in self._shown:
            memory_cache = database == WITH_MEMORY_CACHE
            with OurServer(scenario, self._url(scenario, database), memory_cache=memory_cache) as server:
                self._shown[key] = facts_of(scenario, play(scenario, server, forgiving=True))
        return self._shown[key]

    def _url(self, scenario: Scenario, database: str) -> str:
        if database == "sqlite":
            return f"sqlite+aiosqlite:///{self._folder / f'{scenario.name}.db'}"
        return self._postgres.database("ours").replace("postgresql://", "postgresql+asyncpg://", 1)


@pytest.fixture(scope="session")
def references(oracles: Oracles) -> References:
    return References(oracles)


@pytest.fixture(scope="session")
def ours(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Ours:
    return Ours(postgres, tmp_path_factory.mktemp("conformance"))
