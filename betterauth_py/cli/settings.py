"""The settings of `betterauth serve`, each declared once: as an argument and as an environment variable."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from betterauth_py.errors import ConfigurationError
from betterauth_py.serving.limits import ConnectionLimits

DRAIN_SECONDS: Final = 5.0
"""Default seconds that a server in production drains: longer than most proxies need to notice."""
_LIMITS: Final = ConnectionLimits()


@dataclass(frozen=True, kw_only=True)
class ServeSettings:
    """What the command line and the environment set. Times are in seconds, sizes in bytes."""

    config: Path | None = None
    host: str = "127.0.0.1"
    port: int = 3001
    workers: int = 1
    reload: bool = False
    log_level: str | None = None
    log_format: str | None = None
    access_log: bool | None = None
    root_path: str = ""
    drain: float | None = None
    grace: float = 10.0
    keep_alive: float = _LIMITS.keep_alive
    header_timeout: float = _LIMITS.header_timeout
    body_timeout: float = _LIMITS.body_timeout
    max_header_size: int = _LIMITS.max_header_size
    max_headers: int = _LIMITS.max_headers


@dataclass(frozen=True)
class Setting:
    """One setting."""

    name: str
    """Its field in `ServeSettings`; the argument has dashes instead of underscores."""

    variable: str
    read: Callable[[str], Any]
    """Parses the value; raises `ArgumentTypeError`. With `_switch` the argument takes no value."""

    help: str
    metavar: str | None = None
    choices: tuple[str, ...] | None = None

    @property
    def flag(self) -> str:
        """The argument."""
        return f"--{self.name.replace('_', '-')}"

    @property
    def is_switch(self) -> bool:
        """Whether the argument takes no value."""
        return self.read is _switch


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text[:6]) < 65536):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; give a number from 1 to 65535")
    return int(text)


def positive(text: str) -> int:
    """Read a whole number from 1 on."""
    if not (text.isascii() and text.isdecimal() and int(text[:12]) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number; give 1 or more")
    return int(text[:12])


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < 1e9:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time; give seconds, 0 or more, such as 30")
    return seconds


def _some_seconds(text: str) -> float:
    seconds = _seconds(text)
    if seconds < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is too short; give 1 second or more")
    return seconds


def _root_path(text: str) -> str:
    if text in {"", "/"}:
        return ""
    if not text.startswith("/") or not text.isascii() or "?" in text or "#" in text:
        raise argparse.ArgumentTypeError(f"{text!r} is not a path; it begins with a slash, such as /auth")
    return text.rstrip("/")


def _switch(text: str) -> bool:
    value = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if text.lower() not in value:
        raise argparse.ArgumentTypeError(f"{text!r} is neither true nor false; give 1 or 0")
    return value[text.lower()]


SETTINGS: Final = (
    Setting(
        "config", "BETTER_AUTH_CONFIG", Path, "configuration file (default: betterauth.toml, if there is one)", "FILE"
    ),
    Setting("host", "HOST", str, "address to listen on; 0.0.0.0 or :: for all (default: 127.0.0.1)"),
    Setting("port", "PORT", _port, "port to listen on (default: 3001)"),
    Setting("workers", "BETTER_AUTH_WORKERS", positive, "processes (default: 1)", "N"),
    Setting("reload", "BETTER_AUTH_RELOAD", _switch, "restart when code changes (development)"),
    Setting(
        "log_level",
        "BETTER_AUTH_LOG_LEVEL",
        str,
        "lowest level to log",
        choices=("debug", "info", "warn", "warning", "error"),
    ),
    Setting(
        "log_format",
        "BETTER_AUTH_LOG_FORMAT",
        str,
        "text for people, or one JSON object per line",
        choices=("human", "json"),
    ),
    Setting("access_log", "BETTER_AUTH_ACCESS_LOG", _switch, "log every request"),
    Setting(
        "root_path",
        "BETTER_AUTH_ROOT_PATH",
        _root_path,
        "prefix that a proxy in front strips from every path, such as /auth",
        "PATH",
    ),
    Setting(
        "drain",
        "BETTER_AUTH_DRAIN",
        _seconds,
        "seconds after SIGTERM in which requests are still accepted while /health/ready answers 503 "
        f"(default: {DRAIN_SECONDS:g} in production, otherwise 0)",
        "SECONDS",
    ),
    Setting(
        "grace",
        "BETTER_AUTH_GRACE",
        _some_seconds,
        "seconds after draining that running requests may take (default: 10)",
        "SECONDS",
    ),
    Setting(
        "keep_alive",
        "BETTER_AUTH_KEEP_ALIVE",
        _some_seconds,
        "seconds that an idle connection is kept; must be longer than the proxy keeps it "
        f"(default: {_LIMITS.keep_alive:g})",
        "SECONDS",
    ),
    Setting(
        "header_timeout",
        "BETTER_AUTH_HEADER_TIMEOUT",
        _some_seconds,
        f"seconds that the headers of a request may take (default: {_LIMITS.header_timeout:g})",
        "SECONDS",
    ),
    Setting(
        "body_timeout",
        "BETTER_AUTH_BODY_TIMEOUT",
        _some_seconds,
        f"seconds that a whole request may take to arrive (default: {_LIMITS.body_timeout:g})",
        "SECONDS",
    ),
    Setting(
        "max_header_size",
        "BETTER_AUTH_MAX_HEADER_SIZE",
        positive,
        f"maximum bytes of request line and headers, otherwise 431 (default: {_LIMITS.max_header_size})",
        "BYTES",
    ),
    Setting(
        "max_headers",
        "BETTER_AUTH_MAX_HEADERS",
        positive,
        f"maximum number of headers, otherwise 431 (default: {_LIMITS.max_headers})",
        "N",
    ),
)
BY_NAME: Final = {setting.name: setting for setting in SETTINGS}


def add_setting(parser: argparse.ArgumentParser, name: str) -> None:
    """Add the argument of a setting; without it the environment decides."""
    setting = BY_NAME[name]
    text = f"{setting.help} [{setting.variable}]".replace("%", "%%")
    if setting.is_switch:
        parser.add_argument(setting.flag, action="store_const", const=True, help=text)
    else:
        parser.add_argument(
            setting.flag, type=setting.read, choices=setting.choices, metavar=setting.metavar, help=text
        )


def read_settings(given: Mapping[str, Any], env: Mapping[str, str]) -> ServeSettings:
    """Return the settings: from arguments, then from environment variables, then the defaults.

    Raises:
        ConfigurationError: naming the variable, if one does not have its form.
    """
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        if (argument := given.get(setting.name)) is not None:
            values[setting.name] = argument
        elif text := env.get(setting.variable, "").strip():
            values[setting.name] = _from_environment(setting, text)
    return ServeSettings(**values)


def to_environment(settings: ServeSettings) -> dict[str, str]:
    """Return the environment variables with these settings, for worker processes."""
    values = ((setting.variable, getattr(settings, setting.name)) for setting in SETTINGS)
    return {name: str(value) for name, value in values if value is not None}


def _from_environment(setting: Setting, text: str) -> Any:
    try:
        if setting.choices and text not in setting.choices:
            raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(setting.choices)}")
        return setting.read(text)
    except argparse.ArgumentTypeError as error:
        raise ConfigurationError(f"Variable {setting.variable}: {error}.") from None
