"""JavaScript's own functions, as far as they show on the wire."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from betterauth_py.javascript.values import (
    UNDEFINED,
    Undefined,
    decode_uri_component,
    encode_uri_component,
    trim,
    utf16_length,
    well_formed,
)
from tests.wire.vectors import vectors

SCALARS = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize("case", vectors()["encodings"], ids=lambda case: repr(case["text"]))
def test_text_is_encoded_as_by_javascript(case: dict[str, Any]) -> None:
    assert encode_uri_component(case["text"]) == case["encoded"]


@pytest.mark.parametrize("case", vectors()["decodings"], ids=lambda case: repr(case["text"]))
def test_text_is_decoded_as_by_javascript(case: dict[str, Any]) -> None:
    if case["decoded"] is None:
        with pytest.raises(ValueError, match=r"URI malformed|codec can't decode"):
            decode_uri_component(case["text"])
    else:
        assert decode_uri_component(case["text"]) == case["decoded"]


@given(SCALARS)
@example("\ufeff%\0")
def test_decoding_undoes_encoding(text: str) -> None:
    encoded = encode_uri_component(text)
    assert encoded.isascii()
    assert not set(encoded) & set(' "<>\\^`{|};,/?:@&=+$#[]\r\n')
    assert decode_uri_component(encoded) == text


@given(st.text())
def test_every_text_can_be_made_well_formed(text: str) -> None:
    mended = well_formed(text)
    assert mended.encode().decode() == mended
    assert well_formed(mended) == mended
    if not any("\ud800" <= character <= "\udfff" for character in text):
        assert mended == text


def test_surrogates_that_belong_together_are_joined_and_lone_ones_replaced() -> None:
    assert well_formed("\ud83d\ude00 \ud83d x \ude00") == "😀 \ufffd x \ufffd"
    assert encode_uri_component("\ud800") == "%EF%BF%BD"


@given(SCALARS)
def test_length_counts_utf16_units(text: str) -> None:
    assert utf16_length(text) == len(text.encode("utf-16-le")) // 2


def test_trim_strips_what_javascript_calls_white_space_and_nothing_else() -> None:
    assert trim("\ufeff\u00a0\u2028\t x\u200b\u0085 \u3000\r\n") == "x\u200b\u0085"


def test_undefined_is_one_falsy_value() -> None:
    assert Undefined() is UNDEFINED
    assert not UNDEFINED
    assert repr(UNDEFINED) == "undefined"
