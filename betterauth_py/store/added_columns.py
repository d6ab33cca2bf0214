"""Adds columns to tables that have rows: in place, never by copying a table."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, Table, literal, select

from betterauth_py.errors import DatabaseError
from betterauth_py.models.tables import unique_name
from betterauth_py.store.database import Database
from betterauth_py.store.schema_state import model_of


def add_columns(connection: Connection, database: Database, table: Table, columns: list[Column[Any]]) -> None:
    """Add columns that the table lacks.

    Raises:
        DatabaseError: if a required one cannot be filled for the rows there are.
    """
    is_empty = connection.execute(select(literal(1)).select_from(table).limit(1)).first() is None
    if is_empty and connection.dialect.name == "sqlite":
        # SQLite adds no required column without a default and no named key. Nothing is lost with an empty table.
        table.drop(connection)
        table.create(connection)
        return
    for column in columns:
        default = None if is_empty else _backfill(database, table, column)
        if default is None and not column.nullable and not is_empty:
            raise DatabaseError(
                f"The required column {table.name}.{column.name} cannot be added: the table has rows, and the field "
                "has no default_value to fill them with. Give it one, or make it `required = false`."
            )
        _add_column(connection, table, column, default)
        if column.key in _unique_fields(database, table):
            _make_unique(connection, table, column)


def _add_column(connection: Connection, table: Table, column: Column[Any], default: str | None) -> None:
    """Add one column in place; the table is never copied, because dropping the old copy would cascade."""
    quote = connection.dialect.identifier_preparer.quote
    alter = f"ALTER TABLE {quote(table.name)}"
    parts = [
        f"{alter} ADD COLUMN {quote(column.name)}",
        column.type.compile(connection.dialect),
        "" if default is None else f"DEFAULT {default}",
        "" if column.nullable else "NOT NULL",
    ]
    for key in column.foreign_keys:
        target = key.column
        parts.append(f"REFERENCES {quote(target.table.name)} ({quote(target.name)}) ON DELETE {key.ondelete}")
    connection.exec_driver_sql(" ".join(part for part in parts if part))
    if default is not None and connection.dialect.name == "postgresql":
        # The default was for existing rows; new ones get their value from the server.
        connection.exec_driver_sql(f"{alter} ALTER COLUMN {quote(column.name)} DROP DEFAULT")
    for index in table.indexes:
        if not index.unique and [indexed.name for indexed in index.columns] == [column.name]:
            index.create(connection)


def _make_unique(connection: Connection, table: Table, column: Column[Any]) -> None:
    quote = connection.dialect.identifier_preparer.quote
    name = quote(unique_name(table.name, column.name))
    if connection.dialect.name == "sqlite":
        statement = f"CREATE UNIQUE INDEX {name} ON {quote(table.name)} ({quote(column.name)})"
    else:
        statement = f"ALTER TABLE {quote(table.name)} ADD CONSTRAINT {name} UNIQUE ({quote(column.name)})"
    connection.exec_driver_sql(statement)


def _unique_fields(database: Database, table: Table) -> set[str]:
    model = model_of(database, table)
    return {name for name, field in database.schema.models[model].fields.items() if field.unique}


def _backfill(database: Database, table: Table, column: Column[Any]) -> str | None:
    """Return the literal for existing rows: the field's default, if it is a plain value."""
    value = database.schema.models[model_of(database, table)].fields[column.key].default_value
    if isinstance(value, bool):
        return str(int(value)) if database.url.dialect == "sqlite" else str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else None
