"""The options of the username plugin: better-auth's `username({...})` with its names in snake_case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from betterauth_py.plugins import ColumnsOptions, ConfigurationError, MaybeAwaitable

PATH = "plugins.username"
Order = Literal["pre-normalization", "post-normalization"]
_SHORTEST, _LONGEST = 3, 30


@dataclass(frozen=True, kw_only=True)
class ValidationOrderOptions:
    """Whether names are judged as they are given, or as they are stored."""

    username: Order = "pre-normalization"
    """The username."""
    display_username: Order = "pre-normalization"
    """The display username."""


@dataclass(frozen=True, kw_only=True)
class SchemaOptions:
    """Names in the database."""

    user: ColumnsOptions = field(default_factory=ColumnsOptions)
    """The columns of the user table."""


@dataclass(frozen=True, kw_only=True)
class UsernameOptions:
    """Signing in with a username, from the `username` plugin; see [plugins/username.md](plugins/username.md)."""

    min_username_length: int = _SHORTEST
    """The fewest characters of a username (UTF-16 units, as JavaScript counts). 0 stands for 3."""
    max_username_length: int = _LONGEST
    """The most characters of a username. 0 stands for 30."""
    username_validator: Callable[[str], MaybeAwaitable[bool]] | None = None
    """Tells whether a username may be chosen. Unset: letters, digits, `_` and `.` of ASCII."""
    display_username_validator: Callable[[str], MaybeAwaitable[bool]] | None = None
    """Tells whether a display username may be chosen. Unset: any may."""
    username_normalization: bool | Callable[[str], str] = True
    """Makes of a username what is stored and looked for. True: lower case; false: it stays as it is."""
    display_username_normalization: Callable[[str], str] | Literal[False] | None = None
    """Makes of a display username what is stored. Unset or false: it stays as it is."""
    validation_order: ValidationOrderOptions = field(default_factory=ValidationOrderOptions)
    """Whether names are judged as they are given, or as they are stored."""
    immutable_username: bool = False
    """Whether users who have a username cannot choose another; an update with null clears it, as in better-auth."""
    display_username: bool = True
    """Whether there is a column `displayUsername` with the name as its user wrote it."""
    schema: SchemaOptions = field(default_factory=SchemaOptions)
    """Names in the database."""

    @property
    def shortest(self) -> int:
        """The fewest characters that count."""
        return self.min_username_length or _SHORTEST

    @property
    def longest(self) -> int:
        """The most characters that count."""
        return self.max_username_length or _LONGEST


def check_options(options: UsernameOptions) -> None:
    """Refuse what cannot work.

    Raises:
        ConfigurationError: naming the option, the problem and the fix.
    """
    for name in ("min_username_length", "max_username_length"):
        if getattr(options, name) < 0:
            raise ConfigurationError(f"Option `{PATH}.{name}` is below 0. Give a number of characters.")
    if options.shortest > options.longest:
        raise ConfigurationError(
            f"Option `{PATH}.max_username_length`: {options.longest} is less than `min_username_length`, "
            f"{options.shortest}. No username would do; raise it."
        )
