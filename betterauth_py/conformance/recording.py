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

from .anchors import settled
from .correspondence import LABEL
from .digests import recorded_text, varying
from .durations import duration_ms, span
from .facts import Facts, Shown
from .kit import RECORDINGS
from .placeholders import Distance
from .scenario import LOADER, Scenario
from .steps import Send, Step

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
    fingerprint, shown = _read(path)
    if fingerprint != scenario.fingerprint:
        raise UnrecordedError(f"{scenario.name} has changed since it was recorded; record it again with: {remedy}")
    return shown


def write_recording(scenario: Scenario, shown: Shown, folder: Path = RECORDINGS, reference: str = REFERENCE) -> Path:
    """Write the recording and give its path. Distances of an earlier recording that still hold are kept."""
    path = recording_path(scenario, folder)
    distances = settled(shown, _read(path)[1].distances if path.is_file() else {})
    dated: set[str] = set()
    known: dict[str, list[str]] = {}
    steps = []
    for number, (step, facts) in enumerate(zip(scenario.steps, shown.steps, strict=True), start=1):

        def date(text: str, number: int = number) -> str:
            return LABEL.sub(lambda label: _with_distance(label[0], number, distances, dated), text)

        shortened = {place: _shortened(step, place, text) for place, text in facts.items()}
        written = {place: _written(place, text, known, date) for place, text in shortened.items()}
        steps.append({"it": step.title, **written})
    recording = {"reference": reference, "fingerprint": scenario.fingerprint, "steps": steps}
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.dump(recording, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=2**30)
    path.write_text(text, encoding="utf-8")
    return path


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


def _shortened(step: Step, place: str, text: str) -> str:
    """The digest of a page, and the pattern of what the reference never shows twice."""
    for item in step.intended if isinstance(step, Send) else ():
        if (
            item.varies
            and item.place in (place, re.sub(r"\d+$", "*", place))
            and re.fullmatch(item.reference, text, re.DOTALL)
        ):
            return varying(item.reference)
    return recorded_text(text)


class _Dumper(yaml.SafeDumper):
    """Indents lists, so that steps stand out."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _with_distance(label: str, number: int, distances: dict[str, Distance], dated: set[str]) -> str:
    distance = distances.get(label)
    if distance is None or label in dated:
        return label
    dated.add(label)
    anchor = "" if distance.step == number else f"step {distance.step} "
    return f"{label[:-1]}, {anchor}{span(distance.milliseconds)}>"


def _written(place: str, text: str, known: dict[str, list[str]], date: Any) -> str | list[str]:
    if not _is_list(place):
        return str(date(text))
    lines = text.split("\n") if text else []
    before = known.get(place, [])
    known[place] = lines
    return [f"={before.index(line) + 1}" if line in before else date(line) for line in lines]


def _is_list(place: str) -> bool:
    return place == "mails" or place.startswith("rows ")


def _read(path: Path) -> tuple[str, Shown]:
    data = yaml.load(path.read_text(encoding="utf-8"), LOADER)  # noqa: S506 - a safe loader
    distances: dict[str, Distance] = {}
    known: dict[str, list[str]] = {}
    steps: list[Facts] = []
    for step in data["steps"]:
        facts = {place: _fact(place, value, known, distances) for place, value in step.items() if place != "it"}
        steps.append(facts)
    return data["fingerprint"], Shown(steps, distances)


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
