"""Names of plugins' tables and columns in the database, and columns of your own on plugins' tables."""

from __future__ import annotations

from dataclasses import dataclass, field

from betterauth_py.options.types import AdditionalField


@dataclass(frozen=True, kw_only=True)
class TableOptions:
    """A plugin's table: better-auth's `schema: { organization: { modelName, fields, additionalFields } }`."""

    model_name: str | None = None
    """The table's name."""
    fields: dict[str, str] = field(default_factory=dict)
    """Column names by field name (`{"createdAt": "made_at"}`)."""
    additional_fields: dict[str, AdditionalField] = field(default_factory=dict)
    """Columns of your own on the table."""


@dataclass(frozen=True, kw_only=True)
class ColumnsOptions:
    """The columns that a plugin adds to a table of the core or of another plugin."""

    fields: dict[str, str] = field(default_factory=dict)
    """Column names by field name (`{"phoneNumber": "phone"}`)."""
