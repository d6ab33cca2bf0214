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


def differences_of(reference: Shown, ours: Shown) -> list[int]:
    """How far off our second instant is, as the comparison finds it: nothing, or one distance."""
    correspondence = Correspondence(reference, ours)
    assert correspondence.agree(FIRST, FIRST)
    return [found.ours for found in correspondence.too_far(FIRST)]


def playing(sent_at: list[int], moment: int, step: int = 3) -> Shown:
    """One instant, first seen in the last step."""
    return Shown([{}] * step, {FIRST: Distance(step, moment - sent_at[step - 1])}, sent_at)


RECORDED = Shown([{}] * 3, {FIRST: Distance(1, 0)})


@pytest.mark.parametrize("reference", [playing([0, 100, 200], 10), RECORDED])
@pytest.mark.parametrize(
    ("sent_at", "moment", "found"),
    [
        ([0, 100, 200], 10, False),
        ([0, 100, 200], 5_000, False),
        ([0, 100, 200], 5_300, True),
        ([0, 100, 200], -5_300, True),
        # A machine that was slow in a step: before the instant, while it was made, or after it.
        ([0, 100, 9_000], 10, False),
        ([0, 100, 9_000], -5_300, True),
        ([0, 9_000, 9_100], 8_900, False),
        ([0, 9_000, 9_100], 4_500, False),
        ([0, 9_000, 9_100], 14_300, True),
    ],
)
def test_an_instant_lies_too_far_unless_a_slow_step_explains_it(
    reference: Shown, sent_at: list[int], moment: int, found: bool
) -> None:
    assert bool(differences_of(reference, playing(sent_at, moment))) is found


def test_a_reference_that_is_slow_explains_a_distance_as_well() -> None:
    slow = playing([0, 9_000, 9_100], 8_900)
    assert not differences_of(slow, playing([0, 100, 200], 10))
    assert differences_of(slow, playing([0, 100, 200], -5_300))
