"""Option values read from environment variables: `{ env = "NAME" }` instead of a string."""

from __future__ import annotations

from collections.abc import Mapping
from os import environ
from typing import Any, Final

from betterauth_py.errors import ConfigurationError

_KEY: Final = "env"


class EnvironmentText(str):
    """The value of a variable. It may be a secret, so errors and reprs show the variable's name instead."""

    __slots__ = ("variable",)
    variable: str

    def __new__(cls, value: str, variable: str) -> EnvironmentText:
        """Keep the value of `variable`."""
        made = super().__new__(cls, value)
        made.variable = variable
        return made

    def __repr__(self) -> str:
        """Return where the value comes from."""
        return f'{{ env = "{self.variable}" }}'

    def __reduce__(self) -> tuple[Any, ...]:
        """Let it be copied."""
        return EnvironmentText, (str(self), self.variable)


def is_reference(value: Any) -> bool:
    """Return whether a value is `{ env = "NAME" }`."""
    return isinstance(value, Mapping) and set(value) == {_KEY}


def read_reference(value: Mapping[str, Any], path: str) -> EnvironmentText:
    """Return the value of the variable that `value` names; `.env` is included if it is read.

    Raises:
        ConfigurationError: if the variable is not set, or no name is given.
    """
    variable = value[_KEY]
    if not isinstance(variable, str) or not variable:
        raise ConfigurationError(f'Option `{path}.{_KEY}` must be the name of a variable, as in {{ env = "NAME" }}.')
    text = environ.get(variable)
    if not text:
        raise ConfigurationError(f"Option `{path}`: the environment variable {variable} is not set. Set it.")
    return EnvironmentText(text, variable)
