"""Which random value of one side is which of the other's, found while their texts are compared in order.

The sides number their random values by themselves and may not see the same places (rows, mails), so the numbers mean
nothing across sides. What has to hold is that one value answers to one value, everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from .facts import Shown
from .placeholders import Distance

LABEL = re.compile(
    r"<((?:code|id|token|uuid|scrypt|hash|verifier)|(?:iso|ms|seconds)(?: [^<> ]+)?) (\d+(?: of step \d+)?)>"
)
TOLERANCE = 5_000
"""Milliseconds two instants may lie apart, measured from the sending of a step, besides what one side took longer."""

MOMENT = 50
"""Milliseconds within which two readings of the clock in one answer may also give the same."""


class TooFar(NamedTuple):
    """An instant that lies elsewhere: its label, and both distances in milliseconds."""

    label: str
    reference: int
    ours: int


class Correspondence:
    """The labels of two playings of one scenario, paired as they come."""

    def __init__(self, reference: Shown, ours: Shown) -> None:
        self._reference = reference
        self._ours = ours
        self._our_label: dict[str, str] = {}
        self._their_label: dict[str, str] = {}

    def agree(self, one: str, other: str) -> bool:
        """Whether the texts say the same; if so, their labels belong together from here on."""
        if LABEL.sub(r"<\1>", one) != LABEL.sub(r"<\1>", other):
            return False
        pairs = list(zip(_labels(one), _labels(other), strict=True))
        ours, theirs = dict(self._our_label), dict(self._their_label)
        for a, b in pairs:
            if ours.setdefault(a, b) != b:
                return False
            earlier = theirs.setdefault(b, a)
            if earlier != a and not self._may_coincide(earlier, a):
                return False
        self._our_label, self._their_label = ours, theirs
        return True

    def _may_coincide(self, one: str, other: str) -> bool:
        """Whether two values of the reference are readings of the clock that a faster answer takes at the same time."""
        first, second = (self._reference.distances.get(label) for label in (one, other))
        if first is None or second is None or first.step != second.step:
            return False
        return abs(first.milliseconds - second.milliseconds) <= MOMENT

    def too_far(self, text: str) -> list[TooFar]:
        """The instants of an agreed text of the reference that lie too far from where they should."""
        found = []
        for label in dict.fromkeys(_labels(text)):
            theirs = self._reference.distances.get(label)
            if theirs is None:
                continue
            ours = self._ours.distances[self._our_label[label]]
            moment = self._ours.sent_at[ours.step - 1] + ours.milliseconds
            if not any(self._agrees_from(step, theirs, moment) for step in self._bases(theirs)):
                distance = moment - self._ours.sent_at[theirs.step - 1]
                found.append(TooFar(label, theirs.milliseconds, distance))
        return found

    def _bases(self, theirs: Distance) -> Iterable[int]:
        """The steps from which an instant may be measured: a recording says which one made it, a playing does not."""
        return range(theirs.step, 0, -1) if self._reference.sent_at else (theirs.step,)

    def _agrees_from(self, step: int, theirs: Distance, moment: int) -> bool:
        """Whether both instants lie alike, measured from the sending of a step that took one side longer, perhaps."""
        expected = theirs.milliseconds
        if self._reference.sent_at:
            expected += self._reference.sent_at[theirs.step - 1] - self._reference.sent_at[step - 1]
        later = moment - self._ours.sent_at[step - 1] - expected
        slower = _lasted(self._ours, step) - _lasted(self._reference, step)
        return min(0, slower) - TOLERANCE <= later <= max(0, slower) + TOLERANCE

    def in_their_words(self, text: str) -> str:
        """A text of ours with the reference's labels, as far as they are known."""
        return LABEL.sub(lambda label: self._their_label.get(label[0], label[0]), text)


def _labels(text: str) -> list[str]:
    return [match[0] for match in LABEL.finditer(text)]


def _lasted(shown: Shown, step: int) -> int:
    """Milliseconds until the next step was sent; 0 where nobody knows."""
    return shown.sent_at[step] - shown.sent_at[step - 1] if step < len(shown.sent_at) else 0
