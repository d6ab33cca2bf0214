"""Whose pages may send unsafe requests with cookies."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betterauth_py.errors import ConfigurationError
from betterauth_py.urls.origins import matches_origin_pattern
from betterauth_py.urls.parsing import get_origin
from betterauth_py.verify.csrf import WEBSOCKET, OriginCheck, UntrustedOriginError
from tests.wire.vectors import vectors

COOKIE = ("cookie", "better-auth.session_token=token.signature")
OWN = ("host", "api.example.com")
TRUSTED = OriginCheck(["https://app.example.com", "https://*.preview.example.com", "myapp://"])

Headers = list[tuple[str, str]]


def passes(headers: Headers, method: str = "POST", scheme: str = "https") -> bool:
    try:
        screened = TRUSTED.screen(method, scheme, headers)
    except UntrustedOriginError:
        return False
    assert sorted(screened) == sorted(headers)
    return True


@pytest.mark.parametrize(
    "headers",
    [
        [("origin", "https://app.example.com")],
        [("origin", "HTTPS://App.Example.com:443")],
        [("origin", "https://one.preview.example.com")],
        [("origin", "https://a.b.preview.example.com")],
        [("origin", "myapp://")],
        [("origin", "myapp://somewhere")],
        [("origin", "https://api.example.com")],  # its own pages
        [("referer", "https://app.example.com/notes?page=2#end")],
        [("referer", "https://api.example.com")],
        [("origin", "null"), ("sec-fetch-site", "same-origin")],  # a privacy setting hides the origin
        [("origin", "http://api.example.com"), ("sec-fetch-site", "same-origin")],  # before a proxy that ends TLS
    ],
    ids=str,
)
def test_trusted_pages_may(headers: Headers) -> None:
    assert passes([OWN, COOKIE, *headers])


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("origin", "null")],
        [("origin", "")],
        [("origin", "null"), ("referer", "https://app.example.com/")],
        [("origin", "null"), ("sec-fetch-site", "same-site")],
        [("origin", "null"), ("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
        [("origin", "https://evil.test")],
        [("origin", "http://app.example.com")],
        [("origin", "https://app.example.com:8443")],
        [("origin", "https://app.example.com.evil.test")],
        [("origin", "https://evilapp.example.com")],
        [("origin", "https://preview.example.com")],
        [("origin", "https://one.preview.example.com.evil.test")],
        [("origin", "https://evil.test/.preview.example.com")],
        [("origin", "https://evil.test\\.preview.example.com")],
        [("origin", "https://app.example.com@evil.test")],
        [("origin", "https://evil.test#.preview.example.com")],
        [("origin", "https://one.preview.example.com:8443")],
        [("origin", "http://api.example.com")],
        [("origin", "https://api.example.com:8000")],
        [("origin", "https://app.example.com"), ("origin", "https://evil.test")],
        [("origin", "https://evil.test"), ("referer", "https://app.example.com/")],
        [("referer", "https://evil.test/https://app.example.com/")],
        [("referer", "https://app.example.com@evil.test/")],
        [("referer", "https://app.example.com\\@evil.test/")],
        [("referer", "app.example.com")],
        [("referer", "https://app.example.com/"), ("referer", "https://evil.test/")],
        [("origin", "otherapp://somewhere")],
        [("origin", "https://")],
        [("origin", "https://\u0430pp.example.com")],
        [("origin", "https://api.example.com"), ("host", "evil.test")],
    ],
    ids=str,
)
def test_others_may_not(headers: Headers) -> None:
    assert not passes([OWN, COOKIE, *headers])
    assert not passes([OWN, COOKIE, *headers], WEBSOCKET, "wss")


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_reading_is_not_checked(method: str) -> None:
    assert passes([OWN, COOKIE, ("origin", "https://evil.test")], method)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "QUERY", "get", WEBSOCKET])
def test_everything_else_is(method: str) -> None:
    assert not passes([OWN, COOKIE, ("origin", "https://evil.test")], method)
    assert passes([OWN, COOKIE, ("origin", "https://app.example.com")], method)


def test_without_cookies_there_is_nothing_to_forge() -> None:
    assert passes([OWN, ("origin", "https://evil.test")])
    assert passes([OWN, ("authorization", "Bearer token")])


def test_with_a_bearer_token_the_token_alone_counts() -> None:
    bearer = ("authorization", "Bearer token")
    untrusted = [OWN, COOKIE, bearer, ("origin", "https://evil.test")]
    assert COOKIE not in list(TRUSTED.screen("POST", "https", untrusted))
    assert bearer in list(TRUSTED.screen("POST", "https", untrusted))
    # So another scheme, or a token that is none, opens no way around.
    for value in ("Basic dXNlcjpwYXNz", "Bearer", "Bearer ", ""):
        assert not passes([OWN, COOKIE, ("authorization", value), ("origin", "https://evil.test")])
    assert passes([OWN, COOKIE, bearer, ("origin", "https://app.example.com")])


def test_websockets_of_trusted_pages_are_opened() -> None:
    for scheme, page in (("wss", "https://api.example.com"), ("ws", "http://api.example.com")):
        assert passes([OWN, COOKIE, ("origin", page)], WEBSOCKET, scheme)
    assert not passes([OWN, COOKIE, ("origin", "http://api.example.com")], WEBSOCKET, "wss")


def test_headers_may_be_bytes_or_a_mapping() -> None:
    pairs = [(b"Cookie", b"a=b"), (b"Origin", b"https://app.example.com")]
    assert TRUSTED.screen("POST", "https", pairs)
    with pytest.raises(UntrustedOriginError, match=r"POST with cookies from 'https://evil\.test'"):
        TRUSTED.screen("POST", "https", {"Cookie": "a=b", "Origin": "https://evil.test"})


def test_an_origin_that_is_too_long_is_not_cut_to_one_that_is_trusted() -> None:
    prefix, suffix = "https://", ".preview.example.com"
    cut = prefix + "x" * (300 - len(prefix) - len(suffix)) + suffix
    assert passes([OWN, COOKIE, ("origin", cut)])
    for longer in (cut + ".evil.test", "https://x" + cut.removeprefix(prefix)):
        assert not passes([OWN, COOKIE, ("origin", longer)])
        assert not passes([OWN, COOKIE, ("referer", longer + "/")])


def test_what_the_log_shows_is_short_and_on_one_line() -> None:
    with pytest.raises(UntrustedOriginError) as caught:
        TRUSTED.screen("POST", "https", {"cookie": "a=b", "origin": "https://evil.test/\n" + "x" * 5000})
    assert len(str(caught.value)) < 400
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("pattern", "complaint"),
    [
        ("example.com", r"'example\.com' is not an origin\. Write https://example\.com"),
        ("https://example.com/path", r"not an origin\. An origin has no path"),
        ("https://", "not an origin"),
        ("", "not an origin"),
        ("*", "trusts every site"),
        ("**", "trusts every site"),
        ("https://*", "trusts every site"),
        ("*://*", "trusts every site"),
        ("http*://**", "trusts every site"),
    ],
)
def test_a_setting_that_makes_no_sense_stops_the_start(pattern: str, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        OriginCheck([pattern])


def test_a_text_is_not_a_list_of_origins() -> None:
    with pytest.raises(ConfigurationError, match=r"give a list of origins, \['https://a\.test'\]"):
        OriginCheck("https://a.test")


def test_the_patterns_of_the_page_do_what_it_says() -> None:
    trusted = {
        "https://*.example.com": ["https://a.example.com", "https://a.b.example.com"],
        "*.example.com": ["https://a.example.com", "http://a.b.example.com"],
        "http://localhost:*": ["http://localhost:3000", "http://localhost:5173"],
        "myapp://": ["myapp://", "myapp://somewhere"],
    }
    strangers = [
        "https://example.com",
        "https://a.example.com:8443",
        "http://localhost.evil.test:3000",
        "https://evil.test",
    ]
    for pattern, origins in trusted.items():
        check = OriginCheck([pattern])
        assert [origin for origin in [*origins, *strangers] if check.trusts(origin)] == origins


def usable(pattern: str) -> OriginCheck | None:
    try:
        return OriginCheck([pattern])
    except ConfigurationError:
        return None


# Origins as browsers write them; what else is in the list would never be in an Origin header.
ORIGINS = sorted({url for url in vectors()["urls"] if get_origin(url) == url})


@pytest.mark.parametrize("case", vectors()["origins"], ids=lambda case: repr(case["pattern"]))
def test_a_pattern_trusts_the_origins_that_better_auth_trusts(case: dict[str, Any]) -> None:
    check = usable(case["pattern"])
    if check is not None and not case["pattern"].endswith("/"):
        # A pattern without a scheme trusts web pages only, on the server too.
        judged = [url for url in ORIGINS if "://" in case["pattern"] or url.startswith("http")]
        assert [url for url in ORIGINS if check.trusts(url)] == [url for url in judged if url in case["absolute"]]


def test_the_recorded_patterns_are_not_all_left_out() -> None:
    assert len(ORIGINS) >= 5
    assert sum(usable(case["pattern"]) is not None for case in vectors()["origins"]) >= 5


hosts = st.from_regex(r"[a-z0-9]{1,3}(\.[a-z0-9]{1,3}){0,3}(:[1-9][0-9]{1,3})?", fullmatch=True)
patterns = st.builds(
    lambda scheme, host: scheme + host, st.sampled_from(["https://", "http://", "https://*.", "*."]), hosts
)


@given(pattern=patterns, scheme=st.sampled_from(["https", "http"]), host=hosts)
def test_it_judges_as_the_server_does(pattern: str, scheme: str, host: str) -> None:
    origin = f"{scheme}://{host}"
    check = usable(pattern)
    if check is not None and get_origin(origin) == origin and (get_origin(pattern) or pattern) == pattern:
        assert check.trusts(origin) is matches_origin_pattern(origin, pattern)


@given(st.text())
def test_no_origin_makes_it_fail(origin: str) -> None:
    assert TRUSTED.trusts(origin) in {True, False}
    assert passes([OWN, COOKIE, ("origin", origin), ("referer", origin)]) in {True, False}


PATTERNS = [
    "http://192.168.*.*",
    "192.168.*.*",
    "192.168.*.*:80??",
    "http://localhost:*",
    "https://*.trusted.test",
    "*.example.com",
    "https://app.example.com:*",
    "http*://app.example.com",
    "myapp://*",
    "myapp://host*",
    "myapp://host/*",
    "myapp://host/**",
    "myapp://host/settings/*",
    "exp://192.168.*.*:*",
    "exp://192.168.*.*:*/**",
    "exp://192.168.*.*/*",
]
SENT = [
    *(f"http://192.168.{rest}" for rest in ("1.1", "1.7:8081", "1.evil", "attacker.com", "1.1.1")),
    *(f"http://localhost{rest}" for rest in ("", ":3000", ":3000.evil.test", ":99999", ".evil.test:3000")),
    "https://evil.com:99999.trusted.test",
    "https://evil.com%00.trusted.test",
    "https://a.trusted.test",
    "javascript://app.example.com",
    "https://app.example.com",
    "https://app.example.com:8443",
    "http://app.example.com",
    *(f"myapp://{rest}" for rest in ("", "host", "hostess", "user@host", "other")),
    *(f"exp://192.168.1.{rest}" for rest in ("5:8081", "evil:8081", "5")),
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_verifier_and_the_server_trust_the_same_origins(pattern: str) -> None:
    check = OriginCheck([pattern])
    assert [sent for sent in SENT if check.trusts(sent)] == [
        sent for sent in SENT if matches_origin_pattern(sent, pattern)
    ]
