"""JSON as `JSON.parse` reads it and `JSON.stringify` writes it."""

from __future__ import annotations

import json as python_json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betterauth_py.javascript import json
from betterauth_py.javascript.dates import from_milliseconds, revive, to_milliseconds, to_wire
from betterauth_py.javascript.plain_json import number_text, stringify_plainly
from betterauth_py.javascript.values import UNDEFINED
from tests.wire.vectors import vectors

SCALARS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(SCALARS, inner, max_size=4),
    max_leaves=20,
)
MILLISECONDS = st.integers(-62_135_596_800_000, 253_402_300_799_999)


@pytest.mark.parametrize("case", vectors()["documents"], ids=lambda case: repr(case["text"]))
def test_a_document_is_read_and_written_again_as_by_javascript(case: dict[str, Any]) -> None:
    if case["again"] is None:
        with pytest.raises(json.InvalidJSONError):
            json.parse(case["text"].encode())
    else:
        assert json.stringify(json.parse(case["text"].encode())).decode() == case["again"]


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("9007199254740993", "9007199254740992"),
        ("12345678901234567890", "12345678901234567000"),
        ("-12345678901234567890", "-12345678901234567000"),
        ("1e20", "100000000000000000000"),
        ("1e21", "1e+21"),
    ],
)
def test_a_number_beyond_the_safe_ones_has_the_fewest_digits_and_zeros(written: str, printed: str) -> None:
    number = json.parse(written.encode())
    assert json.stringify(number).decode() == printed
    assert stringify_plainly(number).decode() == printed
    assert number_text(float(written)) == printed


@given(VALUES)
def test_what_is_written_is_read_back(value: Any) -> None:
    written = json.stringify(value)
    assert json.parse(written) == value
    assert python_json.loads(written) == value


@given(st.binary())
def test_bytes_are_json_or_refused_but_never_anything_else(body: bytes) -> None:
    try:
        parsed = json.parse(body)
    except json.InvalidJSONError:
        return
    assert json.parse(json.stringify(parsed)) == parsed


def test_a_byte_order_mark_is_accepted_once_and_broken_utf8_is_replaced() -> None:
    assert json.parse(b'\xef\xbb\xbf{"a":1}') == {"a": 1}
    with pytest.raises(json.InvalidJSONError):
        json.parse(b"\xef\xbb\xbf\xef\xbb\xbf{}")
    assert json.parse(b'["\xff","\xc3"]') == ["\ufffd", "\ufffd"]


@pytest.mark.parametrize("depth", [900, 100_000])
def test_deep_nesting_is_read_or_refused_but_harms_nothing(depth: int) -> None:
    try:
        assert json.parse(b"[" * depth + b"]" * depth)
    except json.InvalidJSONError:
        assert depth == 100_000


def test_huge_numbers_cost_nothing() -> None:
    with pytest.raises(json.InvalidJSONError):
        json.parse(b"1" * 1_000_000 + b"x")
    assert json.stringify(json.parse(b"9" * 100_000)) == b"null"


def test_absent_keys_are_left_out_and_dates_are_utc_with_milliseconds() -> None:
    value = {"a": UNDEFINED, "b": datetime(2026, 11, 21, 8, tzinfo=UTC), "c": (1, 2.0, float("nan"))}
    assert json.stringify(value) == b'{"b":"2026-11-21T08:00:00.000Z","c":[1,2,null]}'


def test_a_lone_surrogate_is_escaped() -> None:
    assert json.stringify({"a": "x\ud800y", "b": "€"}) == '{"a":"x\\ud800y","b":"€"}'.encode()


@pytest.mark.parametrize("case", vectors()["dates"], ids=lambda case: repr(case["text"]))
def test_a_text_is_revived_to_the_date_that_better_auth_makes_of_it(case: dict[str, Any]) -> None:
    revived = revive(case["text"])
    assert (to_wire(revived) if isinstance(revived, datetime) else None) == case["revived"]


@given(MILLISECONDS)
def test_a_date_survives_the_wire(milliseconds: int) -> None:
    date = from_milliseconds(milliseconds)
    assert to_milliseconds(date) == milliseconds
    assert revive(to_wire(date)) == date
    assert json.parse_reviving_dates(json.stringify({"a": [date]}).decode()) == {"a": [date]}


def test_microseconds_are_cut_off_not_rounded() -> None:
    date = datetime(2026, 11, 21, 8, 0, 0, 999_999, tzinfo=UTC)
    assert to_wire(date) == "2026-11-21T08:00:00.999Z"
    assert to_milliseconds(date) % 1000 == 999
