"""Every setting and option by a variable of the environment, and what is said where one is wrong."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from betterauth_py.assembly.options import load_options
from betterauth_py.assembly.sources import read_service_values
from betterauth_py.cli.settings import SETTINGS, ServeSettings, read_settings, to_environment
from betterauth_py.errors import ConfigurationError
from betterauth_py.options.variables import OWN_NAMES, misspelt_variables, option_variables
from tests.cli.command import ROOT, free_port, run, serving

SAMPLES = {
    "config": "some.toml", "host": "0.0.0.0", "port": "8080", "workers": "4", "reload": "1", "log_level": "debug",
    "log_format": "json", "access_log": "true", "root_path": "/auth", "drain": "2.5", "grace": "20",
    "keep_alive": "620", "header_timeout": "5", "body_timeout": "30", "max_header_size": "16384", "max_headers": "50",
}  # fmt: skip


def test_every_setting_has_a_variable_that_is_read_and_handed_on() -> None:
    given = {setting.variable: SAMPLES[setting.name] for setting in SETTINGS}
    read = read_settings({}, given)
    assert [name for name, value in vars(read).items() if value == getattr(ServeSettings(), name)] == []
    assert read_settings({}, to_environment(read)) == read


def test_an_argument_wins_over_its_variable_and_an_empty_variable_sets_nothing() -> None:
    assert read_settings({"port": 4000}, {"PORT": "5000", "HOST": ""}) == ServeSettings(port=4000)


def test_host_and_port_by_environment_are_listened_on(tmp_path: Path) -> None:
    port = free_port()
    with serving(tmp_path, port=port, HOST="localhost", BETTER_AUTH_KEEP_ALIVE="9") as server:
        assert server.ask("GET", "/api/auth/ok").status == 200
    (tmp_path / ".env").write_text(f"PORT={port}\n")
    done = run(tmp_path, "serve", BETTER_AUTH_WORKERS="none")
    assert done.stderr == "betterauth: Variable BETTER_AUTH_WORKERS: 'none' is not a whole number; give 1 or more.\n"


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"PORT": "http"}, "Variable PORT: 'http' is not a port; give a number from 1 to 65535."),
        (
            {"HOST": "no.such.host.invalid", "BETTER_AUTH_ENV": "test"},
            "Cannot listen on 'no.such.host.invalid': there is no such address.",
        ),
        ({"BETTER_AUTH_DRAIN": "5s"}, "Variable BETTER_AUTH_DRAIN: '5s' is not a time; give seconds, 0 or more"),
        ({"BETTER_AUTH_LOG_FORMAT": "xml"}, "Variable BETTER_AUTH_LOG_FORMAT: 'xml' is none of human, json."),
        ({"BETTER_AUTH_ROOT_PATH": "auth"}, "'auth' is not a path; it begins with a slash, such as /auth"),
        (
            {"NODE_ENV": "staging"},
            "Variable NODE_ENV is 'staging', but a server is in production, development or test.",
        ),
        ({"BETTER_AUTH_RATE_LIMIT_MAX": "many"}, "Variable BETTER_AUTH_RATE_LIMIT_MAX must be a whole number."),
        ({"BETTER_AUTH_SESSION_COOKIE_CACHE_ENABLED": "ja"}, "must be true or false."),
    ],
)
def test_a_wrong_variable_is_named_with_what_it_takes(tmp_path: Path, variables: dict[str, str], message: str) -> None:
    done = run(tmp_path, "serve", **{"PORT": str(free_port()), **variables})
    assert done.returncode == 1
    assert done.stderr.startswith("betterauth: ")
    assert done.stderr.count("\n") == 1
    assert message in done.stderr


def test_options_come_from_the_environment_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("betterauth.toml").write_text(
        "[session]\nexpires_in = 60\nupdate_age = 10\n[email_and_password]\nenabled = true\n"
    )
    for name, value in {
        "SESSION_EXPIRES_IN": "3600",
        "SESSION_COOKIE_CACHE_STRATEGY": "jwe",
        "RATE_LIMIT_ENABLED": "true",
        "DISABLED_PATHS": "/sign-up/email, /update-user",
        "DATABASE_CONNECT_TIMEOUT": "2.5",
        "EMAIL_AND_PASSWORD_ENABLED": "false",
        "ADVANCED_DISABLE_ORIGIN_CHECK": "/a,/b",
    }.items():
        monkeypatch.setenv(f"BETTER_AUTH_{name}", value)
    options = load_options(read_service_values())
    assert (options.session.expires_in, options.session.update_age) == (3600, 10)
    assert options.session.cookie_cache.strategy == "jwe"
    assert options.rate_limit.enabled is True
    assert options.disabled_paths == ["/sign-up/email", "/update-user"]
    assert options.database.connect_timeout == 2.5
    assert options.email_and_password.enabled is False
    assert options.advanced.disable_origin_check == ["/a", "/b"]


def test_every_variable_belongs_to_an_option_that_takes_its_text() -> None:
    for name, variable in option_variables().items():
        assert name not in OWN_NAMES.values()
        value: Any = "package.module:function"
        try:
            value = variable.read("1")
        except ConfigurationError as error:
            value = re.findall(r"'([^']+)'", str(error))[0]
        assert variable.read(str(value) if not isinstance(value, list) else ",".join(value)) == value, name


def test_a_misspelt_variable_is_named_in_the_log(tmp_path: Path) -> None:
    assert misspelt_variables({"BETTER_AUTH_TELEMETRY": "0", "BETTER_AUTH_PORT": "1"}, {"PORT"}) == []
    with serving(tmp_path, BETTER_AUTH_SESION_EXPIRES_IN="60") as server:
        assert (
            "Variable BETTER_AUTH_SESION_EXPIRES_IN is not known and has no effect. "
            "Did you mean BETTER_AUTH_SESSION_EXPIRES_IN?" in server.printed
        )


def test_every_variable_is_in_the_documents() -> None:
    pages = [ROOT / "docs" / "configuration.md", *(ROOT / "docs" / "configuration").rglob("*.md")]
    text = "".join(page.read_text(encoding="utf-8") for page in pages)
    names = [*option_variables(), *OWN_NAMES.values(), *(setting.variable for setting in SETTINGS)]
    assert [name for name in names if f"`{name}`" not in text] == []


def test_the_version_can_be_asked_for_as_an_option_too(tmp_path: Path) -> None:
    assert run(tmp_path, "--version").stdout == run(tmp_path, "version").stdout != ""
