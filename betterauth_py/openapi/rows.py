"""Rows and their fields as JSON Schema."""

from __future__ import annotations

from typing import Any

from betterauth_py.models.fields import Field, Model

Document = dict[str, Any]

_TYPES: dict[str, Document] = {
    "string": {"type": "string"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date-time"},
    "json": {},
    "string[]": {"type": "array", "items": {"type": "string"}},
    "number[]": {"type": "array", "items": {"type": "number"}},
}


def describe_row(model: Model) -> Document:
    """Return the schema of a row as answers show it."""
    fields = {name: field for name, field in model.fields.items() if field.returned}
    required = [name for name, field in fields.items() if field.required]
    return {
        "type": "object",
        "properties": {
            **{name: _describe_field(field) for name, field in fields.items()},
            "id": {"type": "string", "readOnly": True},
        },
        "required": [*required, "id"],
    }


def describe_type(field: Field) -> Document:
    """Return the schema of the values of a field."""
    return {**_TYPES[field.type], **({"enum": list(field.choices)} if field.choices else {})}


def describe_value(field: Field) -> Document:
    """Return the schema of a field's values, null included where it may be."""
    schema = describe_type(field)
    if not field.required and "type" in schema:
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"].append(None)
    return schema


def _describe_field(field: Field) -> Document:
    schema = describe_value(field)
    return schema if field.input else {**schema, "readOnly": True}
