"""Every scenario on both databases, against what better-auth was recorded to answer, and against it on Node."""

from __future__ import annotations

import pytest

from betterauth_py.conformance.comparison import Difference, differences
from betterauth_py.conformance.recording import read_recording
from betterauth_py.conformance.scenario import Scenario, Send, load_all
from tests.conformance.conftest import WITH_MEMORY_CACHE, Ours, References


def reads_stored_sessions(scenario: Scenario) -> bool:
    sends = (step for step in scenario.steps if isinstance(step, Send))
    return not scenario.has_secondary_storage and any("get-session" in send.target for send in sends)


every_scenario = pytest.mark.parametrize("scenario", [pytest.param(item, id=item.name) for item in load_all()])
scenarios_with_sessions = pytest.mark.parametrize(
    "scenario", [pytest.param(item, id=item.name) for item in load_all() if reads_stored_sessions(item)]
)
both_databases = pytest.mark.parametrize("database", ["sqlite", "postgres"])


@both_databases
@every_scenario
def test_answers_as_recorded(scenario: Scenario, database: str, ours: Ours) -> None:
    recording = read_recording(scenario)
    assert_none(differences(scenario, recording, ours.shown(scenario, database)))


@both_databases
@every_scenario
def test_answers_as_better_auth_does_live(
    scenario: Scenario, database: str, ours: Ours, references: References
) -> None:
    assert_none(differences(scenario, references.shown(scenario), ours.shown(scenario, database)))


@every_scenario
def test_better_auth_still_answers_as_recorded(scenario: Scenario, references: References) -> None:
    recording = read_recording(scenario)
    assert_none(differences(scenario.as_the_reference(), recording, references.shown(scenario)))


@scenarios_with_sessions
def test_answers_as_recorded_with_sessions_kept_in_memory(scenario: Scenario, ours: Ours) -> None:
    recording = read_recording(scenario)
    assert_none(differences(scenario, recording, ours.shown(scenario, WITH_MEMORY_CACHE)))


def assert_none(found: list[Difference]) -> None:
    assert not found, "\n" + "\n\n".join(map(str, found))
