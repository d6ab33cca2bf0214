"""What differs from one playing to the next is named, and named whole."""

from __future__ import annotations

import pytest

from tests.clients.trace import normalise


@pytest.mark.parametrize("value", ["a" * 43, f"{'a' * 32}-G-8g-vy3dM", f"{'a' * 24}-{'b' * 18}", "a" * 32, "a" * 24])
def test_a_key_and_an_id_have_one_name(value: str) -> None:
    trace = [{"x": value, "again": f"id:{value}."}, {"other": "b" * 32}]
    assert normalise(trace) == [{"x": "<random 1>", "again": "id:<random 1>."}, {"other": "<random 2>"}]
