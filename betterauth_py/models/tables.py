"""The SQLAlchemy tables of a schema."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    Column,
    ForeignKey,
    Identity,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)

from betterauth_py.models.fields import Field
from betterauth_py.models.schema import Schema
from betterauth_py.models.types import Key, NumberKey, column_type, plain_type

_RANDOM_UUID: Final = {
    "postgresql": "(gen_random_uuid())::text",
    "sqlite": (
        "(lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || "
        "substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))"
    ),
}


def build_metadata(schema: Schema, dialect: str) -> MetaData:
    """Return the tables of `schema`, each under its model's name in `metadata.info["models"]`."""
    metadata = MetaData()
    tables = {name: _build_table(schema, name, metadata, dialect) for name in schema.models}
    metadata.info["models"] = tables
    return metadata


def plain_metadata(metadata: MetaData, dialect: str) -> MetaData:
    """Return the same tables with SQLAlchemy's own types: values are what the database holds."""
    plain = MetaData()
    for table in metadata.sorted_tables:
        for column in table.to_metadata(plain).columns:
            column.type = plain_type(column.type, dialect)
    return plain


def table_of(metadata: MetaData, model: str) -> Table:
    """Return the table of a model; its columns are keyed by the fields' wire names."""
    table: Table = metadata.info["models"][model]
    return table


def _build_table(schema: Schema, model: str, metadata: MetaData, dialect: str) -> Table:
    table_name = schema.table_name(model)
    fields = schema.models[model].fields
    columns: list[Any] = [id_column(schema, dialect)]
    constraints: list[Any] = [PrimaryKeyConstraint("id", name=f"{table_name}_pkey")]
    for name, field in fields.items():
        column_name = schema.column_name(model, name)
        columns.append(_build_column(schema, name, column_name, field, dialect))
        if field.unique:
            constraint_name = unique_name(table_name, column_name)
            # As drizzle-kit: SQLite cannot add a unique constraint later, but it can add a unique index.
            if dialect == "sqlite":
                constraints.append(Index(constraint_name, name, unique=True))
            else:
                constraints.append(UniqueConstraint(name, name=constraint_name))
        if field.index:
            constraints.append(Index(index_name(schema, model, name), name))
    constraints += [Index(index_name(schema, model, *names), *names) for names in schema.models[model].indexes]
    return Table(table_name, metadata, *columns, *constraints, sqlite_autoincrement=schema.counts_ids)


def id_column(schema: Schema, dialect: str) -> Column[Any]:
    """Return the column of a table's ids: what a server makes, what the database counts, or what it fills in."""
    if schema.counts_ids:
        # By default, not always: rows of another database keep their ids.
        identity = [Identity(always=False)] if dialect == "postgresql" else []
        return Column("id", NumberKey(), *identity, nullable=False, key="id")
    default = text(_RANDOM_UUID[dialect]) if schema.may_fill_ids else None
    return Column("id", Key(), nullable=False, key="id", server_default=default)


def unique_name(table: str, column: str) -> str:
    """Return the name of a unique constraint, as drizzle-kit names it."""
    return f"{table}_{column}_unique"


def index_name(schema: Schema, model: str, *fields: str) -> str:
    """Return the name of an index, as better-auth's generated Drizzle schema names it: `session_userId_idx`."""
    return f"{schema.table_name(model)}_{'_'.join(fields)}_idx"


def _build_column(schema: Schema, name: str, column_name: str, field: Field, dialect: str) -> Column[Any]:
    arguments: list[Any] = [column_type(field, schema.layout, counts_ids=schema.counts_ids)]
    if field.references:
        target = field.references
        # SQLAlchemy looks the column up by its key, the wire name.
        column_key = f"{schema.table_name(target.model)}.{target.field}"
        arguments.append(ForeignKey(column_key, ondelete=target.on_delete.upper()))
    return Column(
        column_name,
        *arguments,
        key=name,
        nullable=not field.required,
        server_default=server_default(field, schema, dialect),
    )


def server_default(field: Field, schema: Schema, dialect: str) -> Any:
    """Return what the database fills in: false, or the time of the insert."""
    if not field.has_server_default:
        return None
    if schema.layout == "better-auth":
        # Its own migrations give dates a default on PostgreSQL only, and nothing else one.
        return text("CURRENT_TIMESTAMP") if field.type == "date" and dialect != "sqlite" else None
    if field.type == "boolean":
        return text("0" if dialect == "sqlite" else "false")
    return text("(cast(unixepoch('subsecond') * 1000 as integer))" if dialect == "sqlite" else "now()")
