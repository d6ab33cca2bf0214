"""The differences between two playings of one scenario."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import zip_longest

from .facts import Facts, facts_of
from .intended import IntendedDifference
from .placeholders import Instant, Text
from .player import Seen
from .scenario import Scenario, Send, Step

TOLERANCE = 5_000
"""Milliseconds two instants may lie apart, each measured from the sending of its step."""

ABSENT = Text("(absent)")


@dataclass(frozen=True)
class Difference:
    """One place where the two sides disagree."""

    scenario: str
    step: int
    title: str
    place: str
    reference: str
    ours: str

    def __str__(self) -> str:
        head = f"{self.scenario}, step {self.step}: {self.title}\n  {self.place}"
        return f"{head}\n    reference: {self.reference}\n    ours:      {self.ours}"


def differences(scenario: Scenario, reference: list[Seen], ours: list[Seen]) -> list[Difference]:
    """Everything that differs and was not declared as intended."""
    found: list[Difference] = []
    pairs = zip(scenario.steps, facts_of(scenario, reference), facts_of(scenario, ours), strict=True)
    for number, (step, theirs, mine) in enumerate(pairs, start=1):
        found += [
            Difference(scenario.name, number, step.title, place, one, other)
            for place, one, other in _step_differences(step, theirs, mine)
        ]
    return found


def _step_differences(step: Step, theirs: Facts, mine: Facts) -> list[tuple[str, str, str]]:
    intended = {item.place: item for item in step.intended} if isinstance(step, Send) else {}
    found = []
    written = [place for place in intended if "*" not in place]
    for place in dict.fromkeys([*theirs, *mine, *written]):
        one, other = theirs.get(place, ABSENT), mine.get(place, ABSENT)
        item = intended.get(place) or intended.get(re.sub(r"\d+$", "*", place))
        if item:
            found += _not_as_intended(item, place, one, other)
        elif one.text != other.text:
            found.append((place, one.text, other.text))
        else:
            found += _instant_differences(place, one, other)
    return found


def _not_as_intended(item: IntendedDifference, place: str, one: Text, other: Text) -> list[tuple[str, str, str]]:
    found = []
    for side, pattern, text in (("reference", item.reference, one.text), ("ours", item.ours, other.text)):
        if not re.fullmatch(pattern, text, re.DOTALL):
            found.append((f"{place} (intended difference: {side})", f"should match {pattern}", text))
    return found


def _instant_differences(place: str, one: Text, other: Text) -> list[tuple[str, str, str]]:
    return [
        (f"{place}, {a.role or 'an instant'}", _described(a), _described(b))
        for a, b in zip_longest(one.instants, other.instants)
        if a is None or b is None or not _agree(a, b)
    ]


def _agree(a: Instant, b: Instant) -> bool:
    return a.value == b.value or abs(a.offset - b.offset) <= TOLERANCE


def _described(instant: Instant | None) -> str:
    return f"{instant.offset / 1000:+.3f} s from the request" if instant else "(absent)"
