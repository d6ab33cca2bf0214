"""One set of Node processes for all conformance tests of a worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from betterauth_py.conformance.embedded_postgres import EmbeddedPostgres
from betterauth_py.conformance.oracle import Oracles, install
from betterauth_py.conformance.player import Seen, play
from betterauth_py.conformance.scenario import Scenario


@pytest.fixture(scope="session")
def oracles(postgres: EmbeddedPostgres) -> Iterator[Oracles]:
    """better-auth on Node."""
    install()
    running = Oracles(postgres.database("oracle"))
    yield running
    running.close()


class References:
    """What the reference answered; every scenario is played once, however often it is compared."""

    def __init__(self, oracles: Oracles) -> None:
        self._oracles = oracles
        self._played: dict[str, list[Seen]] = {}

    def playing(self, scenario: Scenario) -> list[Seen]:
        if scenario.name not in self._played:
            self._played[scenario.name] = play(scenario, self._oracles.for_scenario(scenario))
        return self._played[scenario.name]


@pytest.fixture(scope="session")
def references(oracles: Oracles) -> References:
    return References(oracles)
