"""Schemas of single values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from betterauth_py.javascript.plain_json import number_text
from betterauth_py.javascript.values import UNDEFINED
from betterauth_py.wire.coercion import to_number, to_text
from betterauth_py.wire.validation.checks import MinLength, has_length
from betterauth_py.wire.validation.formats import is_email
from betterauth_py.wire.validation.schema import (
    Continuation,
    Issue,
    JSONSchema,
    Path,
    Schema,
    described,
    type_name,
    wrong_type,
)


@dataclass(frozen=True, slots=True)
class String(Schema):
    """A string of at least `min_length` characters; with `coerce` the result of JavaScript's `String()`."""

    description: str = ""
    min_length: int = 0
    coerce: bool = False

    def read(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Schema.read`."""
        if not isinstance(value, str):
            if self.coerce:
                value = to_text(value)
            else:
                issues.append(wrong_type("string", value, path))
                if not (self.min_length and has_length(value)):
                    return value
        if self.min_length:
            MinLength(self.min_length).apply(value, path, issues)
        return value

    def json_schema(self) -> JSONSchema:
        """See `Schema.json_schema`."""
        schema: JSONSchema = {"type": "string"}
        if self.min_length:
            schema["minLength"] = self.min_length
        return described(schema, self.description)


@dataclass(frozen=True, slots=True)
class Email(Schema):
    """An e-mail address as zod 4 recognizes it."""

    description: str = ""
    message: str = "Invalid email address"

    def read(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Schema.read`."""
        if not isinstance(value, str):
            issues.append(wrong_type("string", value, path))
        elif not is_email(value):
            issues.append(Issue(path, self.message))
        return value

    def json_schema(self) -> JSONSchema:
        """See `Schema.json_schema`."""
        return described({"type": "string", "format": "email"}, self.description)


@dataclass(frozen=True, slots=True)
class Number(Schema):
    """A finite number; with `coerce` the result of JavaScript's `Number()`."""

    description: str = ""
    coerce: bool = False

    def read(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Schema.read`."""
        if self.coerce:
            value = to_number(value)
        if type_name(value) != "number":
            issues.append(wrong_type("number", value, path))
        return value

    def json_schema(self) -> JSONSchema:
        """See `Schema.json_schema`."""
        return described({"type": "number"}, self.description)


@dataclass(frozen=True, slots=True)
class Boolean(Schema):
    """True or false, not a string that looks like it."""

    description: str = ""

    def read(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Schema.read`."""
        if not isinstance(value, bool):
            issues.append(wrong_type("boolean", value, path))
        return value

    def json_schema(self) -> JSONSchema:
        """See `Schema.json_schema`."""
        return described({"type": "boolean"}, self.description)


@dataclass(frozen=True, slots=True)
class QueryFlag(Schema):
    """A query parameter coerced by JavaScript's truthiness: any string but the empty one is true."""

    description: str = ""

    def read(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Schema.read`."""
        return bool(value) or isinstance(value, list | dict)

    def json_schema(self) -> JSONSchema:
        """See `Schema.json_schema`."""
        return described({"type": "boolean"}, self.description)


@dataclass(frozen=True, slots=True)
class OneOf(Schema):
    """One of the given values: zod's `enum`, and `literal` if there is only one."""

    values: tuple[str | int | float | bool | None, ...]
    description: str = ""
    message: str | None = None

    def accepts(self, value: Any) -> bool:
        """Return whether the value is one of them, by JavaScript's `===`: true is not 1, 1.0 is 1."""
        return any(value == known and isinstance(value, bool) is isinstance(known, bool) for known in self.values)

    def read(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Schema.read`."""
        if not self.accepts(value):
            if len(self.values) == 1:
                text = f"Invalid input: expected {literal_text(self.values[0])}"
            else:
                text = f"Invalid option: expected one of {'|'.join(map(literal_text, self.values))}"
            issues.append(Issue(path, self.message or text, Continuation.LENGTHS_ONLY))
        return value

    def json_schema(self) -> JSONSchema:
        """See `Schema.json_schema`."""
        if len(self.values) == 1:
            return described({"const": self.values[0]}, self.description)
        kind: JSONSchema = {"type": "string"} if all(isinstance(value, str) for value in self.values) else {}
        return described({**kind, "enum": list(self.values)}, self.description)


@dataclass(frozen=True, slots=True)
class Anything(Schema):
    """Any value. As a field of an object it must be there, unless it is made optional."""

    description: str = ""

    def read(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Schema.read`."""
        return value

    def json_schema(self) -> JSONSchema:
        """See `Schema.json_schema`."""
        return described({}, self.description)


@dataclass(frozen=True, slots=True)
class Nothing(Schema):
    """Only `undefined`; in an optional field it forbids the key."""

    def read(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Schema.read`."""
        if value is not UNDEFINED:
            issues.append(wrong_type("undefined", value, path))
        return value

    def json_schema(self) -> JSONSchema:
        """See `Schema.json_schema`."""
        return {"not": {}}


def literal_text(value: str | float | bool | None) -> str:
    """Return how zod writes a known value or the name of a key in its messages."""
    match value:
        case str():
            return f'"{value}"'
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case _:
            return number_text(float(value))
