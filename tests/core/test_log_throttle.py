"""One line for each cause and span of time, in bounded memory."""

from __future__ import annotations

from betterauth_py.log_throttle import LogThrottle

NOW = [0.0]


def throttle(seconds: float | None, most: int = 10) -> LogThrottle:
    NOW[0] = 0.0
    return LogThrottle(seconds=seconds, most=most, clock=lambda: NOW[0])


def test_a_line_is_said_once_in_the_span_and_tells_how_many_were_not() -> None:
    quiet = throttle(60)
    assert [quiet.lines_left_out("a") for _ in range(3)] == [0, None, None]
    assert quiet.lines_left_out("b") == 0
    NOW[0] = 59.9
    assert quiet.lines_left_out("a") is None
    NOW[0] = 60
    assert [quiet.lines_left_out("a"), quiet.lines_left_out("a")] == [3, None]


def test_without_a_span_it_is_said_once() -> None:
    quiet = throttle(None)
    said = [quiet.allows("a")]
    NOW[0] = 1e9
    assert [*said, quiet.allows("a")] == [True, False]


def test_the_oldest_cause_is_forgotten_for_a_new_one() -> None:
    quiet = throttle(60, most=2)
    assert [quiet.allows(cause) for cause in "abca"] == [True, True, True, True]
    assert len(quiet._said) == 2


def test_without_a_span_no_more_causes_are_said_than_are_kept() -> None:
    quiet = throttle(None, most=2)
    assert [quiet.allows(cause) for cause in "abca"] == [True, True, False, False]
    assert len(quiet._said) == 2
