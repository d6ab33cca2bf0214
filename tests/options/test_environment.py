"""Settings from the environment, `.env` and TOML, and which of them wins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from betterauth_py import BetterAuth, ConfigurationError
from betterauth_py.assembly.sources import load_service_options
from betterauth_py.options import Secret
from betterauth_py.options.environment import parse_secrets, read_environment, read_toml, with_environment
from tests.conftest import SECRET

OTHER_SECRET = "Jx2p9Wq7Lr4Tn6Vb8Zc1Ym3Kd5Hf0GsE"


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: str, text: str) -> Path:
    Path(path).write_text(text, encoding="utf-8")
    return Path(path)


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({}, {}),
        ({"BETTER_AUTH_URL": "https://a.test"}, {"base_url": "https://a.test"}),
        ({"BETTER_AUTH_SECRET": "one", "AUTH_SECRET": "two"}, {"secret": "one"}),
        ({"AUTH_SECRET": "two"}, {"secret": "two"}),
        ({"BETTER_AUTH_SECRET": "", "AUTH_SECRET": "two"}, {"secret": "two"}),
        (
            {"BETTER_AUTH_SECRETS": "2:new, 1:o:ld"},
            {"secrets": [{"version": 2, "value": "new"}, {"version": 1, "value": "o:ld"}]},
        ),
        ({"BETTER_AUTH_ENV": "production", "NODE_ENV": "test"}, {"environment": "production"}),
        ({"NODE_ENV": "test"}, {"environment": "test"}),
        ({"NODE_ENV": "dev"}, {"environment": "development"}),
        ({"DATABASE_URL": "sqlite://"}, {"database": {"url": "sqlite://"}}),
        ({"BETTER_AUTH_REDIS_URL": "redis://a"}, {"secondary_storage": {"url": "redis://a"}}),
    ],
)
def test_every_variable_fills_its_option(variables: dict[str, str], said: dict[str, Any]) -> None:
    assert with_environment({}, variables, environment_wins=True) == said
    assert with_environment({}, variables, environment_wins=False) == said


def test_the_redis_of_the_environment_goes_into_the_table_but_not_into_an_object() -> None:
    variables = {"BETTER_AUTH_REDIS_URL": "redis://said"}
    table = {"secondary_storage": {"url": "redis://given", "key_prefix": "mine:"}}
    said = {"secondary_storage": {"url": "redis://said", "key_prefix": "mine:"}}
    assert with_environment(table, variables, environment_wins=True) == said
    assert with_environment(table, variables, environment_wins=False) == table
    of_ones_own = {"secondary_storage": object()}
    assert with_environment(of_ones_own, variables, environment_wins=True) == of_ones_own


def test_the_environment_wins_over_a_file_and_loses_to_python() -> None:
    values = {"base_url": "http://given.test", "secret": None, "database": {"url": "sqlite://", "pool_size": 3}}
    variables = {"BETTER_AUTH_URL": "http://said.test", "AUTH_SECRET": "said", "DATABASE_URL": "sqlite:///said.db"}
    assert with_environment(values, variables, environment_wins=True) == {
        "base_url": "http://said.test",
        "secret": "said",
        "database": {"url": "sqlite:///said.db", "pool_size": 3},
    }
    assert with_environment(values, variables, environment_wins=False) == {
        "base_url": "http://given.test",
        "secret": "said",
        "database": {"url": "sqlite://", "pool_size": 3},
    }


@pytest.mark.parametrize("text", ["secret-only", "x:hidden", "1:", "1:a,,2:b", ":a", "-1:hidden", "1.5:hidden"])
def test_versions_of_another_form_are_refused_without_being_shown(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"BETTER_AUTH_SECRETS: entry \d is not of the form") as caught:
        parse_secrets(text)
    assert "hidden" not in str(caught.value)
    assert "secret-only" not in str(caught.value)


def test_python_arguments_beat_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BETTER_AUTH_SECRET", OTHER_SECRET)
    monkeypatch.setenv("BETTER_AUTH_URL", "http://said.test/base")
    monkeypatch.setenv("BETTER_AUTH_TRUSTED_ORIGINS", "https://a.test, https://b.test,,")
    given = BetterAuth(secret=SECRET, base_url="http://given.test", trusted_origins=["https://own.test"])
    assert given.context.secrets.current == SECRET
    assert given.context.static_origins == ["http://given.test", "https://own.test", "https://a.test", "https://b.test"]
    said = BetterAuth()
    assert said.context.secrets.current == OTHER_SECRET
    assert (said.context.base_origin, said.context.base_path) == ("http://said.test", "/base")


def test_a_dot_env_file_fills_what_the_environment_does_not_say(monkeypatch: pytest.MonkeyPatch) -> None:
    write(".env", f"BETTER_AUTH_SECRET={OTHER_SECRET}\nBETTER_AUTH_URL='http://file.test'\nEMPTY\n")
    monkeypatch.setenv("BETTER_AUTH_URL", "http://shell.test")
    read = read_environment()
    assert (read["BETTER_AUTH_SECRET"], read["BETTER_AUTH_URL"]) == (OTHER_SECRET, "http://shell.test")
    assert "EMPTY" not in read
    options = load_service_options()
    assert (options.secret, options.base_url) == (OTHER_SECRET, "http://shell.test")


def test_the_service_reads_its_file_then_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    write(
        "betterauth.toml",
        f'base_url = "http://toml.test"\nsecret = "{SECRET}"\n[session]\nexpires_in = 60\n[database]\npool_size = 3\n',
    )
    monkeypatch.setenv("BETTER_AUTH_URL", "http://shell.test")
    monkeypatch.setenv("DATABASE_URL", "sqlite:///shell.db")
    options = load_service_options()
    assert (options.base_url, options.secret, options.session.expires_in) == ("http://shell.test", SECRET, 60)
    assert (options.database.url, options.database.pool_size) == ("sqlite:///shell.db", 3)
    assert options.email_and_password.enabled


def test_the_file_is_the_one_named_by_argument_then_variable_then_custom(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("betterauth.toml", "variable.toml", "argument.toml"):
        write(name, f'app_name = "{name}"')
    assert load_service_options().app_name == "betterauth.toml"
    monkeypatch.setenv("BETTER_AUTH_CONFIG", "variable.toml")
    assert load_service_options().app_name == "variable.toml"
    assert load_service_options(Path("argument.toml")).app_name == "argument.toml"


@pytest.mark.parametrize(
    ("text", "enabled"),
    [
        ("", True),
        ("[email_and_password]\nmin_password_length = 10", True),
        ("[email_and_password]\nenabled = false", False),
    ],
)
def test_the_service_turns_passwords_on_unless_told_otherwise(text: str, enabled: bool) -> None:
    write("betterauth.toml", text)
    assert load_service_options().email_and_password.enabled is enabled


def test_a_file_that_is_not_there_or_not_toml_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"Configuration file missing.toml does not exist. Name another one"):
        read_toml(Path("missing.toml"))
    with pytest.raises(ConfigurationError, match=r"Configuration file broken.toml is not valid TOML: .*line 2"):
        read_toml(write("broken.toml", "a = 1\nb = \n"))
    Path("latin.toml").write_bytes(b'a = "\xe4"')
    with pytest.raises(ConfigurationError, match=r"Configuration file latin.toml is not valid TOML"):
        read_toml(Path("latin.toml"))
    with pytest.raises(ConfigurationError, match=r"cannot be read: Is a directory"):
        read_toml(tmp_path)


def test_versions_from_the_environment_are_used_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BETTER_AUTH_SECRETS", f"2:{SECRET},1:{OTHER_SECRET}")
    auth = BetterAuth()
    assert auth.options.secrets == [Secret(version=2, value=SECRET), Secret(version=1, value=OTHER_SECRET)]
    assert auth.context.secrets.all == (SECRET, OTHER_SECRET)


@pytest.mark.parametrize(
    ("wrong", "path", "right"),
    [
        ("BETTER_AUTH_LOGGER_LEVEL", "logger.level", "BETTER_AUTH_LOG_LEVEL"),
        ("BETTER_AUTH_LOGGER_FORMAT", "logger.format", "BETTER_AUTH_LOG_FORMAT"),
        ("BETTER_AUTH_LOGGER_ACCESS_LOG", "logger.access_log", "BETTER_AUTH_ACCESS_LOG"),
        ("BETTER_AUTH_BASE_URL", "base_url", "BETTER_AUTH_URL"),
        ("BETTER_AUTH_DATABASE_URL", "database.url", "DATABASE_URL"),
    ],
)
def test_a_variable_that_goes_by_another_name_is_refused_with_it(wrong: str, path: str, right: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        with_environment({}, {wrong: "debug"}, environment_wins=True)
    assert str(caught.value) == f"Variable {wrong} has no effect: the variable of `{path}` is {right}. Set that one."


def test_the_log_has_one_variable_for_every_command() -> None:
    variables = {"BETTER_AUTH_LOG_LEVEL": "debug", "BETTER_AUTH_LOG_FORMAT": "json", "BETTER_AUTH_ACCESS_LOG": "1"}
    logger = with_environment({}, variables, environment_wins=True)["logger"]
    assert logger == {"level": "debug", "format": "json", "access_log": True}


@pytest.mark.parametrize("said", ["", "none", "None"])
def test_that_there_is_no_database_is_said(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    Path("betterauth.toml").write_text(f'secret = "{SECRET}"\n' + ("" if said else "database = false\n"))
    # Set by the platform, for something else.
    monkeypatch.setenv("DATABASE_URL", said or "postgresql://elsewhere/name")
    options = load_service_options()
    assert options.database.is_none
    assert options.session.cookie_cache.enabled
    assert not options.email_and_password.enabled
