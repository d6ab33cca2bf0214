"""An environment variable for every option whose value fits in a line of text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from difflib import get_close_matches
from functools import cache
from types import UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from betterauth_py.errors import ConfigurationError
from betterauth_py.options.root import Options
from betterauth_py.options.time_spans import seconds_of
from betterauth_py.options.types import Seconds

OWN_NAMES: Final = {
    "base_url": "BETTER_AUTH_URL",
    "environment": "BETTER_AUTH_ENV",
    "secret": "BETTER_AUTH_SECRET",
    "secrets": "BETTER_AUTH_SECRETS",
    "trusted_origins": "BETTER_AUTH_TRUSTED_ORIGINS",
    "plugins": "BETTER_AUTH_PLUGINS",
    "database.url": "DATABASE_URL",
    "secondary_storage.url": "BETTER_AUTH_REDIS_URL",
    "mail.smtp.url": "BETTER_AUTH_SMTP_URL",
    "mail.smtp.password": "BETTER_AUTH_SMTP_PASSWORD",
    "mail.sender": "BETTER_AUTH_MAIL_SENDER",
    "mail.transport": "BETTER_AUTH_MAIL_TRANSPORT",
    "advanced.ip_address.trusted_proxies": "BETTER_AUTH_TRUSTED_PROXIES",
}
"""Options whose variables have a name or a meaning of their own; `options/environment.py` reads them."""
SHORT_NAMES: Final = {
    "logger.level": "BETTER_AUTH_LOG_LEVEL",
    "logger.format": "BETTER_AUTH_LOG_FORMAT",
    "logger.access_log": "BETTER_AUTH_ACCESS_LOG",
}
"""Options whose variables are those of the arguments of `betterauth serve`."""
_MAIL_SWITCH: Final = "BETTER_AUTH_MAIL_SEND_"
"""Prefix of the variables that turn mails off; plugins add mails."""
_WORDS: Final = {
    "true": True,
    "1": True,
    "yes": True,
    "on": True,
    "false": False,
    "0": False,
    "no": False,
    "off": False,
}


@dataclass(frozen=True)
class Variable:
    """One option as a variable."""

    name: str
    path: tuple[str, ...]
    kinds: tuple[Any, ...]
    """The type of its value: `bool`, `int`, `Seconds`, `float`, `str`, `list`, or allowed strings (`Literal`)."""

    def read(self, text: str) -> Any:
        """Return the value of a text.

        Raises:
            ConfigurationError: naming the variable and what it takes; the text may be a secret and is not repeated.
        """
        if bool in self.kinds and text.lower() in _WORDS and not (int in self.kinds and text.isdecimal()):
            return _WORDS[text.lower()]
        if list in self.kinds:
            return [entry.strip() for entry in text.split(",") if entry.strip()]
        readers: Mapping[Any, Callable[[str], Any]] = {int: int, float: float, Seconds: _seconds}
        for kind, read in readers.items():
            if kind in self.kinds:
                try:
                    return read(text)
                except ValueError:
                    continue
        choices = [choice for kind in self.kinds if get_origin(kind) is Literal for choice in get_args(kind)]
        if str in self.kinds or text in choices:
            return text
        raise ConfigurationError(f"Variable {self.name} must be {self._wanted(choices)}.")

    def _wanted(self, choices: list[Any]) -> str:
        words: Mapping[Any, str] = {
            bool: "true or false",
            int: "a whole number",
            float: "a number",
            Seconds: "a whole number of seconds, or a span such as 30m or 7d",
        }
        return " or ".join([*(word for kind, word in words.items() if kind in self.kinds), *map(repr, choices)])


@cache
def option_variables() -> Mapping[str, Variable]:
    """Return the variables of all options but those with `OWN_NAMES`, by name."""
    return {variable.name: variable for variable in _variables(Options, ())}


def variable_of(path: str) -> str | None:
    """Return the name of the variable that sets the option at `path`, such as `session.expires_in`."""
    name = _name(tuple(path.split(".")))
    return OWN_NAMES.get(path) or (name if name in option_variables() else None)


def with_option_variables(values: Mapping[str, Any], env: Mapping[str, str]) -> dict[str, Any]:
    """Return `values` (a nested option mapping) with the options that the environment sets.

    Raises:
        ConfigurationError: if a variable does not have its option's form.
    """
    for path, name in (OWN_NAMES | SHORT_NAMES).items():
        other = _long_name(tuple(path.split(".")))
        if other != name and env.get(other, "").strip():
            raise ConfigurationError(
                f"Variable {other} has no effect: the variable of `{path}` is {name}. Set that one."
            )
    merged = dict(values)
    for name, variable in option_variables().items():
        if text := env.get(name, "").strip():
            _put(merged, variable.path, variable.read(text))
    for name in sorted(env):
        if name.startswith(_MAIL_SWITCH) and (text := env[name].strip()):
            switch = Variable(name, ("mail", "send", name.removeprefix(_MAIL_SWITCH).lower()), (bool,))
            _put(merged, switch.path, switch.read(text))
    return merged


def misspelt_variables(env: Mapping[str, str], known: set[str]) -> list[str]:
    """Return a sentence for each unknown variable that looks like ours; `known` are those of the command line."""
    ours = {*option_variables(), *OWN_NAMES.values(), *known}
    told = []
    for name in sorted(env):
        if name.startswith("BETTER_AUTH_") and name not in ours and not name.startswith(_MAIL_SWITCH):
            close = get_close_matches(name, ours, n=1, cutoff=0.85)
            if close:
                told.append(f"Variable {name} is not known and has no effect. Did you mean {close[0]}?")
    return told


def _name(path: tuple[str, ...]) -> str:
    return SHORT_NAMES.get(".".join(path)) or _long_name(path)


def _long_name(path: tuple[str, ...]) -> str:
    return "_".join(("BETTER_AUTH", *path)).upper()


def _variables(group: type[Any], path: tuple[str, ...]) -> Iterator[Variable]:
    hints = get_type_hints(group, include_extras=True)
    for field in fields(group):
        here = (*path, field.name)
        if ".".join(here) in OWN_NAMES:
            continue
        choices = _choices(hints[field.name])
        for choice in choices:
            if is_dataclass(choice) and isinstance(choice, type):
                yield from _variables(choice, here)
        if kinds := tuple(kind for choice in choices for kind in _kinds(choice)):
            yield Variable(_name(here), here, kinds)


def _choices(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)


def _kinds(choice: Any) -> tuple[Any, ...]:
    """Return how a text is read as `choice`; nothing if it cannot be."""
    origin = get_origin(choice)
    if choice in {bool, int, float, str, Seconds}:
        return (choice,)
    if origin is Literal:
        texts = all(isinstance(argument, str) for argument in get_args(choice))
        return (choice,) if texts else tuple({type(argument) for argument in get_args(choice)})
    if origin is list and get_args(choice) == (str,):
        return (list,)
    # The import string of a function.
    return (str,) if origin is Callable else ()


def _seconds(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return seconds_of(text)


def _put(values: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Set the value at `path`; a group that is not a table is reported later."""
    group = values
    for name in path[:-1]:
        inner = group.get(name)
        if inner is not None and not isinstance(inner, Mapping):
            return
        group[name] = group = dict(inner or {})
    group[path[-1]] = value
