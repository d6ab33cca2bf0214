"""Origins, patterns and relative redirects, judged as by the reference."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betterauth_py.urls.origins import matches_origin_pattern
from betterauth_py.urls.parsing import append_query, get_origin, is_safe_relative_url, parse_url
from betterauth_py.urls.wildcards import has_wildcards, wildcard
from tests.wire.vectors import vectors

URLS: list[str] = vectors()["urls"]
# Deliberate: these leave the site once a browser has resolved their dots (docs/compatibility.md).
REFUSED_BY_US_ALONE = {"/.//evil.test", "/a/..//evil.test"}


@pytest.mark.parametrize("case", vectors()["origins"], ids=lambda case: repr(case["pattern"]))
def test_a_pattern_trusts_the_urls_that_better_auth_trusts(case: dict[str, Any]) -> None:
    trusted = [url for url in URLS if matches_origin_pattern(url, case["pattern"])]
    assert trusted == [url for url in case["absolute"] if not _only_a_name(url, case["pattern"])]


@pytest.mark.parametrize("case", vectors()["origins"], ids=lambda case: repr(case["pattern"]))
def test_a_pattern_allows_the_relative_urls_that_better_auth_allows(case: dict[str, Any]) -> None:
    allowed = [url for url in URLS if matches_origin_pattern(url, case["pattern"], allow_relative_paths=True)]
    assert allowed == [url for url in case["relative"] if not _only_a_name(url, case["pattern"])]


def _only_a_name(url: str, pattern: str) -> bool:
    """Deliberate: a pattern without a scheme trusts no `javascript://app.example.com` (docs/compatibility.md)."""
    parsed = parse_url(url)
    is_web = parsed is None or parsed.protocol in {"http:", "https:"}
    return has_wildcards(pattern) and "://" not in pattern and not url.startswith("/") and not is_web


def test_a_name_with_a_wildcard_trusts_no_script() -> None:
    assert matches_origin_pattern("https://app.example.com/x", "*.example.com")
    assert not matches_origin_pattern("javascript://app.example.com/%0aalert(1)", "*.example.com")


STARS = ["https://*.test", "https://*a*b*c.test", "*a*b*c*d.test", "/**/y", "myapp://*a*b", "/**/x/**/x/**/x/**/y"]


@pytest.mark.parametrize("pattern", [*STARS, "myapp://h/**/x/**/x/**/y", "myapp://h/*/*/*/y", "/*/*/**/*/*/y"])
def test_a_match_takes_time_in_proportion_to_the_text(pattern: str) -> None:
    texts = [
        "https://" + "ab." * 20_000,
        "https://" + "a" * 60_000,
        "/" * 60_000,
        "/x" * 30_000,
        "myapp://" + "a" * 60_000,
        "myapp://h" + "/" * 20_000,
        "myapp://h" + "/x" * 20_000,
    ]
    started = perf_counter()
    for text in texts:
        matches_origin_pattern(text, pattern)
        wildcard(pattern).fullmatch(text)
    # The quadratic forms took 3 s for 20 kB.
    assert perf_counter() - started < 1


@pytest.mark.parametrize("case", vectors()["wildcards"], ids=lambda case: repr(case["pattern"]))
def test_a_glob_matches_what_better_auths_matches(case: dict[str, Any]) -> None:
    matches = [name for name in vectors()["names"] if wildcard(case["pattern"]).fullmatch(name)]
    assert matches == case["matches"]


@pytest.mark.parametrize("url", sorted(REFUSED_BY_US_ALONE))
def test_a_redirect_that_leaves_the_site_by_its_dots_is_refused(url: str) -> None:
    assert not is_safe_relative_url(url)


@given(st.text())
def test_what_is_safe_stays_on_the_site(text: str) -> None:
    if is_safe_relative_url(text):
        assert get_origin(f"https://own.test{text}") == "https://own.test"
        assert text.startswith("/")
        assert not text.startswith(("//", "/\\"))


@given(url=st.text(), pattern=st.text("a*?/\\.:-[]()+^$|", max_size=12))
def test_no_url_and_no_pattern_make_the_match_fail(url: str, pattern: str) -> None:
    assert matches_origin_pattern(url, pattern) in {True, False}


@pytest.mark.parametrize(
    ("url", "query", "expected"),
    [
        ("/path", "error=x", "/path?error=x"),
        ("/path?a=1", "error=x", "/path?a=1&error=x"),
        ("/path?a=1&", "error=x", "/path?a=1&error=x"),
        ("/path#part", "error=x", "/path?error=x#part"),
        ("/path?#part", "error=x", "/path?error=x#part"),
        ("/path", "", "/path"),
        ("https://app.test", "error=x", "https://app.test/?error=x"),
        ("https://app.test/p?a=b#c", "error=x", "https://app.test/p?a=b&error=x#c"),
        ("myapp://callback", "error=x", "myapp://callback?error=x"),
    ],
)
def test_a_query_goes_between_path_and_fragment(url: str, query: str, expected: str) -> None:
    assert append_query(url, query) == expected
