"""Every scenario of one folder on both databases: against what better-auth was recorded to answer.

``make test-all`` plays them against better-auth live, too: its version is pinned, so only a recording that was made
under other conditions could differ.

A folder's test file names it, so that the folders spread over the workers of pytest, and a plugin runs alone::

    class TestScenarios(ScenarioTests):
        folder = "plugins/jwt"
"""

from __future__ import annotations

from functools import cache
from typing import ClassVar

import pytest

from betterauth_py.conformance.comparison import Difference, differences
from betterauth_py.conformance.recording import read_recording
from betterauth_py.conformance.scenario import Scenario, load_all
from betterauth_py.conformance.steps import Send
from tests.conformance.fixtures import DATABASES, WITH_MEMORY_CACHE, Ours, References


@cache
def all_scenarios() -> list[Scenario]:
    """Every scenario, read once: forty files of tests ask for theirs while pytest collects, in every worker."""
    return load_all()


@pytest.mark.usefixtures("sides_at_once")
class ScenarioTests:
    """``part`` takes one share of a folder that is too long for one file: (1, 6) the first of six."""

    folder: ClassVar[str]
    part: ClassVar[tuple[int, int]] = (1, 1)
    scenarios: ClassVar[list[Scenario]]

    def __init_subclass__(cls) -> None:
        """Leave out what has nothing to play: pytest would report a skipped test."""
        number, parts = cls.part
        cls.scenarios = [item for item in all_scenarios() if item.folder == cls.folder][number - 1 :: parts]
        if not any(map(reads_stored_sessions, cls.scenarios)):
            setattr(cls, ScenarioTests.test_answers_as_recorded_with_sessions_in_memory.__name__, None)

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        scenarios = self.scenarios
        assert scenarios, f"{self.folder} has no scenarios"
        if "sessions_in_memory" in metafunc.function.__name__:
            scenarios = list(filter(reads_stored_sessions, scenarios))
        if "database" in metafunc.fixturenames:
            metafunc.parametrize("database", DATABASES)
        metafunc.parametrize("scenario", scenarios, ids=[item.name for item in scenarios])

    def test_answers_as_recorded(self, scenario: Scenario, database: str, ours: Ours) -> None:
        recording = read_recording(scenario)
        assert_none(differences(scenario, recording, ours.shown(scenario, database)))

    @pytest.mark.combination
    def test_answers_as_better_auth_does_live(
        self, scenario: Scenario, database: str, ours: Ours, references: References
    ) -> None:
        assert_none(differences(scenario, references.shown(scenario), ours.shown(scenario, database)))

    @pytest.mark.combination
    def test_better_auth_still_answers_as_recorded(self, scenario: Scenario, references: References) -> None:
        recording = read_recording(scenario)
        assert_none(differences(scenario.as_the_reference(), recording, references.shown(scenario)))

    @pytest.mark.combination
    def test_answers_as_recorded_with_sessions_in_memory(self, scenario: Scenario, ours: Ours) -> None:
        recording = read_recording(scenario)
        assert_none(differences(scenario, recording, ours.shown(scenario, WITH_MEMORY_CACHE)))


def reads_stored_sessions(scenario: Scenario) -> bool:
    """Whether keeping sessions in memory could show in the answers."""
    sends = (step for step in scenario.steps if isinstance(step, Send))
    return not scenario.has_secondary_storage and any("get-session" in send.target for send in sends)


def assert_none(found: list[Difference]) -> None:
    """Fail with every difference in full."""
    assert not found, "\n" + "\n\n".join(map(str, found))
