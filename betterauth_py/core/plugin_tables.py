"""A plugin's tables and columns under the names that its options give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from betterauth_py.core.plugin import Plugin
from betterauth_py.models.fields import Field, Model, extended, renamed_fields, snake_case
from betterauth_py.options.plugin_tables import ColumnsOptions, TableOptions


def with_names(plugin: Plugin, options: Any, path: str) -> Plugin:
    """Return the plugin with the names and additional fields of `options.schema`, if they have one.

    That is a dataclass with a `TableOptions` or `ColumnsOptions` for each table. `path` is where the options are.

    Raises:
        ConfigurationError: if a field is renamed that there is not, or added that there is.
    """
    given = getattr(options, "schema", None)
    if given is None:
        return plugin

    def named_columns(name: str, fields: Mapping[str, Field]) -> Mapping[str, Field]:
        table = getattr(given, snake_case(name), None)
        if isinstance(table, TableOptions | ColumnsOptions):
            return renamed_fields(fields, table.fields, f"{path}.schema.{snake_case(name)}.fields")
        return fields

    def named_table(name: str, model: Model) -> Model:
        model = replace(model, fields=named_columns(name, model.fields))
        table = getattr(given, snake_case(name), None)
        if not isinstance(table, TableOptions):
            return model
        model = extended(model, table.additional_fields, f"{path}.schema.{snake_case(name)}", core=None)
        return replace(model, table=table.model_name or model.table)

    return replace(
        plugin,
        schema={name: named_table(name, model) for name, model in plugin.schema.items()},
        columns={name: named_columns(name, fields) for name, fields in plugin.columns.items()},
    )
