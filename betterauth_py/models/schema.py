"""The schema of one auth: core models and additions by options and plugins, with their names in the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from betterauth_py.errors import ConfigurationError
from betterauth_py.models.core import CORE_MODELS, RATE_LIMIT
from betterauth_py.models.fields import Field, Model, extended, renamed_fields, snake_case
from betterauth_py.models.types import Layout
from betterauth_py.options import Options
from betterauth_py.options.database import SERIAL


@dataclass(frozen=True)
class Schema:
    """All models of one auth by name, and the layout of their columns."""

    models: Mapping[str, Model]
    layout: Layout
    replaced: frozenset[str] = frozenset()
    """The models whose rows are in secondary storage instead: better-auth creates no tables for them."""
    announces_changes: bool = False
    """Whether triggers notify processes that cache sessions of changes of sessions and users."""
    makes_uuids: bool = False
    """Whether new ids may be stored in columns of the type `uuid`."""
    counts_ids: bool = False
    """Whether ids are numbers that the database counts."""
    may_fill_ids: bool = False
    """Whether the `id` columns of tables that `betterauth migrate` makes have a default, for rows that come without."""
    fills_ids: bool = False
    """Whether all rows come without an id that the database does not count: every `id` column needs a default."""
    shows_nulls: bool = True
    """Whether answers show fields without a value as null. Without a database better-auth leaves them out."""
    plugins: frozenset[str] = frozenset()
    """The ids of the plugins that are on."""

    def table_name(self, model: str) -> str:
        """Return the name of the model's table."""
        declared = self.models[model]
        if declared.table:
            return declared.table
        return snake_case(model) if self.layout == "drizzle" else model

    def column_name(self, model: str, field: str) -> str:
        """Return the name of the field's column."""
        if field == "id":
            return "id"
        column = self.models[model].fields[field].column
        if column:
            return column
        return snake_case(field) if self.layout == "drizzle" else field

    @cached_property
    def _hidden(self) -> dict[str, frozenset[str]]:
        # Where nulls are hidden, every model has something to hide: who asks that first asks nothing else.
        no_field = frozenset(() if self.shows_nulls else ("",))
        return {
            name: frozenset(field for field, declared in model.fields.items() if not declared.returned) | no_field
            for name, model in self.models.items()
        }

    def completed(self, model: str, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return a row that was shown without nulls with all fields of its model."""
        return {**row, **{name: None for name in self.models[model].fields if name not in row}}

    def hidden_fields(self, model: str) -> frozenset[str]:
        """Return the fields that answers never contain."""
        return self._hidden[model]

    def shows(self, model: str, field: str) -> bool:
        """Return whether answers contain the field, so that clients may filter and sort by it."""
        return field == "id" or (field in self.models[model].fields and field not in self._hidden[model])


@dataclass(frozen=True, kw_only=True)
class Declared:
    """The declarations of one plugin: its own tables, and columns of other tables."""

    schema: Mapping[str, Model]
    columns: Mapping[str, Mapping[str, Field]]


def resolve_schema(options: Options, plugins: Mapping[str, Declared]) -> Schema:
    """Assemble the schema that `options` describe; `plugins` has what each plugin declares, by its id.

    Raises:
        ConfigurationError: if a renamed or added field cannot be.
    """
    models = dict(CORE_MODELS)
    if options.rate_limit.storage == "database":
        models["rateLimit"] = RATE_LIMIT
    models = _with_plugins(models, plugins)
    for name, core in CORE_MODELS.items():
        models[name] = extended(models[name], getattr(options, name).additional_fields, name, core=core)
    for name, group in (
        ("user", options.user),
        ("session", options.session),
        ("account", options.account),
        ("verification", options.verification),
        ("rateLimit", options.rate_limit),
    ):
        if name in models:
            models[name] = _renamed(models[name], group)
    ids = options.advanced.database.generate_id
    schema = Schema(
        models,
        options.database.layout,
        replaced=_replaced_models(options),
        announces_changes=options.session.memory_cache.enabled,
        makes_uuids=ids not in {None, SERIAL},
        counts_ids=ids == SERIAL,
        may_fill_ids=ids is False or callable(ids),
        fills_ids=ids is False,
        shows_nulls=not options.database.is_none,
        plugins=frozenset(plugins),
    )
    _refuse_shared_names(schema)
    return schema


def _with_plugins(core: Mapping[str, Model], plugins: Mapping[str, Declared]) -> dict[str, Model]:
    """Return the `core` models and the plugins', first all tables, then columns, so that plugins' order is no matter.

    Raises:
        ConfigurationError: if a table or column is declared twice, or a column is of a table that there is not.
    """
    models, owners = dict(core), dict.fromkeys(core, "the core")
    columns: list[tuple[str, str, Mapping[str, Field]]] = []
    for plugin, declared in plugins.items():
        columns += [(plugin, name, fields) for name, fields in declared.columns.items()]
        for name, model in declared.schema.items():
            if name in core:
                columns.append((plugin, name, model.fields))
            elif name in models:
                raise ConfigurationError(
                    f"The plugins {owners[name]} and {plugin} both declare the table {name}. Turn on only one of them; "
                    "a plugin adds columns to the table of another by `columns`."
                )
            else:
                models[name], owners[name] = model, plugin
    by = {(name, field): owner for name, owner in owners.items() for field in models[name].fields}
    for plugin, name, fields in columns:
        if name not in models:
            raise ConfigurationError(
                f"The plugin {plugin} adds columns to the table {name}, which no plugin declares. Turn on the plugin "
                "that has this table."
            )
        for field in fields:
            owner = by.setdefault((name, field), plugin)
            if owner != plugin:
                parties = "The plugin {1} and {0}" if owner == "the core" else "The plugins {0} and {1}"
                raise ConfigurationError(
                    f"{parties.format(owner, plugin)} both declare the field {field} of {name}. Rename one of them, or "
                    "turn on only one."
                )
        models[name] = replace(models[name], fields={**models[name].fields, **fields})
    return models


def _replaced_models(options: Options) -> frozenset[str]:
    if options.secondary_storage is None:
        return frozenset()
    stored = {
        "session": options.session.store_session_in_database,
        "verification": options.verification.store_in_database,
    }
    return frozenset(model for model, in_database in stored.items() if not in_database)


def _refuse_shared_names(schema: Schema) -> None:
    tables: dict[str, str] = {}
    for name, model in schema.models.items():
        table = schema.table_name(name)
        if table in tables:
            raise ConfigurationError(
                f"The models {tables[table]} and {name} would both be stored in the table {table}. "
                f"Choose another `{snake_case(name)}.model_name`."
            )
        tables[table] = name
        columns: dict[str, str] = {"id": "id"}
        for field in model.fields:
            column = schema.column_name(name, field)
            if column in columns:
                raise ConfigurationError(
                    f"The fields {columns[column]} and {field} of {name} would both be stored in the column {column}. "
                    f"Choose another name in `{snake_case(name)}.fields` or the field's `field_name`."
                )
            columns[column] = field


def _renamed(model: Model, group: Any) -> Model:
    fields = renamed_fields(model.fields, group.fields, f"{snake_case(model.name)}.fields")
    return replace(model, fields=fields, table=group.model_name)
