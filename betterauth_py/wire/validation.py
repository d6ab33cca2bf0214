"""Validation with the texts of zod 4, which better-auth 1.7.25 sends to clients.

A schema reads one value and reports every issue it finds, in the order zod reports them. The same schema describes
itself as JSON Schema for OpenAPI.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isinf
from re import compile as compile_pattern
from typing import Any, Final

from betterauth_py.wire.javascript import UNDEFINED, Undefined, utf16_length

# zod 4's `z.email()` without its look-aheads, which are written out in `is_email`.
_EMAIL: Final = compile_pattern(
    r"(?:[A-Za-z0-9_'+\-]+\.)*[A-Za-z0-9_'+\-]*[A-Za-z0-9_+-]@(?:[A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}"
)

JSONSchema = dict[str, Any]


class OpaqueStream:
    """A request body that is neither JSON, form nor text: JavaScript sees a `ReadableStream` object without fields."""


def is_email(text: str) -> bool:
    """Tell whether zod 4's e-mail expression accepts `text`."""
    return _EMAIL.fullmatch(text) is not None


def type_name(value: Any) -> str:
    """Return the name zod gives to the type of a received value."""
    match value:
        case Undefined():
            return "undefined"
        case None:
            return "null"
        case bool():
            return "boolean"
        case float() if isinf(value):
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


@dataclass(frozen=True, slots=True)
class Issue:
    """One complaint about one place of the input."""

    path: tuple[str, ...]
    message: str


class Schema:
    """What a value must look like."""

    optional = False

    def read(self, value: Any, path: tuple[str, ...], issues: list[Issue]) -> Any:
        """Return the parsed value; append what is wrong with it to `issues`."""
        raise NotImplementedError

    def json_schema(self) -> JSONSchema:
        """Describe the accepted values as JSON Schema 2020-12."""
        raise NotImplementedError


def _expected(name: str, value: Any, path: tuple[str, ...]) -> Issue:
    return Issue(path, f"Invalid input: expected {name}, received {type_name(value)}")


@dataclass(frozen=True, slots=True)
class String(Schema):
    """A string, of at least `min_length` UTF-16 units."""

    description: str = ""
    min_length: int = 0

    def read(self, value: Any, path: tuple[str, ...], issues: list[Issue]) -> Any:
        """See `Schema.read`."""
        if not isinstance(value, str):
            issues.append(_expected("string", value, path))
        elif self.min_length and utf16_length(value) < self.min_length:
            issues.append(Issue(path, f"Too small: expected string to have >={self.min_length} characters"))
        return value

    def json_schema(self) -> JSONSchema:
        """See `Schema.json_schema`."""
        schema: JSONSchema = {"type": "string"}
        if self.min_length:
            schema["minLength"] = self.min_length
        return _described(schema, self.description)


@dataclass(frozen=True, slots=True)
class Email(Schema):
    """An e-mail address as zod 4 recognizes it."""

    description: str = ""

    def read(self, value: Any, path: tuple[str, ...], issues: list[Issue]) -> Any:
        """See `Schema.read`."""
        if not isinstance(value, str):
            issues.append(_expected("string", value, path))
        elif not is_email(value):
            issues.append(Issue(path, "Invalid email address"))
        return value

    def json_schema(self) -> JSONSchema:
        """See `Schema.json_schema`."""
        return _described({"type": "string", "format": "email"}, self.description)


@dataclass(frozen=True, slots=True)
class Boolean(Schema):
    """True or false, not a string that looks like it."""

    description: str = ""

    def read(self, value: Any, path: tuple[str, ...], issues: list[Issue]) -> Any:
        """See `Schema.read`."""
        if not isinstance(value, bool):
            issues.append(_expected("boolean", value, path))
        return value

    def json_schema(self) -> JSONSchema:
        """See `Schema.json_schema`."""
        return _described({"type": "boolean"}, self.description)


@dataclass(frozen=True, slots=True)
class QueryFlag(Schema):
    """A query parameter coerced by JavaScript's truth: anything but the empty string is true."""

    description: str = ""

    def read(self, value: Any, path: tuple[str, ...], issues: list[Issue]) -> Any:
        """See `Schema.read`."""
        return bool(value) or isinstance(value, list | dict)

    def json_schema(self) -> JSONSchema:
        """See `Schema.json_schema`."""
        return _described({"type": "boolean"}, self.description)


@dataclass(frozen=True, slots=True)
class Optional(Schema):
    """What `inner` accepts, or nothing at all; null is something."""

    inner: Schema
    optional = True

    def read(self, value: Any, path: tuple[str, ...], issues: list[Issue]) -> Any:
        """See `Schema.read`."""
        return UNDEFINED if value is UNDEFINED else self.inner.read(value, path, issues)

    def json_schema(self) -> JSONSchema:
        """See `Schema.json_schema`."""
        return self.inner.json_schema()


@dataclass(frozen=True, slots=True)
class Object(Schema):
    """An object with known fields; unknown ones are dropped, or kept if `keep_unknown`."""

    fields: Mapping[str, Schema]
    keep_unknown: bool = False
    demands_nothing: bool = field(init=False)
    """Whether every field is optional, so that an empty object is right as it is."""

    def __post_init__(self) -> None:
        """Look at the fields once."""
        object.__setattr__(self, "demands_nothing", all(schema.optional for schema in self.fields.values()))

    def read(self, value: Any, path: tuple[str, ...], issues: list[Issue]) -> Any:
        """See `Schema.read`."""
        if isinstance(value, OpaqueStream):
            value, is_record = {}, False
        elif isinstance(value, dict):
            if not value and self.demands_nothing:
                return {}
            is_record = True
        else:
            issues.append(_expected("object", value, path))
            if self.keep_unknown:
                # zod: an intersection of the object with a record; both sides complain.
                issues.append(_expected("record", value, path))
            return value
        parsed: dict[str, Any] = {}
        for name, schema in self.fields.items():
            read = schema.read(value.get(name, UNDEFINED), (*path, name), issues)
            if read is not UNDEFINED:
                parsed[name] = read
        if self.keep_unknown:
            if not is_record:
                issues.append(Issue(path, "Invalid input: expected record, received ReadableStream"))
            parsed.update((name, item) for name, item in value.items() if name not in self.fields)
        return parsed

    def json_schema(self) -> JSONSchema:
        """See `Schema.json_schema`."""
        schema: JSONSchema = {
            "type": "object",
            "properties": {name: field.json_schema() for name, field in self.fields.items()},
        }
        required = [name for name, field in self.fields.items() if not field.optional]
        if required:
            schema["required"] = required
        if self.keep_unknown:
            schema["additionalProperties"] = True
        return schema


@dataclass(frozen=True, slots=True)
class Record(Schema):
    """An object with any fields."""

    def read(self, value: Any, path: tuple[str, ...], issues: list[Issue]) -> Any:
        """See `Schema.read`."""
        if not isinstance(value, dict):
            issues.append(_expected("record", value, path))
        return value

    def json_schema(self) -> JSONSchema:
        """See `Schema.json_schema`."""
        return {"type": "object", "additionalProperties": True}


@dataclass(slots=True)
class ValidationError(Exception):
    """The input does not fit the schema; `message` is the text a client gets."""

    message: str
    issues: list[Issue] = field(default_factory=list)


def validate(schema: Schema, value: Any, part: str) -> Any:
    """Read `value` (the `part` 'body' or 'query' of a request) by `schema`.

    Raises:
        ValidationError: with better-auth's text, `[body.email] Invalid input: ...; [body.password] ...`.
    """
    issues: list[Issue] = []
    parsed = schema.read(value, (), issues)
    if issues:
        texts = (f"[{'.'.join((part, *issue.path))}] {issue.message}" for issue in issues)
        raise ValidationError("; ".join(texts), issues)
    return parsed


def _described(schema: JSONSchema, description: str) -> JSONSchema:
    return {**schema, "description": description} if description else schema
