"""Checks that run once a value has the right type, and changes to the value between them.

Messages and order are zod 4's. `message` replaces the text, as the argument of zod's method does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Any, Final

from betterauth_py.javascript.values import UNDEFINED, trim
from betterauth_py.wire.coercion import to_number
from betterauth_py.wire.validation.schema import Issue, JSONSchema, Path

_MAX_SAFE_INTEGER: Final = 2**53 - 1
_UNITS: Final = {"string": " characters", "array": " items"}
_URL_LOSES: Final = str.maketrans("", "", "\t\n\r")


class Check:
    """One check of a value, or one change to it."""

    measures_length = False
    """Whether it runs on everything with a length, even if the type is wrong (zod's `when`)."""

    @property
    def most_items(self) -> float:
        """An array with more items is refused before they are read."""
        return inf

    def apply(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """Return the value, changed if that is the purpose; append problems to `issues`."""
        raise NotImplementedError

    def describe(self, schema: JSONSchema) -> None:
        """Add the check to a JSON Schema, as far as that can express it."""


def has_length(value: Any) -> bool:
    """Return whether JavaScript's `length` of the value is defined."""
    return isinstance(value, str | list) or (
        isinstance(value, dict) and value.get("length", UNDEFINED) is not UNDEFINED
    )


def length_of(value: Any) -> float:
    """Return the characters of a string, the items of a list, or an object's own `length` as a number."""
    return to_number(value["length"]) if isinstance(value, dict) else len(value)


def _origin(value: Any) -> str:
    match value:
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "unknown"


def _sized(verdict: str, value: Any, relation: str, limit: int) -> str:
    origin = _origin(value)
    unit = _UNITS.get(origin)
    size = f"to have {relation}{limit}{unit}" if unit else f"to be {relation}{limit}"
    return f"Too {verdict}: expected {origin} {size}"


@dataclass(frozen=True, slots=True)
class MinLength(Check):
    """At least this many characters or items."""

    minimum: int
    message: str | None = None
    measures_length = True

    def apply(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Check.apply`."""
        if not length_of(value) >= self.minimum:
            issues.append(Issue(path, self.message or _sized("small", value, ">=", self.minimum)))
        return value

    def describe(self, schema: JSONSchema) -> None:
        """See `Check.describe`."""
        schema["minItems" if schema.get("type") == "array" else "minLength"] = self.minimum


@dataclass(frozen=True, slots=True)
class MaxLength(Check):
    """At most this many characters or items."""

    maximum: int
    message: str | None = None
    measures_length = True

    @property
    def most_items(self) -> float:
        """See `Check.most_items`."""
        return self.maximum

    def apply(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Check.apply`."""
        if not length_of(value) <= self.maximum:
            issues.append(Issue(path, self.message or _sized("big", value, "<=", self.maximum)))
        return value

    def describe(self, schema: JSONSchema) -> None:
        """See `Check.describe`."""
        schema["maxItems" if schema.get("type") == "array" else "maxLength"] = self.maximum


@dataclass(frozen=True, slots=True)
class Length(Check):
    """Exactly this many characters or items."""

    length: int
    message: str | None = None
    measures_length = True

    @property
    def most_items(self) -> float:
        """See `Check.most_items`."""
        return self.length

    def apply(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Check.apply`."""
        length = length_of(value)
        if length != self.length:
            verdict = "big" if length > self.length else "small"
            issues.append(Issue(path, self.message or _sized(verdict, value, "exactly ", self.length)))
        return value

    def describe(self, schema: JSONSchema) -> None:
        """See `Check.describe`."""
        MinLength(self.length).describe(schema)
        MaxLength(self.length).describe(schema)


@dataclass(frozen=True, slots=True)
class Overwrite(Check):
    """Changes the value; the checks after it get the changed one."""

    change: Callable[[Any], Any]

    def apply(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Check.apply`."""
        return self.change(value)


TRIM: Final = Overwrite(trim)
"""Removes white space at both ends."""
LOWER: Final = Overwrite(str.lower)
"""Lower case."""
UPPER: Final = Overwrite(str.upper)
"""Upper case."""


@dataclass(frozen=True, slots=True)
class Refine(Check):
    """A check by a function; `path` leads from the value to the place of the issue."""

    accepts: Callable[[Any], bool]
    message: str = "Invalid input"
    path: Path = ()

    def apply(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Check.apply`."""
        if not self.accepts(value):
            issues.append(Issue((*path, *self.path), self.message))
        return value


@dataclass(frozen=True, slots=True)
class SuperRefine(Check):
    """A function that finds any number of issues, each a path from the value and a message."""

    find: Callable[[Any], list[tuple[Path, str]]]

    def apply(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Check.apply`."""
        issues.extend(Issue((*path, *place), message) for place, message in self.find(value))
        return value
