"""Options whose texts a configuration leaves to the environment: `{ env = "NAME" }`."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from betterauth_py import BetterAuth, ConfigurationError
from betterauth_py.assembly.options import load_options
from betterauth_py.assembly.sources import read_service_values
from betterauth_py.javascript.json import stringify
from betterauth_py.plugins.jwt import jwt
from tests.conftest import SECRET

HIDDEN = "a text that nobody may see"


@pytest.fixture(autouse=True)
def variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_TEXT", HIDDEN)
    monkeypatch.setenv("MY_EMPTY", "")


FROM_MY_TEXT = {"env": "MY_TEXT"}


def test_a_text_is_read_from_the_environment_in_groups_lists_tables_and_plugins() -> None:
    options = load_options(
        {
            "secret": FROM_MY_TEXT,
            "secrets": [{"version": 1, "value": FROM_MY_TEXT}],
            "mail": {"smtp": {"password": FROM_MY_TEXT}},
            "trusted_origins": ["https://a.example", FROM_MY_TEXT],
            "user": {"fields": {"email": FROM_MY_TEXT}},
        }
    )
    plugin_options: Any = jwt(jwt={"issuer": FROM_MY_TEXT})
    assert plugin_options.id == "jwt"
    assert isinstance(options.trusted_origins, list)
    found = [
        options.secret,
        options.secrets[0].value,
        options.mail.smtp.password,
        options.trusted_origins[1],
        options.user.fields["email"],
    ]
    assert found == [HIDDEN] * 5


def test_a_file_names_variables_that_dotenv_sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("SET_IN_DOTENV=https://app.example.com\n")
    (tmp_path / "betterauth.toml").write_text('app_url = { env = "SET_IN_DOTENV" }\n')
    monkeypatch.setenv("SET_IN_DOTENV", "")
    monkeypatch.delenv("SET_IN_DOTENV")
    assert load_options(read_service_values()).app_url == "https://app.example.com"


def test_a_choice_of_texts_is_read_and_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_LEVEL", "debug")
    assert load_options({"logger": {"level": {"env": "MY_LEVEL"}}}).logger.level == "debug"
    with pytest.raises(ConfigurationError) as raised:
        load_options({"logger": {"level": FROM_MY_TEXT}})
    assert str(raised.value) == (
        "Option `logger.level` must be 'debug' or 'info' or 'warn' or 'warning' or 'error', "
        "which the environment variable MY_TEXT is not."
    )


@pytest.mark.parametrize("name", ["MY_EMPTY", "MY_UNSET"])
@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"mail": {"smtp": {"password": "?"}}}, "mail.smtp.password"),
        ({"secrets": [{"version": 1, "value": "?"}]}, "secrets[0].value"),
        ({"trusted_origins": ["?"]}, "trusted_origins[0]"),
        ({"plugins": {"jwt": {"jwt": {"issuer": "?"}}}}, "plugins.jwt.jwt.issuer"),
    ],
)
def test_an_unset_variable_is_an_error_that_names_option_and_variable(values: Any, path: str, name: str) -> None:
    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: filled(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [filled(inner) for inner in value]
        return {"env": name} if value == "?" else value

    with pytest.raises(ConfigurationError) as raised:
        load_options(filled(values))
    assert str(raised.value) == f"Option `{path}`: the environment variable {name} is not set. Set it."


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"app_name": {"env": 3}}, 'Option `app_name.env` must be the name of a variable, as in { env = "NAME" }.'),
        ({"app_name": {"env": "MY_TEXT", "more": 1}}, "Option `app_name` must be a string, not a table."),
        ({"landing_page": FROM_MY_TEXT}, "Option `landing_page` must be true or false, not a table."),
        ({"database_hooks": FROM_MY_TEXT}, "Unknown option `database_hooks.env`."),
    ],
)
def test_only_a_string_is_left_to_the_environment(values: Any, message: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        load_options(values)
    assert str(raised.value).startswith(message)


@pytest.mark.parametrize(
    "values",
    [
        {"base_url": FROM_MY_TEXT},
        {"base_path": FROM_MY_TEXT},
        {"base_url": "https://a.example", "trusted_origins": [FROM_MY_TEXT]},
        {"database": {"url": FROM_MY_TEXT}},
        {"mail": {"sender": FROM_MY_TEXT, "transport": "console"}},
        {"mail": {"default_language": FROM_MY_TEXT, "transport": "console"}},
        {"mail": {"smtp": {"url": FROM_MY_TEXT}, "transport": "smtp"}},
        {"plugins": {"jwt": {"jwks": {"jwks_path": FROM_MY_TEXT}}}},
    ],
    ids=str,
)
def test_an_error_about_the_value_does_not_show_it(values: Any) -> None:
    with pytest.raises(ConfigurationError) as raised:
        BetterAuth(**{"secret": SECRET, **values})
    assert HIDDEN not in str(raised.value)


def test_reprs_show_the_variable_and_not_its_value() -> None:
    options = load_options({"app_name": FROM_MY_TEXT, "user": {"fields": {"email": FROM_MY_TEXT}}})
    assert HIDDEN not in repr(options)
    assert 'app_name={ env = "MY_TEXT" }' in repr(options)


def test_the_text_is_a_text_wherever_it_goes() -> None:
    text = load_options({"app_name": FROM_MY_TEXT}).app_name
    assert stringify({"name": text}) == b'{"name":"' + HIDDEN.encode() + b'"}'
    assert copy.deepcopy(text) == text == HIDDEN
