"""Cookies read, written and signed exactly as by the reference."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betterauth_py.wire.cookies import (
    CookieAttributes,
    parse_cookies,
    parse_cookies_strictly,
    read_signed_value,
    serialize_cookie,
    set_cookie,
    set_signed_cookie,
)
from tests.wire.vectors import vectors

SECRET = vectors()["secret"]
READERS = [pytest.param(case, id=repr(case["header"])) for case in vectors()["readers"]]
NAMES = {"maxAge": "max_age", "httpOnly": "http_only", "sameSite": "same_site"}
NOTHING = CookieAttributes(path=None, http_only=False, same_site=None)


def attributes_of(given: dict[str, Any]) -> CookieAttributes:
    return NOTHING.with_overrides({NAMES.get(name, name): value for name, value in given.items()})


@pytest.mark.parametrize("case", READERS)
def test_the_lenient_reader_reads_as_better_call(case: dict[str, Any]) -> None:
    assert list(parse_cookies(case["header"]).items()) == [tuple(pair) for pair in case["lenient"]]


@pytest.mark.parametrize("case", READERS)
def test_the_strict_reader_reads_as_better_auth(case: dict[str, Any]) -> None:
    assert list(parse_cookies_strictly(case["header"]).items()) == [tuple(pair) for pair in case["strict"]]


@pytest.mark.parametrize("case", vectors()["serialized"], ids=lambda case: case["header"])
def test_set_cookie_is_written_as_by_better_call(case: dict[str, Any]) -> None:
    assert set_cookie(case["name"], case["value"], attributes_of(case["attributes"])) == case["header"]


@pytest.mark.parametrize("case", vectors()["signed"], ids=lambda case: repr(case["value"]))
def test_a_signed_cookie_is_the_one_that_better_call_makes(case: dict[str, Any]) -> None:
    assert set_signed_cookie("c", case["value"], SECRET, attributes_of({"path": "/"})) == case["header"]


@pytest.mark.parametrize("case", vectors()["unsealed"], ids=lambda case: repr(case["cookie"]))
def test_a_signature_is_believed_exactly_when_better_call_believes_it(case: dict[str, Any]) -> None:
    value = parse_cookies(f"c={case['cookie']}").get("c")
    assert read_signed_value(value, SECRET) == case["value"]


@given(value=st.text(st.characters(exclude_categories=["Cs"]), min_size=1), secret=st.text("abcXYZ019", min_size=1))
def test_what_was_signed_is_read_back(value: str, secret: str) -> None:
    header = set_signed_cookie("c", value, secret, CookieAttributes())
    assert read_signed_value(parse_cookies(header.partition(";")[0])["c"], secret) == value


@given(value=st.text("abc", min_size=1), secret=st.text("ab", min_size=1), other=st.text("ab", min_size=1))
def test_another_secret_believes_nothing(value: str, secret: str, other: str) -> None:
    cookie = parse_cookies(set_signed_cookie("c", value, secret, CookieAttributes()).partition(";")[0])["c"]
    assert read_signed_value(cookie, other) == (value if other == secret else None)


@given(st.text())
def test_no_header_makes_the_readers_fail(header: str) -> None:
    for reader in (parse_cookies, parse_cookies_strictly):
        assert all(isinstance(item, str) for pair in reader(header).items() for item in pair)


def test_prefixes_enforce_their_rules() -> None:
    shared = NOTHING.with_overrides({"domain": "example.com", "path": "/auth"})
    assert serialize_cookie("__Host-a", "b", shared) == "__Host-a=b; Path=/; Secure"
    assert serialize_cookie("__Secure-a", "b", shared) == "__Secure-a=b; Domain=example.com; Path=/auth; Secure"
