"""Every scenario, played against better-auth on Node and against this server on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from betterauth_py.conformance.comparison import differences
from betterauth_py.conformance.embedded_postgres import EmbeddedPostgres
from betterauth_py.conformance.our_server import OurServer
from betterauth_py.conformance.player import play
from betterauth_py.conformance.scenario import Scenario, load_all
from tests.conformance.conftest import References

SCENARIOS = [
    pytest.param(scenario, id=scenario.name, marks=pytest.mark.xdist_group(scenario.name)) for scenario in load_all()
]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_on_sqlite(scenario: Scenario, references: References, tmp_path: Path) -> None:
    compare(scenario, references, f"sqlite+aiosqlite:///{tmp_path / 'auth.db'}")


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_on_postgres(scenario: Scenario, references: References, postgres: EmbeddedPostgres) -> None:
    url = postgres.database("ours").replace("postgresql://", "postgresql+asyncpg://", 1)
    compare(scenario, references, url)


def compare(scenario: Scenario, references: References, database_url: str) -> None:
    reference = references.playing(scenario)
    with OurServer(scenario, database_url) as server:
        ours = play(scenario, server, forgiving=True)
    found = differences(scenario, reference, ours)
    assert not found, "\n" + "\n\n".join(map(str, found))
