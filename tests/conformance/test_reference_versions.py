"""Other versions of better-auth: what differs is reported, what is void is named, what an earlier one did is kept."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from betterauth_py._version import REFERENCE_VERSION
from betterauth_py.conformance.facts import Shown
from betterauth_py.conformance.intended import void_differences
from betterauth_py.conformance.kit import RECORDINGS
from betterauth_py.conformance.recorder.oracle import ORACLE, install
from betterauth_py.conformance.recorder.writing import write_recording
from betterauth_py.conformance.recording import read_recording, recording_path
from betterauth_py.conformance.scenario import Scenario, load_all
from betterauth_py.conformance.steps import Send
from scripts import reference

EARLIER = sorted(RECORDINGS.glob("[0-9]*/**/*.yaml"))


def test_no_intended_difference_is_void() -> None:
    void = [line for scenario in load_all() for line in void_differences(scenario, read_recording(scenario).steps)]
    assert void == []


def test_an_intended_difference_is_void_when_the_reference_has_come_round() -> None:
    [scenario] = load_all("session-update")
    shown = read_recording(scenario).steps
    number, item = next(
        (number, item) for number, step in enumerate(scenario.steps) if isinstance(step, Send) for item in step.intended
    )
    assert list(void_differences(scenario, shown)) == []
    come_round = [dict(facts) for facts in shown]
    come_round[number][item.place] = "what this server shows"
    [line] = void_differences(scenario, come_round)
    assert f"session-update, step {number + 1}: " in line
    assert item.why in line


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Scenario:
    """A scenario whose first step was recorded with another status, and an inventory that lacks an endpoint."""
    if shutil.which("node") is None:
        pytest.skip("NO OTHER VERSION WAS PLAYED: there is no Node on this machine")
    install()
    [scenario] = load_all("sign-out")

    def recorded(scenario: Scenario) -> Shown:
        shown = read_recording(scenario)
        return replace(shown, steps=[{**shown.steps[0], "status": "418"}, *shown.steps[1:]])

    inventory: dict[str, Any] = json.loads(reference.INVENTORY.read_text(encoding="utf-8"))
    inventory["endpoints"] = [one for one in inventory["endpoints"] if one["operation"] != "getSession"]
    (tmp_path / "endpoints.json").write_text(json.dumps(inventory), encoding="utf-8")
    monkeypatch.setattr(reference, "INVENTORY", tmp_path / "endpoints.json")
    monkeypatch.setattr(reference, "RECORDINGS", tmp_path / "recordings")
    monkeypatch.setattr(reference, "read_recording", recorded)
    monkeypatch.setattr(reference, "oracle_of", lambda version: ORACLE)
    return scenario


def test_drift_reports_what_a_version_does_otherwise(changed: Scenario, capsys: pytest.CaptureFixture[str]) -> None:
    reference.drift("latest", [changed])
    told = capsys.readouterr().out
    assert "=== sign-out: 1 steps differ (1)" in told
    assert "recorded: 418\n" in told
    assert "now:      200\n" in told
    assert '+ endpoints: {"owner": "core", "operation": "getSession"' in told
    assert f"better-auth {REFERENCE_VERSION} against the recordings" in told
    assert "1 of 1 scenarios differ." in told


def test_what_an_earlier_version_does_otherwise_is_kept_until_it_no_longer_differs(
    changed: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "recordings" / "1.0.0" / "core" / "sign-out.yaml"
    reference.keep_earlier("1.0.0", [changed])
    assert kept.read_text(encoding="utf-8").startswith("reference: better-auth 1.0.0\n")
    monkeypatch.setattr(reference, "read_recording", read_recording)
    reference.keep_earlier("1.0.0", [changed])
    assert not kept.exists()


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the recordings of sign-out: the present one, and no other."""
    (tmp_path / "core").mkdir()
    shutil.copy(RECORDINGS / "core" / "sign-out.yaml", tmp_path / "core")
    monkeypatch.setattr(reference, "RECORDINGS", tmp_path)
    return tmp_path


def at_once(scenario: Scenario) -> Shown:
    """What was recorded, as if all of its steps had been taken in one moment just now."""
    return replace(read_recording(scenario), sent_at=[0] * len(scenario.steps))


def test_moving_keeps_what_the_versions_before_did_otherwise(recorded: Path) -> None:
    [scenario] = load_all("sign-out")
    before = (recorded / "core" / "sign-out.yaml").read_text(encoding="utf-8")
    shown = at_once(scenario)
    other = replace(shown, steps=[{**shown.steps[0], "status": "418"}, *shown.steps[1:]])
    (recorded / "1.0.0").mkdir()  # did what the present one does
    write_recording(scenario, other, recorded / "1.0.1", "better-auth 1.0.1")
    # The second time as where a move is taken up again: nothing differs any more, and what is kept stays.
    for differing in (1, 0):
        assert len(reference.record(scenario, other, "1.0.2")) == differing
        assert read_recording(scenario, recorded).steps == other.steps
        assert (recorded / REFERENCE_VERSION / "core" / "sign-out.yaml").read_text(encoding="utf-8") == before
        assert (recorded / "1.0.0" / "core" / "sign-out.yaml").read_text(encoding="utf-8") == before.replace(
            REFERENCE_VERSION, "1.0.0", 1
        )
        assert {path.name for path in recorded.iterdir()} == {"core", "1.0.0", "1.0.1", REFERENCE_VERSION}
        assert list((recorded / "1.0.1").rglob("*.yaml")) == []


def test_moving_to_the_version_that_is_pinned_changes_nothing(
    recorded: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    [scenario] = load_all("sign-out")
    inventory = tmp_path_factory.mktemp("inventory") / "endpoints.json"
    shutil.copy(reference.INVENTORY, inventory)
    watched = [
        inventory,
        recorded / "core" / "sign-out.yaml",
        *(reference.ROOT / answers for answers in reference.VECTORS.values()),
    ]
    before = [path.read_bytes() for path in watched]
    monkeypatch.setattr(reference, "INVENTORY", inventory)
    monkeypatch.setattr(reference, "inventory_of", lambda folder: json.loads(inventory.read_text(encoding="utf-8")))
    monkeypatch.setattr(reference, "played", lambda scenarios, folder: [(scenario, at_once(scenario))])
    monkeypatch.setattr(reference, "install", lambda folder, version: pytest.fail("nothing is to be installed"))
    monkeypatch.setattr(reference, "GENERATORS", ())
    reference.move(REFERENCE_VERSION)
    assert [path.read_bytes() for path in watched] == before
    assert [path.relative_to(recorded).as_posix() for path in recorded.rglob("*.yaml")] == ["core/sign-out.yaml"]


def test_moving_restates_whole_numbers_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    untouched = "11.2.3, 1.2.30 and 1.2.3.4 are others"
    texts = {
        "one.md": (f"as 1.2.3 does; {untouched}", f"as 1.2.4 does; {untouched}"),
        "package.json": ('{"better-auth": "1.2.3"}', '{"better-auth": "1.2.3"}'),
    }
    for name, (before, _) in texts.items():
        (tmp_path / name).write_text(before, encoding="utf-8")
    monkeypatch.setattr(reference, "ROOT", tmp_path)
    monkeypatch.setattr(reference, "tracked", lambda: list(texts))
    reference.restate("1.2.3", "1.2.4")
    assert {name: (tmp_path / name).read_text(encoding="utf-8") for name in texts} == {
        name: after for name, (_, after) in texts.items()
    }


@pytest.mark.parametrize(
    "path", [pytest.param(path, id=f"{path.relative_to(RECORDINGS).parts[0]}-{path.stem}") for path in EARLIER]
)
def test_every_recording_of_an_earlier_version_fits_its_scenario(path: Path) -> None:
    # Otherwise: python scripts/reference.py earlier VERSION NAME
    [scenario] = load_all(path.stem)
    folder = RECORDINGS / path.relative_to(RECORDINGS).parts[0]
    assert path == recording_path(scenario, folder)
    earlier, present = read_recording(scenario, folder), read_recording(scenario)
    assert len(earlier.steps) == len(present.steps)
    assert earlier.steps != present.steps
