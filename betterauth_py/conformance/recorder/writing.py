"""Writes recordings; `betterauth_py.conformance.recording` reads them and says what they look like."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from betterauth_py.conformance.correspondence import LABEL
from betterauth_py.conformance.digests import recorded_text, varying
from betterauth_py.conformance.durations import span
from betterauth_py.conformance.facts import Shown
from betterauth_py.conformance.kit import RECORDINGS
from betterauth_py.conformance.placeholders import Distance
from betterauth_py.conformance.recording import REFERENCE, is_list, read_file, recording_path
from betterauth_py.conformance.scenario import Scenario
from betterauth_py.conformance.steps import Send, Step

from .anchors import settled


def write_recording(scenario: Scenario, shown: Shown, folder: Path = RECORDINGS, reference: str = REFERENCE) -> Path:
    """Write the recording and give its path. Distances of an earlier recording that still hold are kept."""
    path = recording_path(scenario, folder)
    distances = settled(shown, read_file(path)[1].distances if path.is_file() else {})
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
    if not is_list(place):
        return str(date(text))
    lines = text.split("\n") if text else []
    before = known.get(place, [])
    known[place] = lines
    return [f"={before.index(line) + 1}" if line in before else date(line) for line in lines]
