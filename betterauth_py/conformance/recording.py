"""What the reference answered, kept as files that say what they show.

A recording holds the facts of :mod:`.facts`, so it only changes when the reference or its scenario does. The first
label of an instant also says where it lies, from the sending of that step or of the one that made it:
``<iso session.expires_at 1 of step 2, +7d>``, ``<iso session.created_at 1 of step 54, step 9 +0s>``. Rows and mails are
lists; a line that an earlier showing of the same place had is written ``=2``, the second line of that showing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from betterauth_py._version import REFERENCE_VERSION

from .durations import duration_ms
from .facts import Facts, Shown
from .kit import RECORDINGS
from .placeholders import Distance
from .scenario import LOADER, Scenario

REFERENCE = f"better-auth {REFERENCE_VERSION}"
_DATED_LABEL = re.compile(r"<((?:iso|ms|seconds)[^<>,]*? of step (\d+)), (?:step (\d+) )?([^<>]+)>")
_UNCHANGED = re.compile(r"=(\d+)")


class UnrecordedError(Exception):
    """A scenario without a recording, or one that has changed since it was recorded."""


def recording_path(scenario: Scenario, folder: Path = RECORDINGS) -> Path:
    """Where a scenario's recording is kept."""
    return folder / scenario.folder / f"{scenario.name}.yaml"


def read_recording(scenario: Scenario, folder: Path = RECORDINGS) -> Shown:
    """What the reference showed. Raises UnrecordedError with the command that records it."""
    remedy = f"python -m betterauth_py.conformance record {scenario.name}"
    path = recording_path(scenario, folder)
    if not path.is_file():
        raise UnrecordedError(f"{scenario.name} has no recording; make one with: {remedy}")
    fingerprint, shown = read_file(path)
    if fingerprint != scenario.fingerprint:
        raise UnrecordedError(f"{scenario.name} has changed since it was recorded; record it again with: {remedy}")
    return shown


def recorded_versions() -> tuple[str, ...]:
    """The versions of better-auth that are told apart, the present one first."""
    earlier = (path.name for path in RECORDINGS.iterdir() if is_version(path.name))
    newest_first = sorted(earlier, key=lambda version: [int(number) for number in version.split(".")], reverse=True)
    return REFERENCE_VERSION, *newest_first


def read_version(scenario: Scenario, version: str) -> Shown:
    """What a version of better-auth showed. A recording of an earlier one is kept only of what it did otherwise."""
    earlier = RECORDINGS / version
    if version != REFERENCE_VERSION and recording_path(scenario, earlier).is_file():
        return read_recording(scenario, earlier)
    return read_recording(scenario)


def is_told_apart(scenario: Scenario) -> bool:
    """Whether an earlier version answered otherwise somewhere in the scenario."""
    return any(recording_path(scenario, RECORDINGS / version).is_file() for version in recorded_versions())


def is_version(folder: str) -> bool:
    """Whether a folder of the recordings is that of an earlier version (``1.7.7``) and not of an owner (``core``)."""
    return folder[:1].isdigit()


def recorded_paths(folder: Path = RECORDINGS) -> set[str]:
    """Where the scenarios with a recording are: ``core/sign-in``, ``plugins/jwt/jwt-claims``."""
    paths = (path.relative_to(folder).with_suffix("") for path in folder.rglob("*.yaml"))
    return {path.as_posix() for path in paths if not is_version(path.parts[0])}


def read_file(path: Path) -> tuple[str, Shown]:
    """The fingerprint of the scenario as it was recorded, and what was shown."""
    data = yaml.load(path.read_text(encoding="utf-8"), LOADER)  # noqa: S506 - a safe loader
    distances: dict[str, Distance] = {}
    known: dict[str, list[str]] = {}
    steps: list[Facts] = []
    for step in data["steps"]:
        facts = {place: _fact(place, value, known, distances) for place, value in step.items() if place != "it"}
        steps.append(facts)
    return data["fingerprint"], Shown(steps, distances)


def is_list(place: str) -> bool:
    """Whether a fact is kept line by line."""
    return place == "mails" or place.startswith("rows ")


def _fact(place: str, value: str | list[str], known: dict[str, list[str]], distances: dict[str, Distance]) -> str:
    def undated(text: str) -> str:
        return _DATED_LABEL.sub(lambda match: _remembered(match, distances), text)

    if isinstance(value, str):
        return undated(value)
    known[place] = list(_lines(value, known.get(place, []), undated))
    return "\n".join(known[place])


def _lines(written: list[str], before: list[str], undated: Any) -> Iterable[str]:
    for line in written:
        unchanged = _UNCHANGED.fullmatch(line)
        yield before[int(unchanged[1]) - 1] if unchanged else undated(line)


def _remembered(match: re.Match[str], distances: dict[str, Distance]) -> str:
    label = f"<{match[1]}>"
    distances[label] = Distance(int(match[3] or match[2]), duration_ms(match[4]))
    return label
