"""Options from nested mappings, and the sentences that tell what is wrong with them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betterauth_py import BetterAuth, ConfigurationError, Options, Plugin
from betterauth_py.assembly.options import load_options
from betterauth_py.options import (
    AdditionalField,
    CookieCacheOptions,
    EmailAndPasswordOptions,
    RateLimitDecision,
    RateLimitRule,
    Secret,
    SessionOptions,
)
from tests.conftest import SECRET

PLUGIN = Plugin(id="given")


def send_mail(data: dict[str, Any], request: Any) -> None:
    """Something to import."""


def make_plugin() -> Plugin:
    return Plugin(id="made")


class Storage:
    """A rate-limit storage to import."""

    async def consume(self, key: str, rule: RateLimitRule) -> RateLimitDecision:
        return RateLimitDecision(allowed=True)


def test_nothing_given_is_all_defaults() -> None:
    options = load_options({})
    assert options == Options(clock=options.clock)
    assert options.base_path == "/api/auth"
    assert options.session == SessionOptions(expires_in=604_800, update_age=86_400)
    assert options.email_and_password == EmailAndPasswordOptions(enabled=False, min_password_length=8)


def test_groups_are_filled_from_tables_at_any_depth() -> None:
    options = load_options(
        {
            "session": {"expires_in": 60, "cookie_cache": {"enabled": True, "strategy": "jwe"}},
            "user": {"additional_fields": {"age": {"type": "number", "required": False}}},
            "rate_limit": {"custom_rules": {"/a/*": {"window": 5, "max": 1}, "/b": False}},
            "secrets": [{"version": 2, "value": "two"}, {"version": 1, "value": "one"}],
            "database": {"connect_timeout": 3},
        }
    )
    assert options.session == SessionOptions(
        expires_in=60, cookie_cache=CookieCacheOptions(enabled=True, strategy="jwe")
    )
    assert options.user.additional_fields == {"age": AdditionalField(type="number", required=False)}
    assert options.rate_limit.custom_rules == {"/a/*": RateLimitRule(window=5, max=1), "/b": False}
    assert options.secrets == [Secret(version=2, value="two"), Secret(version=1, value="one")]
    assert options.database.connect_timeout == 3.0


def test_objects_may_stand_where_tables_may() -> None:
    session = SessionOptions(expires_in=60)
    assert load_options({"session": session, "plugins": [PLUGIN]}).session is session
    assert load_options({"plugins": [PLUGIN]}).plugins == [PLUGIN]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"base_urll": "x"}, "Unknown option `base_urll`. Did you mean `base_url`?"),
        ({"baseURL": "x"}, "Unknown option `baseURL`. Did you mean `base_url`?"),
        ({"basePath": "x"}, "Unknown option `basePath`. Did you mean `base_path`?"),
        ({"emailAndPassword": {}}, "Unknown option `emailAndPassword`. Did you mean `email_and_password`?"),
        ({"trustedOrigins": []}, "Unknown option `trustedOrigins`. Did you mean `trusted_origins`?"),
        ({"rateLimit": {}}, "Unknown option `rateLimit`. Did you mean `rate_limit`?"),
        ({"onAPIError": {}}, "Unknown option `onAPIError`. Did you mean `on_api_error`?"),
        ({"databaseHooks": {}}, "Unknown option `databaseHooks`. Did you mean `database_hooks`?"),
        (
            {"session": {"cookieCache": {}}},
            "Unknown option `session.cookieCache`. Did you mean `cookie_cache`?",
        ),
        (
            {"session": {"cookie_cache": {"maxAge": 1}}},
            "Unknown option `session.cookie_cache.maxAge`. Did you mean `max_age`?",
        ),
        (
            {"on_api_error": {"errorURL": "x"}},
            "Unknown option `on_api_error.errorURL`. Did you mean `error_url`?",
        ),
        (
            {"advanced": {"ipAddress": {}}},
            "Unknown option `advanced.ipAddress`. Did you mean `ip_address`?",
        ),
        (
            {"advanced": {"ip_address": {"ipv6Subnet": 1}}},
            "Unknown option `advanced.ip_address.ipv6Subnet`. Did you mean `ipv6_subnet`?",
        ),
        (
            {"user": {"additional_fields": {"age": {"type": "number", "defaultValue": 1}}}},
            "Unknown option `user.additional_fields.age.defaultValue`. Did you mean `default_value`?",
        ),
        (
            {"logger": {"zzz": 1}},
            "Unknown option `logger.zzz`. Known options here: "
            "access_log, disable_colors, disabled, format, level, log.",
        ),
    ],
)
def test_an_unknown_option_is_told_its_right_name(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_options(values)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"base_path": 5}, "Option `base_path` must be a string, not a whole number (5)."),
        ({"environment": "prod"}, "Option `environment` must be 'development' or 'production' or 'test', not 'prod'."),
        (
            {"session": {"expires_in": "soon"}},
            'Option `session.expires_in` must be a whole number of seconds, or a span such as "30m" or "7d", '
            "not a string ('soon').",
        ),
        (
            {"session": {"expires_in": 1.5}},
            'Option `session.expires_in` must be a whole number of seconds, or a span such as "30m" or "7d", not a nu',
        ),
        (
            {"session": {"expires_in": True}},
            'Option `session.expires_in` must be a whole number of seconds, or a span such as "30m" or "7d", not true',
        ),
        ({"session": []}, "Option `session` must be a table, not a list"),
        ({"email_and_password": {"enabled": "yes"}}, "Option `email_and_password.enabled` must be true or false"),
        ({"trusted_origins": ["a", 1]}, "Option `trusted_origins[1]` must be a string, not a whole number (1)."),
        ({"disabled_paths": "/x"}, "Option `disabled_paths` must be a list, not a string"),
        ({"session": {"cookie_cache": {"strategy": "JWE"}}}, "Option `session.cookie_cache.strategy` must be"),
        ({"rate_limit": {"custom_rules": {"/x": {"window": 1}}}}, "Option `rate_limit.custom_rules./x.max` is missing"),
        ({"user": {"additional_fields": {"age": {}}}}, "Option `user.additional_fields.age.type` is missing. Set it."),
        ({"secrets": [{"version": "1", "value": "x"}]}, "Option `secrets[0].version` must be a whole number"),
        ({"database": {"pool_size": "ten"}}, "Option `database.pool_size` must be a whole number, not a string"),
        ({"hooks": {"before": 5}}, "Option `hooks.before` must be a function, or its import string such as"),
    ],
)
def test_a_mistyped_value_is_told_what_it_should_be(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_options(values)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    "values",
    [
        {"secret": ["hidden-value"]},
        {"secrets": "1:hidden-value"},
        {"secrets": ["1:hidden-value"]},
        {"secrets": [{"version": 1, "value": {"x": "hidden-value"}}]},
        {"database": {"url": ["postgresql://u:hidden-value@host/db"]}},
        {"database": "postgresql://u:hidden-value@host/db"},
        {"database": ["postgresql://u:hidden-value@host/db"]},
        {"rate_limit": {"custom_storage": "redis://u:hidden-value@host/0"}},
        {"clock": "redis://u:hidden-value@host/0"},
        {"hooks": {"before": "https://u:hidden-value@host"}},
    ],
)
def test_a_complaint_never_shows_a_value_that_may_be_secret(values: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_options(values)
    assert "hidden-value" not in str(caught.value)


def test_import_strings_name_functions_plugins_and_storages() -> None:
    here = __name__
    options = load_options(
        {
            "email_verification": {"send_verification_email": f"{here}:send_mail"},
            "trusted_origins": f"{here}:send_mail",
            "plugins": [f"{here}:PLUGIN", f"{here}:make_plugin"],
            "rate_limit": {"custom_storage": f"{here}:Storage"},
        }
    )
    assert options.email_verification.send_verification_email is not None
    assert options.email_verification.send_verification_email.__name__ == "send_mail"
    assert callable(options.trusted_origins)
    assert [plugin.id for plugin in options.plugins] == ["given", "made"]
    assert type(options.rate_limit.custom_storage).__name__ == "Storage"


@pytest.mark.parametrize(
    ("import_string", "message"),
    [
        ("no.such.module:name", "Option `hooks.before`: cannot import 'no.such.module:name': No module named 'no'."),
        (
            "json:no_such_name",
            "Option `hooks.before`: cannot import 'json:no_such_name': module 'json' has no attribute",
        ),
        ("json", "Option `hooks.before`: 'json' is not an import string. Write 'package.module:attribute'."),
        ("json:", "Option `hooks.before`: the text is not an import string."),
        ("math:pi", "Option `hooks.before`: 'math:pi' is not a function."),
    ],
)
def test_an_import_string_that_leads_nowhere_is_told(import_string: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_options({"hooks": {"before": import_string}})
    assert str(caught.value).startswith(message)


@given(st.dictionaries(st.text(max_size=20), st.none() | st.integers() | st.text() | st.lists(st.text()), max_size=3))
def test_whatever_is_given_is_loaded_or_refused_in_words(values: dict[str, Any]) -> None:
    try:
        loaded: Any = load_options(values)
    except ConfigurationError as error:
        loaded = error
    assert isinstance(loaded, Options) or str(loaded).startswith(("Option `", "Unknown option `"))


def test_an_options_object_and_keywords_do_not_mix() -> None:
    with pytest.raises(ConfigurationError, match="either an Options object or keyword arguments, not both"):
        BetterAuth(Options(secret=SECRET), base_path="/x")
    assert BetterAuth(Options(secret=SECRET)).options.secret == SECRET
