"""Development or production is decided in one place, and development by accident is said aloud."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from betterauth_py import BetterAuth, ConfigurationError
from betterauth_py.assembly.options import load_options
from betterauth_py.cli.development import complete_options, development_notes, refuse_public_development
from betterauth_py.options.deployment import decide_environment
from tests.conftest import SECRET, MakeAuth

PRODUCTION: list[dict[str, Any]] = [
    {"base_url": "https://auth.example.com"},
    {"base_url": "HTTPS://auth.example.com"},
    {"base_url": " https://auth.example.com"},
    {"base_url": "https://auth.example.com\n"},
    {"base_url": "https:auth.example.com"},
    {"base_url": {"allowed_hosts": ["app.example.com"], "protocol": "https"}},
    {"base_url": "http://auth.example.com", "environment": "production"},
]
DEVELOPMENT: list[tuple[dict[str, Any], str]] = [
    ({}, "there is no base URL (BETTER_AUTH_URL)"),
    ({"base_url": "http://auth.example.com"}, "the base URL http://auth.example.com is not https"),
    ({"base_url": {"allowed_hosts": ["app.example.com"]}}, "`base_url.protocol` is not https"),
    ({"database": {"url": "postgresql://u:p@db.example.com/app"}}, "there is no base URL (BETTER_AUTH_URL)"),
    (
        {"base_url": "https://auth.example.com", "environment": "development"},
        "BETTER_AUTH_ENV or the option `environment` says so",
    ),
]


@pytest.mark.parametrize("values", PRODUCTION, ids=str)
def test_production_gets_nothing_that_development_makes_for_itself(values: dict[str, Any]) -> None:
    options = complete_options(load_options(values), 3001)
    assert options.secret is None
    assert options.mail.chosen_transport is None
    with pytest.raises(ConfigurationError, match="The secret is missing"):
        BetterAuth(options)
    auth = BetterAuth(complete_options(load_options({**values, "secret": SECRET}), 3001))
    assert auth.context.in_production
    assert auth.context.rate_limiter.enabled
    refuse_public_development(auth.options, "0.0.0.0")
    assert development_notes(auth.options) == []


@pytest.mark.parametrize(("values", "reason"), DEVELOPMENT, ids=str)
def test_development_says_why(
    values: dict[str, Any], reason: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert decide_environment(load_options(values)) == ("development", reason)
    options = complete_options(load_options(values), 3001)
    assert options.secret
    assert options.mail.chosen_transport == "folder"
    assert not BetterAuth(options).context.in_production
    assert "DEVELOPMENT, not production, because" in "\n".join(development_notes(options))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "auth.example.com"])
def test_development_that_nobody_asked_for_is_not_shown_to_others(host: str) -> None:
    for values in ({}, {"base_url": "http://auth.example.com"}):
        with pytest.raises(ConfigurationError) as caught:
            refuse_public_development(load_options(values), host)
        assert f"listening on {host} exposes it to other machines. Set BETTER_AUTH_URL" in str(caught.value)
        refuse_public_development(load_options({**values, "environment": "development"}), host)
        for own in ("127.0.0.1", "::1", "localhost"):
            refuse_public_development(load_options(values), own)


async def test_the_log_says_so_at_the_start(make_auth: MakeAuth, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "betterauth"):
        await make_auth(base_url=None)
        assert "Development, because there is no base URL (BETTER_AUTH_URL): requests are not limited" in caplog.text
        caplog.clear()
        await make_auth(environment="development")
        await make_auth(base_url="https://auth.example.com")
        assert "Development" not in caplog.text
