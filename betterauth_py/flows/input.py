"""Reads the additional fields that a client sends, as the schema allows."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import iscoroutinefunction
from typing import Any, Final, Literal

from betterauth_py.awaiting import resolve
from betterauth_py.core.refusals import FieldRefusedError
from betterauth_py.javascript import json
from betterauth_py.javascript.values import UNDEFINED, utf16_length
from betterauth_py.models.core import CORE_MODELS
from betterauth_py.models.fields import Field, default_of
from betterauth_py.models.schema import Schema
from betterauth_py.wire.errors import BaseErrorCodes

Row = dict[str, Any]

# No real name is longer, and the name is part of every cached session and mail.
_LONGEST_NAME: Final = 4_096


def refuse_long_name(name: Any) -> None:
    """Refuse a user's name that is too long.

    Raises:
        FieldRefusedError: if it is too long, with the text of zod 4.
    """
    # A value that is not a string is stored as JSON.
    text = name if isinstance(name, str) else json.stringify(name).decode()
    if utf16_length(text) > _LONGEST_NAME:
        message = f"[body.name] Too big: expected string to have <={_LONGEST_NAME} characters"
        raise FieldRefusedError(BaseErrorCodes.VALIDATION_ERROR, message)


async def read_additional_fields(
    schema: Schema, model: str, given: Mapping[str, Any], action: Literal["create", "update"]
) -> Row:
    """Return the additional fields of `model` that `given` sets, with defaults when the row is created.

    Raises:
        FieldRefusedError: for a field that may not be set, is missing, or does not pass its validator.
    """
    row: Row = {}
    for name, field in _additional_fields(schema, model).items():
        value = await _read_field(name, field, given, action)
        if value is not UNDEFINED:
            row[name] = value
    return row


def additional_defaults(schema: Schema, model: str) -> Row:
    """Return the additional fields of `model` that have a default, with it."""
    fields = _additional_fields(schema, model)
    return {name: default_of(field.default_value) for name, field in fields.items() if field.default_value is not None}


def _additional_fields(schema: Schema, model: str) -> dict[str, Field]:
    declared, core = schema.models[model], CORE_MODELS.get(model)
    # For a plugin's table only those of the deployment: the plugin sets its own.
    return {
        name: field
        for name, field in declared.fields.items()
        if (name in declared.additional if core is None else name not in core.fields)
    }


async def _read_field(name: str, field: Field, given: Mapping[str, Any], action: str) -> Any:
    creating = action == "create"
    if name in given:
        value = given[name]
        if not field.input:
            if field.default_value is not None and creating:
                return default_of(field.default_value)
            if value or isinstance(value, list | dict):
                message = f"{name} is not allowed to be set"
                raise FieldRefusedError(BaseErrorCodes.FIELD_NOT_ALLOWED, message)
            return UNDEFINED
        if field.validator is not None:
            return await _validated(field, value)
        if field.transform.input is not None and not iscoroutinefunction(field.transform.input):
            # Once here and once when the row is stored, as upstream, which awaits neither, so an async one runs once.
            return field.transform.input(value)
        return value
    if field.default_value is not None and creating:
        return default_of(field.default_value)
    if field.demanded and creating:
        raise FieldRefusedError(BaseErrorCodes.MISSING_FIELD, f"{name} is required")
    return UNDEFINED


async def _validated(field: Field, value: Any) -> Any:
    try:
        return await resolve(field.validator(value))
    except ValueError as error:
        message = str(error) or BaseErrorCodes.VALIDATION_ERROR.message
        raise FieldRefusedError(BaseErrorCodes.VALIDATION_ERROR, message) from None
