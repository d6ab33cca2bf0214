"""Groups of options told apart by a tag, and lists of groups."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from betterauth_py import ConfigurationError
from betterauth_py.options.load import load_value

PATH = "plugins.captcha"


@dataclass(frozen=True, kw_only=True)
class Hcaptcha:
    provider: Literal["hcaptcha"]
    secret_key: str = field(repr=False)
    site_key: str | None = None


@dataclass(frozen=True, kw_only=True)
class Recaptcha:
    provider: Literal["recaptcha-v3", "recaptcha"]
    secret_key: str = field(repr=False)
    min_score: float = 0.5


@dataclass(frozen=True, kw_only=True)
class InDatabase:
    storage: Literal["database"] = "database"
    table: str = "apikey"


@dataclass(frozen=True, kw_only=True)
class InMemory:
    storage: Literal["memory"] = "memory"
    max_entries: int = 10


@dataclass(frozen=True, kw_only=True)
class Configuration:
    config_id: str = "default"
    storage: InDatabase | InMemory = field(default_factory=InDatabase)
    own: InDatabase | InMemory | None = None


@dataclass(frozen=True, kw_only=True)
class ApiKeys:
    configurations: list[Configuration] = field(default_factory=list)


CAPTCHA: Any = Hcaptcha | Recaptcha
API_KEY: Any = Configuration | list[Configuration]


def refusal(hint: Any, value: Any, path: str = PATH) -> str:
    with pytest.raises(ConfigurationError) as raised:
        load_value(hint, value, path)
    return str(raised.value)


def test_the_tag_says_which_group_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAPTCHA_KEY", "k")
    key = {"secret_key": {"env": "CAPTCHA_KEY"}}
    assert load_value(CAPTCHA, {"provider": "hcaptcha", **key}, PATH) == Hcaptcha(provider="hcaptcha", secret_key="k")
    made = load_value(CAPTCHA, {"provider": "recaptcha", "min_score": 1, **key}, PATH)
    assert made == Recaptcha(provider="recaptcha", secret_key="k", min_score=1.0)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({}, "`plugins.captcha.provider` is missing. Set it to 'hcaptcha' or 'recaptcha-v3' or 'recaptcha'."),
        (
            {"provider": "hcapcha", "secret_key": "k"},
            "`plugins.captcha.provider` must be 'hcaptcha' or 'recaptcha-v3' or 'recaptcha'.",
        ),
        ({"provider": 3}, "`plugins.captcha.provider` must be 'hcaptcha' or 'recaptcha-v3' or 'recaptcha'."),
        ({"provider": "hcaptcha"}, "`plugins.captcha.secret_key` is missing for `provider` 'hcaptcha'. Set it."),
        (
            {"provider": "recaptcha", "secret_key": 3},
            "`plugins.captcha.secret_key` must be a string, not a whole number.",
        ),
    ],
)
def test_errors_name_the_path_and_the_tag(value: Any, message: str) -> None:
    assert refusal(CAPTCHA, value) == f"Option {message}"


def test_an_option_of_another_tag_is_refused_with_those_of_this_one() -> None:
    said = refusal(CAPTCHA, {"provider": "hcaptcha", "secret_key": "k", "min_score": 0.3})
    assert said == (
        "Unknown option `plugins.captcha.min_score` for `provider` 'hcaptcha'. "
        "Known options here: provider, secret_key, site_key."
    )


def test_without_a_tag_its_default_says_which_group_is_meant() -> None:
    assert load_value(Configuration, {"own": {"table": "keys"}}, "x").own == InDatabase(table="keys")
    assert load_value(Configuration, {"own": {"storage": "memory"}}, "x").own == InMemory()
    assert load_value(Configuration, {"own": None}, "x").own is None
    assert load_value(Configuration, {"own": InMemory()}, "x").own == InMemory()


def test_a_group_may_be_a_list_of_groups_with_groups_in_them() -> None:
    made = load_value(
        ApiKeys, {"configurations": [{"config_id": "a", "storage": {"storage": "memory", "max_entries": 3}}, {}]}, "x"
    )
    assert made.configurations == [Configuration(config_id="a", storage=InMemory(max_entries=3)), Configuration()]


def test_a_plugin_may_take_one_group_or_a_list_of_them() -> None:
    assert load_value(API_KEY, {"config_id": "a"}, "x") == Configuration(config_id="a")
    assert load_value(API_KEY, [{"config_id": "a"}], "x") == [Configuration(config_id="a")]


@pytest.mark.parametrize(
    ("hint", "value", "message"),
    [
        (
            ApiKeys,
            {"configurations": [{}, {"config_ids": "a"}]},
            "Unknown option `plugins.captcha.configurations[1].config_ids`. Did you mean `config_id`?",
        ),
        (
            ApiKeys,
            {"configurations": [{"own": {"storage": "memory", "max_entries": "3"}}]},
            "Option `plugins.captcha.configurations[0].own.max_entries` must be a whole number, not a string ('3').",
        ),
        (
            ApiKeys,
            {"configurations": {"config_id": "a"}},
            "Option `plugins.captcha.configurations` must be a list, not a table.",
        ),
        (
            API_KEY,
            [{"config_id": "a"}, {"config_id": 3}],
            "Option `plugins.captcha[1].config_id` must be a string, not a whole number (3).",
        ),
        (API_KEY, {"config_id": 3}, "Option `plugins.captcha.config_id` must be a string, not a whole number (3)."),
    ],
)
def test_errors_have_the_full_path(hint: Any, value: Any, message: str) -> None:
    assert refusal(hint, value) == message


def test_groups_that_nothing_tells_apart_are_a_mistake_of_the_plugin() -> None:
    with pytest.raises(TypeError, match="Configuration, ApiKeys have no field of different `Literal` texts"):
        load_value(Configuration | ApiKeys, {}, "x")
