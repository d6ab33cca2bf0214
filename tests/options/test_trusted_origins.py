"""Trusted origins are judged at the start: what can match is normalized, the rest is refused by name."""

from __future__ import annotations

import logging

import pytest

from betterauth_py import BetterAuth, ConfigurationError
from betterauth_py.options.trusted_origins import normalize_origins, usable_origins
from betterauth_py.urls.origins import matches_origin_pattern
from betterauth_py.verify.csrf import OriginCheck
from tests.conftest import SECRET

SETTING = "Option `trusted_origins`"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://app.example.com/", "https://app.example.com"),
        ("HTTPS://App.Example.com", "https://app.example.com"),
        ("https://app.example.com:443", "https://app.example.com"),
        ("http://app.example.com:80/", "http://app.example.com"),
        (" https://app.example.com ", "https://app.example.com"),
        ("https://app.example.com:8443", "https://app.example.com:8443"),
        ("https://bücher.example.com", "https://xn--bcher-kva.example.com"),
        ("http://[0:0:0:0:0:0:0:1]:3000", "http://[::1]:3000"),
        ("https://*.Example.com/", "https://*.example.com"),
        ("https://*.example.com:443", "https://*.example.com"),
        ("https://preview-*.example.com", "https://preview-*.example.com"),
        ("*.example.com", "*.example.com"),
        ("http*://app.example.com", "http*://app.example.com"),
        ("https://q?.one.test", "https://q?.one.test"),
        ("http://*.localhost:*", "http://*.localhost:*"),
        ("http://localhost:*", "http://localhost:*"),
        ("localhost:*", "localhost:*"),
        ("http://[::1]:*", "http://[::1]:*"),
        ("http://192.168.*.*", "http://192.168.*.*"),
        ("10.*", "10.*"),
        ("myapp://", "myapp://"),
        ("myapp:", "myapp://"),
        ("com.example.app:/", "com.example.app://"),
        ("MyApp://*", "myapp://*"),
        ("exp://*", "exp://*"),
        ("exp://192.168.*.*:*/--/*", "exp://192.168.*.*:*/--/*"),
        ("exp://host/Path", "exp://host/Path"),
        ("chrome-extension://abcdefghijklmnop", "chrome-extension://abcdefghijklmnop"),
    ],
)
def test_an_origin_is_read_as_it_was_meant(written: str, meant: str) -> None:
    assert normalize_origins([written], SETTING) == [meant]


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("*", "trusts every site. Name yours"),
        ("**", "trusts every site"),
        ("https://*", "trusts every site"),
        ("https://*:*", "trusts every site"),
        ("http*://**", "trusts every site"),
        ("*://*", "trusts every site"),
        ("https://app.example.???", "trusts every site"),
        ("*.*.*.1", "trusts every site"),
        ("https://*.com", "trusts every site of .com that fits, and anybody can register one"),
        ("https://*.com/", "trusts every site of .com"),
        ("https://*example.com", "trusts every site of .com that fits"),
        ("*.dev", "trusts every site of .dev"),
        ("https://app.example.com/path", "an origin has no path. Write https://app.example.com."),
        ("https://user@app.example.com", "an origin has no path"),
        ("https://*.example.com/*", "an origin has no path. Write https://*.example.com."),
        ("app.example.com", "is not an origin. Write https://app.example.com."),
        ("localhost:3000", "is not an origin. Write http://localhost:3000."),
        ("https:app.example.com", "is not an origin"),
        ("https://", "is not an origin"),
        ("https://app.example.com:99999", "is not an origin"),
        ("https://*.exa mple.com", "is not an origin"),
        ("https://*.example.com\\x", "is not an origin"),
        ("https://*..example.com", "is not an origin"),
        ("null", "is not an origin"),
        ("javascript:", "trusts javascript: links"),
        ("javascript://*", "trusts javascript: links"),
        ("data://", "trusts data: links"),
        ("my app://", "is not an origin"),
    ],
)
def test_what_can_match_nothing_or_strangers_stops_the_start(written: str, complaint: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        BetterAuth(secret=SECRET, base_url="http://localhost:3001", trusted_origins=[written])
    assert str(caught.value).startswith(f"{SETTING}: {written!r} ")
    assert complaint in str(caught.value)


def test_a_wildcard_that_trusts_strangers_is_refused_by_the_verifier_too() -> None:
    for pattern in ("https://*.com", "*", "https://*example.com", "javascript://*"):
        with pytest.raises(ConfigurationError, match="trusted_origins: "):
            OriginCheck([pattern])


def test_the_message_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BETTER_AUTH_TRUSTED_ORIGINS", "https://fine.test/, https://*.com")
    with pytest.raises(ConfigurationError, match=r"^BETTER_AUTH_TRUSTED_ORIGINS: 'https://\*\.com' trusts"):
        BetterAuth(secret=SECRET, base_url="http://localhost:3001")
    monkeypatch.setenv("BETTER_AUTH_TRUSTED_ORIGINS", "https://Fine.test/")
    auth = BetterAuth(secret=SECRET, base_url="http://localhost:3001", trusted_origins=["https://own.test:443"])
    assert auth.context.static_origins == ["http://localhost:3001", "https://own.test", "https://fine.test"]


@pytest.mark.parametrize("host", ["*", "*.com", "https://*", "app.example.com/path", "host name", ""])
def test_an_allowed_host_that_anybody_can_have_stops_the_start(host: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^Option `base_url\.allowed_hosts`: "):
        BetterAuth(secret=SECRET, base_url={"allowed_hosts": ["app.example.com", host]})


def test_what_a_function_returns_is_judged_when_it_does(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "betterauth"):
        for _ in range(3):
            assert usable_origins(["https://App.test/", "*", None, "", 1]) == ["https://app.test"]
    assert [record.getMessage()[:60] for record in caplog.records] == [
        "The function `trusted_origins` returned '*', which trusts ev"
    ]


def test_patterns_that_pass_fit_what_they_name() -> None:
    (pattern,) = normalize_origins(["https://*.Trusted.test:443/"], SETTING)
    assert matches_origin_pattern("https://a.trusted.test", pattern)
    for stranger in ("https://evil.com:99999.trusted.test", "https://evil.com%00.trusted.test", "https://trusted.test"):
        assert not matches_origin_pattern(stranger, pattern)
