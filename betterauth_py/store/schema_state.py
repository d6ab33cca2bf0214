"""What a database has of the schema."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Connection, Integer, Table, Uuid, func, inspect, select
from sqlalchemy.engine.interfaces import ReflectedColumn
from sqlalchemy.types import TypeEngine

from betterauth_py.errors import DatabaseError
from betterauth_py.models.core import CORE_MODELS
from betterauth_py.models.schema import Schema
from betterauth_py.models.types import Key, NumberKey
from betterauth_py.options.database import SERIAL
from betterauth_py.store.database import Database
from betterauth_py.store.sessions.changes import missing_triggers_query
from betterauth_py.store.sessions.statement import quoted
from betterauth_py.store.version_table import Stamp, read_stamp


@dataclass
class SchemaState:
    """What a database has of the schema."""

    stamp: Stamp = field(default_factory=Stamp)
    missing_tables: list[str] = field(default_factory=list)
    missing_core_tables: list[str] = field(default_factory=list)
    missing_columns: list[str] = field(default_factory=list)
    missing_core_columns: list[str] = field(default_factory=list)
    mismatched_columns: list[str] = field(default_factory=list)
    kind_of_ids: str = ""
    """What `advanced.database.generate_id` has to be for the ids there are, if it is not."""
    unfilled_ids: list[str] = field(default_factory=list)
    """The columns of ids that the database is to fill in and does not."""
    present_core_tables: list[str] = field(default_factory=list)
    missing_triggers: list[str] = field(default_factory=list)
    """The tables whose changes are to be told of and are not."""

    @property
    def is_complete(self) -> bool:
        """Whether the server can work with it."""
        return not self.problems

    @property
    def problems(self) -> str:
        """What is missing or wrong, as one phrase."""
        parts = []
        if self.missing_tables:
            parts.append(f"missing tables: {', '.join(self.missing_tables)}")
        if self.missing_columns:
            parts.append(f"missing columns: {', '.join(self.missing_columns)}")
        if self.mismatched_columns:
            parts.append(f"columns of another type: {', '.join(self.mismatched_columns)}")
        if self.unfilled_ids:
            parts.append(f"columns of ids without a default: {', '.join(self.unfilled_ids)}")
        if self.missing_triggers:
            parts.append(f"missing triggers on: {', '.join(self.missing_triggers)}")
        return "; ".join(parts)


def inspect_tables(connection: Connection, database: Database) -> SchemaState:
    """Return what the connection's database has of the tables.

    Raises:
        DatabaseError: if the schema that the URL names does not exist.
    """
    schema = database.url.schema
    if schema and not connection.execute(select(func.to_regnamespace(quoted(schema)).is_not(None))).scalar():
        raise DatabaseError(
            f"The database has no schema {schema}, which DATABASE_URL names (?schema={schema}). Create it: "
            f"CREATE SCHEMA {quoted(schema)};"
        )
    inspector = inspect(connection)
    existing = set(inspector.get_table_names())
    state = SchemaState(read_stamp(connection))
    for table in database.metadata.sorted_tables:
        if table.name not in existing:
            state.missing_tables.append(table.name)
            if model_of(database, table) in CORE_MODELS.keys() - database.schema.replaced:
                state.missing_core_tables.append(table.name)
            continue
        if model_of(database, table) in CORE_MODELS:
            state.present_core_tables.append(table.name)
        columns = {column["name"]: column for column in inspector.get_columns(table.name)}
        found = {name: column["type"] for name, column in columns.items()}
        if database.schema.fills_ids and "id" in columns and not _is_filled(columns["id"]):
            state.unfilled_ids.append(f"{table.name}.id")
        for column in table.columns:
            if column.name not in found:
                state.missing_columns.append(f"{table.name}.{column.name}")
                if model_of(database, table) in CORE_MODELS:
                    state.missing_core_columns.append(f"{table.name}.{column.name}")
            elif not _compatible(column, found[column.name], connection, database.schema):
                state.mismatched_columns.append(f"{table.name}.{column.name}")
                if isinstance(column.type, Key | NumberKey):
                    state.kind_of_ids = _kind_of_ids(found[column.name])
    if announces_changes(database):
        found_triggers = connection.exec_driver_sql(missing_triggers_query(database.schema))
        state.missing_triggers += [name for (name,) in found_triggers]
    return state


def _is_filled(column: ReflectedColumn) -> bool:
    return column.get("default") is not None or bool(column.get("identity"))


def _kind_of_ids(found: TypeEngine[Any]) -> str:
    """Return which ids a column of this type has, as `generate_id` names them."""
    if isinstance(found, Uuid):
        return '"uuid"'
    return f'"{SERIAL}"' if isinstance(found, Integer) else "unset (texts)"


def _compatible(column: Column[Any], found: TypeEngine[Any], connection: Connection, schema: Schema) -> bool:
    """Return whether values of the column's type can live in a column of the found type."""
    if isinstance(column.type, Key) and isinstance(found, Uuid):
        return schema.makes_uuids
    if isinstance(column.type, Key | NumberKey):
        # SQLite, too, has only numbers in the one, and compares no text of the other with a number.
        return isinstance(found, Integer) == isinstance(column.type, NumberKey) and not isinstance(found, Uuid)
    wanted = column.type.dialect_impl(connection.dialect)
    wanted_affinity = getattr(wanted, "impl_instance", wanted)._type_affinity
    found_affinity = found._type_affinity
    if wanted_affinity is found_affinity or found_affinity is None:
        return True
    # SQLite's declared types are hints: `date`, `boolean` and `integer` hold what is put there.
    return connection.dialect.name == "sqlite"


def model_of(database: Database, table: Table) -> str:
    """Return the name of the model that the table stores."""
    models: dict[str, Table] = database.metadata.info["models"]
    return next(name for name, candidate in models.items() if candidate is table)


def announces_changes(database: Database) -> bool:
    """Return whether triggers are to tell of changes of sessions and users."""
    return database.schema.announces_changes and database.url.dialect == "postgresql"
