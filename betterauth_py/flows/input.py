"""Reads the additional fields that a client sends, as the schema allows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from betterauth_py.models.core import CORE_MODELS
from betterauth_py.models.fields import Field
from betterauth_py.models.schema import Schema
from betterauth_py.wire.errors import APIError, BaseErrorCodes
from betterauth_py.wire.javascript import UNDEFINED

Row = dict[str, Any]


def read_additional_fields(
    schema: Schema, model: str, given: Mapping[str, Any], action: Literal["create", "update"]
) -> Row:
    """Return the additional fields of `model` that `given` sets, with defaults when the row is created.

    Raises:
        APIError: 400 for a field that may not be set, is missing, or does not pass its validator.
    """
    row: Row = {}
    for name, field in _additional_fields(schema, model).items():
        value = _read_field(name, field, given, action)
        if value is not UNDEFINED:
            row[name] = value
    return row


def additional_defaults(schema: Schema, model: str) -> Row:
    """Return the additional fields of `model` that have a default, with it."""
    fields = _additional_fields(schema, model)
    return {name: default_of(field) for name, field in fields.items() if field.default_value is not None}


def _additional_fields(schema: Schema, model: str) -> dict[str, Field]:
    core = CORE_MODELS[model].fields
    return {name: field for name, field in schema.models[model].fields.items() if name not in core}


def _read_field(name: str, field: Field, given: Mapping[str, Any], action: str) -> Any:
    creating = action == "create"
    if name in given:
        value = given[name]
        if not field.input:
            if field.default_value is not None and creating:
                return default_of(field)
            if value or isinstance(value, list | dict):
                message = f"{name} is not allowed to be set"
                raise APIError(400, {"message": message, "code": BaseErrorCodes.FIELD_NOT_ALLOWED.code})
            return UNDEFINED
        if field.validator is not None:
            return _validated(field, value)
        return value
    if field.default_value is not None and creating:
        return default_of(field)
    if field.demanded and creating:
        raise APIError(400, {"message": f"{name} is required", "code": BaseErrorCodes.MISSING_FIELD.code})
    return UNDEFINED


def _validated(field: Field, value: Any) -> Any:
    try:
        return field.validator(value)
    except ValueError as error:
        message = str(error) or BaseErrorCodes.VALIDATION_ERROR.message
        raise APIError(400, {"message": message, "code": BaseErrorCodes.VALIDATION_ERROR.code}) from None


def default_of(field: Field) -> Any:
    """Return the field's default, made anew if it is a function."""
    return field.default_value() if callable(field.default_value) else field.default_value
