"""What the scenarios cover: bad inputs, races and replays in every family, and a recording for each of them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from betterauth_py.conformance.kit import RECORDINGS
from betterauth_py.conformance.recorder.writing import write_recording
from betterauth_py.conformance.recording import UnrecordedError, read_recording, recorded_paths, recording_path
from betterauth_py.conformance.scenario import Scenario, load, load_all
from betterauth_py.conformance.steps import Send
from betterauth_py.conformance.url_run import endpoint_of, endpoint_templates
from tests.conformance.scenario_tests import all_scenarios

FAMILIES = {
    "signing up, in and out": {"/sign-up/email", "/sign-in/email", "/sign-out"},
    "the session": {"/get-session"},
    "sessions": {
        "/update-session", "/list-sessions", "/revoke-session", "/revoke-sessions", "/revoke-other-sessions",
    },
    "passwords": {
        "/request-password-reset", "/reset-password", "/reset-password/:token", "/change-password", "/verify-password",
    },
    "addresses": {"/send-verification-email", "/verify-email", "/change-email"},
    "the user": {"/update-user", "/delete-user", "/delete-user/callback"},
    "accounts": {"/list-accounts", "/unlink-account"},
    "service": {"/ok", "/error"},
    "tokens": {"/jwks", "/token"},
}  # fmt: skip


@dataclass
class Counted:
    """The requests of one family."""

    requests: int = 0
    refused: int = 0
    races: int = 0
    replays: int = 0
    paths: Counter[str] = field(default_factory=Counter)


@pytest.fixture(scope="module")
def counted() -> dict[str, Counted]:
    families = {family: Counted() for family in FAMILIES}
    of_path = {path: family for family, paths in FAMILIES.items() for path in paths}
    templates = {path: path for path in endpoint_templates()}
    for scenario in all_scenarios():
        sent: set[tuple[object, ...]] = set()
        for step, facts in zip(scenario.steps, read_recording(scenario).steps, strict=True):
            path = endpoint_of(step, scenario, templates)
            if not isinstance(step, Send) or path not in of_path:
                continue
            family = families[of_path[path]]
            request = (step.method, step.target, step.headers, step.body, step.jar)
            family.requests += 1
            family.paths[path] += 1
            family.refused += facts.get("status", "").startswith("4") or "error=" in facts.get("header location", "")
            family.races += step.together > 1
            family.replays += request in sent
            sent.add(request)
    return families


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_has_bad_inputs_races_and_replays(family: str, counted: dict[str, Counted]) -> None:
    found = counted[family]
    assert set(found.paths) == FAMILIES[family]
    assert min(found.paths.values()) >= 5
    assert found.refused >= 10
    assert found.races >= 1
    assert found.replays >= 3


def test_there_are_enough_of_them(counted: dict[str, Counted]) -> None:
    of_the_core_issue = ("sessions", "passwords", "addresses", "the user", "accounts")
    assert sum(counted[family].requests for family in of_the_core_issue) >= 900
    assert sum(family.requests for family in counted.values()) >= 1900
    # What the README and docs/compatibility.md say.
    scenarios = all_scenarios()
    assert len(scenarios) > 150
    assert sum(isinstance(step, Send) for scenario in scenarios for step in scenario.steps) > 2300


@pytest.mark.parametrize("scenario", [pytest.param(scenario, id=scenario.name) for scenario in all_scenarios()])
def test_every_scenario_is_recorded_as_it_is_now(scenario: Scenario) -> None:
    assert len(read_recording(scenario).steps) == len(scenario.steps)


def test_every_recording_has_its_scenario() -> None:
    assert recorded_paths() == {f"{scenario.folder}/{scenario.name}" for scenario in all_scenarios()}


def test_a_bare_name_is_that_of_one_scenario() -> None:
    names = Counter(scenario.name for scenario in all_scenarios())
    assert [name for name, number in names.items() if number > 1] == []


@pytest.mark.parametrize(
    "name", ["jwt-claims", "plugins/jwt/jwt-claims", "contracts/scenarios/plugins/jwt/jwt-claims.yaml"]
)
def test_a_scenario_is_named_by_its_name_or_its_path(name: str) -> None:
    assert [(scenario.folder, scenario.name) for scenario in load_all(name)] == [("plugins/jwt", "jwt-claims")]


def test_a_folder_names_all_its_scenarios() -> None:
    jwt = load_all("plugins/jwt")
    assert len(jwt) > 15
    assert {scenario.folder for scenario in jwt} == {"plugins/jwt"}


SCENARIO = "about: x\nsteps:\n  - {it: asks, send: GET /api/auth/ok}\n"


def test_a_scenario_without_a_recording_says_how_to_make_one(tmp_path: Path) -> None:
    (tmp_path / "new.yaml").write_text(SCENARIO, encoding="utf-8")
    with pytest.raises(UnrecordedError, match=r"no recording.*python -m betterauth_py\.conformance record new"):
        read_recording(load(tmp_path / "new.yaml"), tmp_path / "recordings")


def test_a_scenario_that_has_changed_since_says_so_but_words_may_change(tmp_path: Path) -> None:
    file = tmp_path / "sign-out.yaml"
    text = (RECORDINGS.parent / "scenarios" / "core" / "sign-out.yaml").read_text(encoding="utf-8")
    file.write_text(text.replace("about: Sign-out", "about: Signing out"), encoding="utf-8")
    assert read_recording(load(file)).steps
    file.write_text(text.replace("rememberMe: false", "rememberMe: true"), encoding="utf-8")
    with pytest.raises(UnrecordedError, match="has changed since it was recorded"):
        read_recording(load(file))


@pytest.mark.parametrize("name", ["races-mailed", "rate-limit-database-kysely", "error-page", "cache-jwe"])
def test_a_recording_is_read_as_it_was_written(name: str, tmp_path: Path) -> None:
    [scenario] = load_all(name)
    shown = read_recording(scenario)
    # Written from what it holds, an instant lies where it lay: the steps were sent at any time, only distances count.
    again = type(shown)(shown.steps, shown.distances, [0] * len(shown.steps))
    copy = recording_path(scenario, tmp_path)
    copy.parent.mkdir()
    copy.write_text(recording_path(scenario).read_text(encoding="utf-8"), encoding="utf-8")
    assert write_recording(scenario, again, tmp_path) == copy
    assert copy.read_text(encoding="utf-8") == recording_path(scenario).read_text(encoding="utf-8")


def test_every_scenario_is_played_by_one_test_file() -> None:
    tests = Path(__file__).parents[1]
    files = [*tests.glob("conformance/test_core_scenarios_*.py"), *tests.glob("plugins/*/test_scenarios.py")]
    played: Counter[str] = Counter()
    for file in files:
        text = file.read_text(encoding="utf-8")
        folder = re.search(r'folder = "(.+)"', text)
        part = re.search(r"part = \((\d+), (\d+)\)", text)
        assert folder, f"{file} names no folder of scenarios"
        number, parts = (int(part[1]), int(part[2])) if part else (1, 1)
        scenarios = [scenario for scenario in all_scenarios() if scenario.folder == folder[1]]
        played.update(scenario.name for scenario in scenarios[number - 1 :: parts])
    assert played == Counter(scenario.name for scenario in all_scenarios())
