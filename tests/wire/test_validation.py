"""Validation with zod's texts."""

from __future__ import annotations

from typing import Any

import pytest

from betterauth_py.javascript.values import UNDEFINED
from betterauth_py.wire.validation import (
    Boolean,
    Email,
    Number,
    Object,
    OpaqueStream,
    Optional,
    QueryFlag,
    String,
    ValidationError,
    is_email,
    validate,
)
from tests.wire.vectors import vectors

FORM = Object({"email": Email(), "password": String(min_length=2), "remember": Optional(Boolean())})
OPEN = Object({"name": String()}, keep_unknown=True)


@pytest.mark.parametrize("case", vectors()["emails"], ids=lambda case: repr(case["text"])[:40])
def test_an_address_is_one_exactly_when_zod_says_so(case: dict[str, Any]) -> None:
    assert is_email(case["text"]) is case["accepted"]


@pytest.mark.parametrize(
    ("schema", "value", "message"),
    [
        (FORM, UNDEFINED, "[body] Invalid input: expected object, received undefined"),
        (FORM, None, "[body] Invalid input: expected object, received null"),
        (FORM, [], "[body] Invalid input: expected object, received array"),
        (FORM, "x", "[body] Invalid input: expected object, received string"),
        (FORM, 1.5, "[body] Invalid input: expected object, received number"),
        (FORM, True, "[body] Invalid input: expected object, received boolean"),
        (
            FORM,
            {},
            "[body.email] Invalid input: expected string, received undefined; "
            "[body.password] Invalid input: expected string, received undefined",
        ),
        (
            FORM,
            {"email": "x", "password": "1", "remember": "true"},
            "[body.email] Invalid email address; [body.password] Too small: expected string to have >=2 characters; "
            "[body.remember] Invalid input: expected boolean, received string",
        ),
        (
            FORM,
            {"email": None, "password": {}, "remember": None},
            "[body.email] Invalid input: expected string, received null; "
            "[body.password] Invalid input: expected string, received object; "
            "[body.remember] Invalid input: expected boolean, received null",
        ),
        (
            OPEN,
            [],
            "[body] Invalid input: expected object, received array; "
            "[body] Invalid input: expected record, received array",
        ),
        (
            OPEN,
            OpaqueStream(),
            "[body.name] Invalid input: expected string, received undefined; "
            "[body] Invalid input: expected record, received ReadableStream",
        ),
    ],
)
def test_the_text_names_every_place_in_order(schema: Object, value: Any, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        validate(schema, value, "body")
    assert caught.value.message == message


def test_known_fields_are_kept_and_unknown_ones_dropped_unless_wanted() -> None:
    assert validate(FORM, {"x": 1, "password": "ab", "email": "a@b.co"}, "body") == {
        "email": "a@b.co",
        "password": "ab",
    }
    assert validate(OPEN, {"x": None, "name": "n"}, "body") == {"name": "n", "x": None}
    assert validate(Optional(FORM), UNDEFINED, "body") is UNDEFINED


@pytest.mark.parametrize(
    ("value", "truth"), [("", False), ("false", True), ("0", True), ("true", True), ([], True), ({}, True)]
)
def test_a_query_flag_is_true_unless_it_is_empty(value: Any, truth: bool) -> None:
    assert validate(Object({"flag": Optional(QueryFlag())}), {"flag": value}, "query") == {"flag": truth}


def test_a_schema_describes_itself() -> None:
    described = Object({"a": String("An a", min_length=1), "b": Optional(Boolean())}, keep_unknown=True).json_schema()
    assert described == {
        "type": "object",
        "properties": {
            "a": {"type": "string", "minLength": 1, "description": "An a"},
            "b": {"type": "boolean"},
        },
        "required": ["a"],
        "additionalProperties": True,
    }


@pytest.mark.parametrize("text", ["0x" + "f" * 257, "0b" + "1" * 1025, "-Infinity", "1e400"])
def test_a_number_too_large_for_one_is_no_number(text: str) -> None:
    with pytest.raises(ValidationError):
        validate(Number(coerce=True), text, "query")


def test_lists_in_lists_become_one_text_however_deep() -> None:
    nested: list[Any] = [1, None, [], [[2], True]]
    for _ in range(5_000):
        nested = [nested]
    assert validate(String(coerce=True), nested, "body") == "1,,,2,true"
