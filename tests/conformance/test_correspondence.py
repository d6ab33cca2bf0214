"""Which value of one side answers to which of the other's."""

from __future__ import annotations

import pytest

from betterauth_py.conformance.correspondence import MOMENT, Correspondence
from betterauth_py.conformance.facts import Shown
from betterauth_py.conformance.placeholders import Distance

FIRST, SECOND = "<ms updated_at 1 of step 1>", "<ms updated_at 2 of step 1>"


def shown(first: Distance, second: Distance) -> Shown:
    return Shown([{}], {FIRST: first, SECOND: second}, [0])


@pytest.mark.parametrize(
    ("second", "agree"),
    [(Distance(1, 1 + MOMENT), True), (Distance(1, 2 + MOMENT), False), (Distance(2, 1), False)],
)
def test_two_readings_of_the_clock_in_one_answer_may_coincide(second: Distance, agree: bool) -> None:
    reference = shown(Distance(1, 1), second)
    correspondence = Correspondence(reference, reference)
    assert correspondence.agree(f"{FIRST} {SECOND}", f"{FIRST} {FIRST}") is agree


def test_what_is_one_instant_for_the_reference_is_one_for_us() -> None:
    reference = shown(Distance(1, 1), Distance(1, 2))
    assert not Correspondence(reference, reference).agree(f"{FIRST} {FIRST}", f"{FIRST} {SECOND}")


def test_two_random_values_never_coincide() -> None:
    nothing = Shown([{}], {}, [0])
    assert not Correspondence(nothing, nothing).agree("<id 1> <id 2>", "<id 1> <id 1>")
