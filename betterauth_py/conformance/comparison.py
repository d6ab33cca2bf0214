"""The differences between what the reference showed (live or recorded) and what a side under test showed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from .correspondence import Correspondence
from .digests import is_stand_in, same_page
from .facts import Facts, Shown
from .intended import IntendedDifference
from .protections import is_protection, without_added_protections
from .scenario import Scenario
from .steps import Send, Step

ABSENT = "(absent)"


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


def differences(
    scenario: Scenario,
    reference: Shown,
    ours: Shown,
    *,
    either: bool = False,
    unseen: Callable[[int, str], bool] = lambda step, place: False,
) -> list[Difference]:
    """Everything that differs and was not declared as intended.

    With ``either`` a declared difference may also be absent: the side under test may be the reference itself. Places
    for which ``unseen(step, place)`` holds could not be looked at and are not compared.
    """
    comparison = _Comparison(Correspondence(reference, ours), either)
    found: list[Difference] = []
    for number, (step, theirs, mine) in enumerate(zip(scenario.steps, reference.steps, ours.steps, strict=True), 1):
        one, other = (
            {place: text for place, text in facts.items() if not unseen(number, place)} for facts in (theirs, mine)
        )
        found += [
            Difference(scenario.name, number, step.title, *different)
            for different in comparison.of_step(step, one, other)
        ]
    return found


class _Comparison:
    def __init__(self, correspondence: Correspondence, either: bool) -> None:
        self._correspondence = correspondence
        self._either = either

    def of_step(self, step: Step, theirs: Facts, mine: Facts) -> list[tuple[str, str, str]]:
        intended = {item.place: item for item in step.intended} if isinstance(step, Send) else {}
        found = []
        written = [place for place in intended if "*" not in place]
        for place in dict.fromkeys([*theirs, *mine, *written]):
            one, other = theirs.get(place, ABSENT), mine.get(place, ABSENT)
            if one == ABSENT and is_protection(place, other):
                continue
            if place.startswith("answer "):
                other = without_added_protections(one, other)
            item = intended.get(place) or intended.get(re.sub(r"\d+$", "*", place))
            if item and not (self._either and self._same(one, other)):
                found += self._not_as_intended(item, place, one, other)
            elif not item and not self._same(one, other):
                found.append((place, one, self._correspondence.in_their_words(other)))
            elif not item:
                found += self._too_far(place, one)
        return found

    def _same(self, one: str, other: str) -> bool:
        return same_page(one, other) or self._correspondence.agree(one, other)

    def _not_as_intended(
        self, item: IntendedDifference, place: str, one: str, other: str
    ) -> list[tuple[str, str, str]]:
        found = []
        ours = self._correspondence.in_their_words(other)
        for side, pattern, text in (("reference", item.reference, one), ("ours", item.ours, ours)):
            # What stands behind a recorded text was looked at when it was recorded.
            if not re.fullmatch(pattern, text, re.DOTALL) and not (side == "reference" and is_stand_in(one)):
                found.append((f"{place} (intended difference: {side})", f"should match {pattern}", text))
        return found

    def _too_far(self, place: str, text: str) -> list[tuple[str, str, str]]:
        return [
            (f"{place}, {label}", f"{theirs / 1000:+.3f} s from the request", f"{ours / 1000:+.3f} s from the request")
            for label, theirs, ours in self._correspondence.too_far(text)
        ]
