"""How a model is declared: fields by their wire names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from inspect import iscoroutinefunction
from re import sub
from typing import Any

from betterauth_py.errors import ConfigurationError
from betterauth_py.options.types import AdditionalField, FieldReference, FieldTransform, FieldType, FieldValidator


@dataclass(frozen=True, kw_only=True)
class Field:
    """One column of a model, under its wire name."""

    type: FieldType = "string"
    required: bool = True
    unique: bool = False
    index: bool = False
    bigint: bool = False
    references: FieldReference | None = None
    returned: bool = True
    input: bool = True
    demanded: bool = False
    """Whether a client must send it when the row is created."""
    default_value: Any = None
    has_server_default: bool = False
    """Whether the database sets it (false, or the time of the insert)."""
    renewed_on_update: bool = False
    """Whether updates that do not set it set it to the current time."""
    on_update: Any = None
    """The value that updates write unless they set one, or a function that returns it."""
    transform: FieldTransform = field(default_factory=FieldTransform)
    validator: Any = None
    """A function that takes a client's value and returns the value to store."""
    choices: tuple[str, ...] = ()
    """The texts that an option allows; empty: any. They are shown, but not checked, as in better-auth 1.7.25."""
    column: str | None = None
    """The column's name, if an option sets it."""

    def renamed(self, column: str | None) -> Field:
        """Return a copy stored in `column`, or this field if that is None."""
        return replace(self, column=column) if column else self


@dataclass(frozen=True, kw_only=True)
class Model:
    """A table: its name, and its fields in the order in which answers show them. `id` is implied and comes last."""

    name: str
    fields: Mapping[str, Field]
    table: str | None = None
    """The table's name, if an option sets it."""
    expires: str | None = None
    """The field with the row's expiry; cleaning up deletes expired rows."""
    additional: frozenset[str] = frozenset()
    """The fields that a deployment's options add."""
    indexes: tuple[tuple[str, ...], ...] = ()
    """Indexes over several fields; for one field, set its `index`."""


def renamed_fields(fields: Mapping[str, Field], columns: Mapping[str, str], option: str) -> dict[str, Field]:
    """Return `fields` in the columns that an option names for some of them.

    Raises:
        ConfigurationError: naming the `option`, if it names a field that there is not.
    """
    unknown = next((name for name in columns if name not in fields), None)
    if unknown is not None:
        raise ConfigurationError(
            f"Option `{option}.{unknown}`: there is no such field. Known fields: {', '.join(fields)}."
        )
    return {name: field.renamed(columns.get(name)) for name, field in fields.items()}


def field_of(additional: AdditionalField) -> Field:
    """Return the field that an `additional_fields` entry declares."""
    validator = additional.validator
    return Field(
        type="string" if isinstance(additional.type, list) else additional.type,
        required=additional.required is not False,
        demanded=bool(additional.required),
        unique=additional.unique,
        index=additional.index,
        bigint=additional.bigint,
        references=additional.references,
        returned=additional.returned,
        input=additional.input,
        default_value=additional.default_value,
        transform=additional.transform,
        on_update=additional.on_update,
        validator=validator.input if isinstance(validator, FieldValidator) else validator,
        choices=tuple(additional.type) if isinstance(additional.type, list) else (),
        column=additional.field_name,
    )


def extended(model: Model, additional: Mapping[str, AdditionalField], option: str, *, core: Model | None) -> Model:
    """Return the model with the fields that the `option` of a table adds to it.

    They may take the place of fields that plugins add to a table of the `core`, as with better-auth.

    Raises:
        ConfigurationError: naming the option, if a field is there already or its transform cannot run.
    """
    kind, known = ("a core field", core) if core is not None else ("a field of the plugin", model)
    for name, given in additional.items():
        path = f"Option `{option}.additional_fields.{name}"
        if name in known.fields or name == "id":
            raise ConfigurationError(f"{path}` has the name of {kind}. Choose another name.")
        if iscoroutinefunction(given.transform.output):
            raise ConfigurationError(
                f"{path}.transform.output` is an async function. It runs at every read: make it a plain function."
            )
    fields = {**model.fields, **{name: field_of(given) for name, given in additional.items()}}
    return replace(model, fields=fields, additional=frozenset(additional))


def default_of(value: Any) -> Any:
    """Return a default: `value`, or what it returns if it is a function."""
    return value() if callable(value) else value


def snake_case(name: str) -> str:
    """Return `emailVerified` as `email_verified`, `XMLThing` as `xml_thing`."""
    return sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
