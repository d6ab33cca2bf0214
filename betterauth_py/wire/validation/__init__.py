"""Validation with the texts of zod 4, which better-auth sends to clients.

A schema reads one value and reports every issue it finds, in the order zod reports them. The same schema describes
itself as JSON Schema for OpenAPI.

| zod | here |
|---|---|
| `z.string()`, `z.coerce.string()`, `z.email()` | `String()`, `String(coerce=True)`, `Email()` |
| `z.number()`, `z.coerce.number()` | `Number()`, `Number(coerce=True)` |
| `z.boolean()`, `z.coerce.boolean()` | `Boolean()`, `QueryFlag()` |
| `z.enum([...])`, `z.literal(x)` | `OneOf((...))`, `OneOf((x,))` |
| `z.any()`, `z.undefined()` | `Anything()`, `Nothing()` |
| `z.object({...})` | `Object({...})` |
| `z.strictObject`, `z.looseObject` | `Object(..., unknown=Unknown.REFUSED)`, `Unknown.KEPT` |
| `z.record(k, v)`, `z.array(x)` | `Record(v, k)`, `Array(x)` |
| `x.min(2).trim()`, `.refine(...)` | `Checked(x, (MinLength(2), TRIM, Refine(...)))` |
| `.optional()`, `.nullable()`, `.nullish()` | `Optional(x)`, `Nullable(x)`, `nullish(x)` |
| `.default(v)`, `.catch(v)` | `Default(x, lambda: v)`, `Catch(x, lambda: v)` |
| `z.union([...])`, `z.xor([...])`, `.and(y)` | `Union((...))`, `Union((...), exclusive=True)`, `Intersection(x, y)` |
| `.transform(f)`, `.pipe(y)`, `z.preprocess(f, x)` | `Transform(x, f)`, `Pipe(x, y)`, `Preprocess(x, f)` |
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from betterauth_py.wire.validation.checks import (
    LOWER,
    TRIM,
    UPPER,
    Check,
    Length,
    MaxLength,
    MinLength,
    Overwrite,
    Refine,
    SuperRefine,
)
from betterauth_py.wire.validation.combined import Intersection, Union
from betterauth_py.wire.validation.containers import Array, Object, Record, Unknown
from betterauth_py.wire.validation.formats import is_email, is_uuid
from betterauth_py.wire.validation.number_checks import Integer, Maximum, Minimum
from betterauth_py.wire.validation.pipes import Pipe, Preprocess, Transform
from betterauth_py.wire.validation.schema import Issue, JSONSchema, OpaqueStream, Schema, type_name
from betterauth_py.wire.validation.text_checks import URL, UUID, EmailAddress, EndsWith, Matches, StartsWith
from betterauth_py.wire.validation.values import Anything, Boolean, Email, Nothing, Number, OneOf, QueryFlag, String
from betterauth_py.wire.validation.wrappers import Catch, Checked, Default, Nullable, Optional, nullish

__all__ = [
    "LOWER",
    "TRIM",
    "UPPER",
    "URL",
    "UUID",
    "Anything",
    "Array",
    "Boolean",
    "Catch",
    "Check",
    "Checked",
    "Default",
    "Email",
    "EmailAddress",
    "EndsWith",
    "Integer",
    "Intersection",
    "Issue",
    "JSONSchema",
    "Length",
    "Matches",
    "MaxLength",
    "Maximum",
    "MinLength",
    "Minimum",
    "Nothing",
    "Nullable",
    "Number",
    "Object",
    "OneOf",
    "OpaqueStream",
    "Optional",
    "Overwrite",
    "Pipe",
    "Preprocess",
    "QueryFlag",
    "Record",
    "Refine",
    "Schema",
    "StartsWith",
    "String",
    "SuperRefine",
    "Transform",
    "Union",
    "Unknown",
    "ValidationError",
    "is_email",
    "is_uuid",
    "nullish",
    "type_name",
    "validate",
]


@dataclass(slots=True)
class ValidationError(Exception):
    """The input does not match the schema; `message` is the text that a client gets."""

    message: str
    issues: list[Issue] = field(default_factory=list)


def validate(schema: Schema, value: Any, part: str) -> Any:
    """Validate `value` (the `part` 'body' or 'query' of a request) and return the parsed value.

    Raises:
        ValidationError: with better-auth's text, `[body.email] Invalid input: ...; [body.password] ...`.
    """
    issues: list[Issue] = []
    parsed = schema.read(value, (), issues)
    if issues:
        texts = (f"[{'.'.join((part, *map(str, issue.path)))}] {issue.message}" for issue in issues)
        raise ValidationError("; ".join(texts), issues)
    return parsed
