"""Schemas of objects, records and arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from betterauth_py.javascript.values import UNDEFINED
from betterauth_py.wire.validation.schema import (
    Absence,
    Continuation,
    Issue,
    JSONSchema,
    OpaqueStream,
    Path,
    Schema,
    described,
    wrong_type,
)
from betterauth_py.wire.validation.values import String, literal_text


class Unknown(Enum):
    """What happens to keys that an object does not declare."""

    DROPPED = "dropped"
    KEPT = "kept"
    """zod's `loose` and `passthrough`."""
    REFUSED = "refused"
    """zod's `strict`."""


@dataclass(frozen=True, slots=True)
class Object(Schema):
    """An object with known fields.

    With `keep_unknown` it is zod's intersection of the object with a record, as in sign-up's body: both report issues.
    """

    fields: Mapping[str, Schema]
    keep_unknown: bool = False
    unknown: Unknown = Unknown.DROPPED
    description: str = ""
    demands_nothing: bool = field(init=False)
    """Whether an empty object is valid."""

    def __post_init__(self) -> None:
        """Compute `demands_nothing` from the fields."""
        relaxed = all(schema.absence is Absence.ALLOWED and schema.optional for schema in self.fields.values())
        object.__setattr__(self, "demands_nothing", relaxed)

    def read(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Schema.read`."""
        if isinstance(value, OpaqueStream):
            value, is_record = {}, False
        elif isinstance(value, dict):
            if not value and self.demands_nothing:
                return {}
            is_record = True
        else:
            issues.append(wrong_type("object", value, path))
            if self.keep_unknown:
                issues.append(wrong_type("record", value, path))
            return value
        parsed: dict[str, Any] = {}
        for name, schema in self.fields.items():
            self._read_field(name, schema, value, parsed, path, issues)
        if self.keep_unknown:
            if not is_record:
                issues.append(Issue(path, "Invalid input: expected record, received ReadableStream"))
            parsed.update((name, item) for name, item in value.items() if name not in self.fields)
        elif self.unknown is Unknown.KEPT:
            parsed.update((name, item) for name, item in value.items() if name not in self.fields)
        elif self.unknown is Unknown.REFUSED:
            unknown = [name for name in value if name not in self.fields]
            if unknown:
                issues.append(unrecognized(unknown, path))
        return parsed

    @staticmethod
    def _read_field(
        name: str, schema: Schema, value: dict[str, Any], parsed: dict[str, Any], path: Path, issues: list[Issue]
    ) -> None:
        item = value.get(name, UNDEFINED)
        if item is not UNDEFINED:
            read = schema.read(item, (*path, name), issues)
            if read is not UNDEFINED:
                parsed[name] = read
            return
        if schema.absence is Absence.ALLOWED and schema.optional:
            return
        found: list[Issue] = []
        read = schema.read(item, (*path, name), found)
        if found and schema.absence is not Absence.REFUSED and schema.optional:
            return
        if not found and schema.absence is Absence.REFUSED:
            found.append(wrong_type("nonoptional", UNDEFINED, (*path, name)))
        issues.extend(found)
        if schema.absence is not Absence.REFUSED and read is not UNDEFINED:
            parsed[name] = read

    def json_schema(self) -> JSONSchema:
        """See `Schema.json_schema`."""
        schema: JSONSchema = {
            "type": "object",
            "properties": {name: field.json_schema() for name, field in self.fields.items()},
        }
        required = [name for name, field in self.fields.items() if field.absence is Absence.REFUSED]
        if required:
            schema["required"] = required
        if self.keep_unknown or self.unknown is Unknown.KEPT:
            schema["additionalProperties"] = True
        elif self.unknown is Unknown.REFUSED:
            schema["additionalProperties"] = False
        return described(schema, self.description)


@dataclass(frozen=True, slots=True)
class Record(Schema):
    """An object with any keys, or with one schema for all keys and one for all values."""

    values: Schema | None = None
    keys: Schema = field(default_factory=String)
    description: str = ""

    def read(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Schema.read`."""
        if not isinstance(value, dict):
            issues.append(wrong_type("record", value, path))
            return value
        if self.values is None:
            return value
        parsed: dict[str, Any] = {}
        for name, item in value.items():
            if name == "__proto__":
                continue
            complaints: list[Issue] = []
            key = self.keys.read(name, (), complaints)
            if complaints:
                message = "Invalid key in record"
                issues.append(Issue((*path, name), message, Continuation.LENGTHS_ONLY, invalid_key=name))
            else:
                parsed[key] = self.values.read(item, (*path, name), issues)
        return parsed

    def json_schema(self) -> JSONSchema:
        """See `Schema.json_schema`."""
        values = True if self.values is None else self.values.json_schema()
        return described({"type": "object", "additionalProperties": values}, self.description)


@dataclass(frozen=True, slots=True)
class Array(Schema):
    """A list with one schema for all items."""

    items: Schema
    description: str = ""

    def read(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Schema.read`."""
        if not isinstance(value, list):
            issues.append(wrong_type("array", value, path))
            return value
        return [self.items.read(item, (*path, index), issues) for index, item in enumerate(value)]

    def json_schema(self) -> JSONSchema:
        """See `Schema.json_schema`."""
        return described({"type": "array", "items": self.items.json_schema()}, self.description)


def unrecognized(names: list[str], path: Path) -> Issue:
    """Return zod's issue for keys that a strict object does not know."""
    text = f"Unrecognized key{'s' if len(names) > 1 else ''}: {', '.join(map(literal_text, names))}"
    return Issue(path, text, unknown_keys=tuple(names))
