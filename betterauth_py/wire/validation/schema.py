"""What every kind of schema shares: issues, the base class and the names zod gives to types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from math import isfinite, isnan
from typing import Any

from betterauth_py.javascript.values import Undefined

JSONSchema = dict[str, Any]
Path = tuple[str | int, ...]


class OpaqueStream:
    """A request body that is neither JSON, form nor text: in JavaScript, a `ReadableStream` object without fields."""


class Absence(Enum):
    """How a schema handles an absent key (zod's `optin`)."""

    REFUSED = "refused"
    ALLOWED = "allowed"
    REPLACED = "replaced"
    """A default replaces it."""


class Continuation(Enum):
    """Whether the checks that follow an issue still run (zod's `continue`)."""

    YES = "yes"
    NO = "no"
    LENGTHS_ONLY = "lengths only"
    """After a wrong type only checks of the length run, because an array has one as well."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue at one path of the input."""

    path: Path
    message: str
    continuation: Continuation = Continuation.YES
    unknown_keys: tuple[str, ...] = ()
    """The keys that a strict object does not know; an intersection drops those that its other side knows."""
    invalid_key: str | None = None
    """The key that a record refuses; dropped in the same way."""
    stopped_at: Path | None = None
    """The path of a pipe that stopped: no further check or change runs at that path, whatever the issue says."""


class Schema:
    """A rule that a value must satisfy."""

    absence = Absence.REFUSED
    optional = False
    """Whether the parsed value may be undefined (zod's `optout`)."""

    def read(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """Return the parsed value; append what is wrong with it to `issues`."""
        raise NotImplementedError

    def json_schema(self) -> JSONSchema:
        """Describe the accepted values as JSON Schema 2020-12."""
        raise NotImplementedError


def type_name(value: Any) -> str:
    """Return the name zod gives to the type of a received value."""
    match value:
        case Undefined():
            return "undefined"
        case None:
            return "null"
        case bool():
            return "boolean"
        case float() if isnan(value):
            return "NaN"
        case float() if not isfinite(value):
            return "Infinity" if value > 0 else "-Infinity"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case OpaqueStream():
            return "ReadableStream"
        case _:
            return "object"


def wrong_type(expected: str, value: Any, path: Path, continuation: Continuation = Continuation.LENGTHS_ONLY) -> Issue:
    """Return zod's issue for a value of a wrong type."""
    return Issue(path, f"Invalid input: expected {expected}, received {type_name(value)}", continuation)


def stops_checks(issues: Sequence[Issue], path: Path | None = None) -> bool:
    """Return whether one of the issues stops later checks at `path`."""
    return any(
        issue.continuation is not Continuation.YES or (path is not None and issue.stopped_at == path)
        for issue in issues
    )


def described(schema: JSONSchema, description: str) -> JSONSchema:
    """Return the JSON Schema with its description, if there is one."""
    return {**schema, "description": description} if description else schema
