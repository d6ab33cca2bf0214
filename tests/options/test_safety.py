"""What production refuses, and what no repr and no message shows."""

from __future__ import annotations

from typing import Any

import pytest

from betterauth_py import BetterAuth, ConfigurationError
from betterauth_py.assembly.options import load_options
from betterauth_py.crypto.secrets import DEFAULT_SECRET
from betterauth_py.options.base_url import split_base_url
from betterauth_py.store.database_url import parse_database_url
from tests.conftest import SECRET

HTTPS = {"base_url": "https://auth.example.com"}
DATABASE = "postgresql://app:hidden-password@db.example.com/app"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (HTTPS, "The secret is missing."),
        ({**HTTPS, "secret": "short"}, "BETTER_AUTH_SECRET has 5 characters; it needs at least 32."),
        ({**HTTPS, "secret": DEFAULT_SECRET}, "BETTER_AUTH_SECRET is the default that everybody knows."),
        ({**HTTPS, "secrets": [{"version": 1, "value": "short"}]}, "BETTER_AUTH_SECRET has 5 characters"),
        ({"environment": "production", "secret": SECRET}, "Option `base_url` is missing. In production, set it"),
        ({"base_url": "auth.example.com", "secret": SECRET}, "Option `base_url` (BETTER_AUTH_URL): 'auth.example.com'"),
        ({"base_url": "ftp://a.test", "secret": SECRET}, "Option `base_url` (BETTER_AUTH_URL): 'ftp://a.test' is not"),
    ],
)
def test_production_does_not_start_without_a_secret_and_a_url(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        BetterAuth(**options)
    assert str(caught.value).startswith(message)


def test_https_is_production_unless_told_otherwise() -> None:
    assert BetterAuth(**HTTPS, secret=SECRET).context.in_production
    assert not BetterAuth(**HTTPS, secret="short", environment="development").context.in_production
    assert not BetterAuth(secret="short").context.in_production
    assert BetterAuth(secret=SECRET, base_url="http://intern", environment="production").context.rate_limiter.enabled


@pytest.mark.parametrize(
    ("base_url", "base_path", "split"),
    [
        (None, "/api/auth", (None, "/api/auth")),
        (None, "auth/", (None, "/auth")),
        (None, "/", (None, "")),
        ("https://a.test", "/api/auth", ("https://a.test", "/api/auth")),
        ("https://A.test:443/", "/api/auth", ("https://a.test", "/api/auth")),
        ("http://a.test:8000/own/", "/api/auth", ("http://a.test:8000", "/own")),
    ],
)
def test_a_path_in_the_base_url_wins(base_url: str | None, base_path: str, split: tuple[str | None, str]) -> None:
    assert split_base_url(base_url, base_path) == split


@pytest.mark.parametrize(
    ("base_url", "problem"),
    [
        ("https://user:hidden-password@auth.example.com", "has a user name or password"),
        ("https://user@auth.example.com/auth", "has a user name or password"),
        ("https://auth.example.com/?key=hidden-query", "has a query"),
        ("https://auth.example.com/auth?key=hidden-query#hidden-fragment", "has a query and a fragment"),
    ],
)
@pytest.mark.parametrize("as_fallback", [False, True])
def test_a_base_url_with_more_than_a_place_is_refused(base_url: str, problem: str, as_fallback: bool) -> None:
    given = {"allowed_hosts": ["auth.example.com"], "fallback": base_url} if as_fallback else base_url
    with pytest.raises(ConfigurationError) as caught:
        BetterAuth(base_url=given, secret=SECRET)
    option = "`base_url.fallback`" if as_fallback else "`base_url` (BETTER_AUTH_URL)"
    assert str(caught.value) == (
        f"Option {option} {problem}. Leave only scheme, host and path, such as https://auth.example.com."
    )


def test_no_repr_shows_a_secret_or_a_password() -> None:
    auth = BetterAuth(
        secret=f"{SECRET}-hidden-secret",
        secrets=[{"version": 1, "value": f"{SECRET}-hidden-version"}],
        database={"url": DATABASE},
    )
    shown = [auth.options, auth.options.database, auth.context, auth, auth.context.secrets, auth.context.database]
    shown += [parse_database_url(DATABASE), auth.context.database.url, auth.api, auth.context.passwords]
    leaks = [type(value).__name__ for value in shown if "hidden-" in f"{value!r} {value}"]
    assert leaks == []
    assert "db.example.com" in repr(auth.context.database.url)


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:hidden-password@host/db",
        "postgresql://u:hidden-password@host",
        "postgresql://u:hidden-password@host:port/db",
        "postgresql://u:hidden-password#x@host/db",
        "postgresql://u:hidden-password@[::1/db",
        "u:hidden-password@host/db",
        "sqlite://hidden-password.db",
        "",
        "://",
    ],
)
def test_a_database_url_that_cannot_be_read_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ConfigurationError, match="DATABASE_URL") as caught:
        BetterAuth(secret=SECRET, database={"url": url})
    assert "u:hidden-password" not in str(caught.value)


def test_a_cookie_that_no_browser_would_keep_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"better-auth.session_token would live 34560001 seconds"):
        BetterAuth(secret=SECRET, session={"expires_in": 34_560_001})


def test_cookies_across_subdomains_need_a_domain() -> None:
    with pytest.raises(ConfigurationError, match=r"Option `advanced.cross_sub_domain_cookies` needs a domain"):
        BetterAuth(secret=SECRET, advanced={"cross_sub_domain_cookies": {"enabled": True}})


def test_a_field_that_is_renamed_or_added_must_be_one() -> None:
    with pytest.raises(
        ConfigurationError, match=r"Option `user.fields.nick`: there is no such field. Known fields: name"
    ):
        BetterAuth(secret=SECRET, user={"fields": {"nick": "x"}})
    with pytest.raises(ConfigurationError, match=r"Option `user.additional_fields.email` has the name of a core field"):
        BetterAuth(secret=SECRET, user={"additional_fields": {"email": {"type": "string"}}})


@pytest.mark.parametrize("entry", ["nonsense", "10.0.0.0/33", "10.0.0.0/x"])
def test_a_proxy_must_be_an_address_or_a_range(entry: str) -> None:
    with pytest.raises(ConfigurationError, match=r"Option `advanced.ip_address.trusted_proxies`"):
        BetterAuth(secret=SECRET, advanced={"ip_address": {"trusted_proxies": [entry]}})


def test_options_are_values_that_cannot_be_changed() -> None:
    options = load_options({"app_name": "x"})
    with pytest.raises(AttributeError, match="cannot assign to field 'app_name'"):
        options.app_name = "y"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"base_path": "/a\nb"}, "Option `base_path`: '/a\\nb' is not a path that clients can request. Write"),
        ({"base_path": "/a/../b"}, "Option `base_path`: '/a/../b' is not a path that clients can request."),
        ({"base_path": "/a?b"}, "Option `base_path`: '/a?b' is not a path that clients can request."),
        ({"advanced": {"cookie_prefix": "a b;"}}, "No cookie can be called 'a b;.session_token'. Use letters, digits"),
        (
            {"advanced": {"cookies": {"session_token": {"name": "a=b"}}}},
            "No cookie can be called 'a=b'. Use letters, digits, '.', '_' and '-' in `advanced.cookie_prefix` and "
            "`advanced.cookies.session_token.name`.",
        ),
        (
            {"advanced": {"default_cookie_attributes": {"path": "/; Domain=a.test"}}},
            "The cookie better-auth.session_token has a `path` with a semicolon or a control character",
        ),
        (
            {"advanced": {"cross_sub_domain_cookies": {"enabled": True, "domain": "a.test\r\nx: y"}}},
            "The cookie better-auth.session_token has a `domain` with a semicolon or a control character",
        ),
        (
            {"advanced": {"ip_address": {"ip_address_headers": ["x forwarded"]}}},
            "Option `advanced.ip_address.ip_address_headers`: no header can be called 'x forwarded'. Write for example",
        ),
    ],
)
def test_what_could_never_work_does_not_start(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        BetterAuth(secret=SECRET, **options)
    assert str(caught.value).startswith(message)
