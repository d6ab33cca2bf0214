"""From which step an instant counts.

A session made in step 9 may first be seen in step 54. How long the steps between took depends on the machine, so its
distance is recorded from step 9. That step is found by arithmetic: the server adds whole seconds to its clock, so an
instant lies whole seconds and the little while of one request behind the sending of the step that made it.
"""

from __future__ import annotations

from betterauth_py.conformance.correspondence import TOLERANCE
from betterauth_py.conformance.facts import Shown
from betterauth_py.conformance.placeholders import Distance

SECOND, MINUTE = 1_000, 60_000


def settled(shown: Shown, earlier: dict[str, Distance]) -> dict[str, Distance]:
    """Distances in whole seconds from the steps that made the instants.

    Those of an earlier recording that still hold are kept, so that a machine's haste or delay alone changes nothing.
    """
    return {label: _settled(shown, distance, earlier.get(label)) for label, distance in shown.distances.items()}


def _settled(shown: Shown, distance: Distance, earlier: Distance | None) -> Distance:
    moment = shown.sent_at[distance.step - 1] + distance.milliseconds
    if earlier and earlier.step <= distance.step:
        now = moment - shown.sent_at[earlier.step - 1]
        if abs(now - earlier.milliseconds) <= TOLERANCE:
            return earlier
    if 0 <= distance.milliseconds < SECOND:
        # The step that shows it has made it, however long it took: two readings of its clock stay near each other.
        return Distance(distance.step, 0)
    made_in = min(range(1, distance.step + 1), key=lambda step: _unlikeliness(moment - shown.sent_at[step - 1]))
    from_there = moment - shown.sent_at[made_in - 1]
    return Distance(made_in, round(from_there / SECOND) * SECOND)


def _unlikeliness(distance: int) -> tuple[bool, int]:
    """Small for what a server makes in a step: now, or some minutes from now, and a little while."""
    while_of_request = distance % SECOND
    whole = distance - while_of_request
    return whole % MINUTE not in (0, SECOND), while_of_request
