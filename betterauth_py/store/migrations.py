"""Brings a database to the schema, and tells whether it is there.

The core tables come from the Alembic revisions in `migrations/`. What options and plugins add to them (columns, the
rate-limit table) is added afterwards, as better-auth's own `migrate` does: only ever added, never changed or dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Connection, Table, create_mock_engine, inspect, literal, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.types import TypeEngine

from betterauth_py.errors import DatabaseError
from betterauth_py.models.core import CORE_MODELS
from betterauth_py.models.tables import unique_name
from betterauth_py.store.database import Database
from betterauth_py.store.session_changes import FUNCTION, missing_triggers_query, trigger_statements

_VERSION_TABLE = "alembic_version"
# What `revisions.newest_revision` finds, without Alembic; a test holds them together.
_HEAD = "0001_core"
# One process migrates at a time; the number is arbitrary but must stay the same.
_ADVISORY_LOCK = 7_266_837_001


@dataclass
class SchemaState:
    """What a database has of the schema."""

    revision: str | None = None
    """The Alembic revision it is stamped with."""
    missing_tables: list[str] = field(default_factory=list)
    missing_core_tables: list[str] = field(default_factory=list)
    missing_columns: list[str] = field(default_factory=list)
    missing_core_columns: list[str] = field(default_factory=list)
    mismatched_columns: list[str] = field(default_factory=list)
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
        if self.missing_triggers:
            parts.append(f"missing triggers on: {', '.join(self.missing_triggers)}")
        return "; ".join(parts)


def head_revision() -> str:
    """Return the newest core revision."""
    return _HEAD


async def apply_migrations(database: Database, *, adopt: bool = False, target: str = "head") -> SchemaState:
    """Upgrade (or downgrade) to `target`, then add what options and plugins ask for; all or nothing.

    With `adopt`, a database that another program made is checked and stamped instead of being refused.

    Raises:
        DatabaseError: if it cannot be reached, holds tables of unknown origin, or a column cannot be added.
    """
    return await _run(database, lambda connection: _apply(connection, database, adopt=adopt, target=target))


async def inspect_schema(database: Database) -> SchemaState:
    """Return what the database has of the schema.

    Raises:
        DatabaseError: if it cannot be reached.
    """
    return await _run(database, lambda connection: _inspect(connection, database))


async def check_schema(database: Database) -> None:
    """Make sure that the server can work with the database.

    Raises:
        DatabaseError: saying what is missing and which command adds it.
    """
    state = await inspect_schema(database)
    if not state.is_complete:
        raise DatabaseError(f"The database is not up to date ({state.problems}). Run: betterauth migrate")
    if state.revision not in {None, head_revision()}:
        raise DatabaseError(
            f"The database is at revision {state.revision}, this version needs {head_revision()}. "
            "Run: betterauth migrate"
        )


def schema_sql(database: Database) -> str:
    """Return the DDL of the whole schema, for people who run SQL by hand."""
    statements: list[str] = []
    dialect = database.url.dialect

    def collect(statement: Any, *_: Any, **__: Any) -> None:
        statements.append(f"{str(statement.compile(dialect=engine.dialect)).strip()};")

    engine = create_mock_engine(f"{dialect}://", collect)
    database.metadata.create_all(engine, checkfirst=False)
    if _announces_changes(database):
        statements += [f"{statement};" for statement in trigger_statements(database.schema)]
    return "\n\n".join(statements)


async def _run(database: Database, work: Callable[[Connection], SchemaState]) -> SchemaState:
    try:
        return await database.run(work)
    except (SQLAlchemyError, OSError) as error:
        reason = str(getattr(error, "orig", error)).split("\n", 1)[0]
        raise DatabaseError(f"The database cannot be used: {reason}") from error


def _apply(connection: Connection, database: Database, *, adopt: bool, target: str) -> SchemaState:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADVISORY_LOCK})
    from betterauth_py.store.revisions import Revisions  # noqa: PLC0415 - costs a server that starts too much

    revisions = Revisions(connection, database)
    state = _inspect(connection, database)
    if state.revision is None and state.present_core_tables:
        _adopt(state, adopt=adopt)
        revisions.stamp_head()
    revisions.move(target)
    if target == "head":
        _add_what_is_missing(connection, database)
    elif target == "base":
        _drop_what_options_added(connection, database)
    return _inspect(connection, database)


def _adopt(state: SchemaState, *, adopt: bool) -> None:
    if not adopt:
        raise DatabaseError(
            f"The database has tables that this server did not make: {', '.join(state.present_core_tables)}. If "
            "better-auth made them, run: betterauth migrate --adopt. Otherwise use another database."
        )
    # Columns of a plugin's table may be younger than that table; they are added afterwards.
    if state.missing_core_tables or state.missing_core_columns or state.mismatched_columns:
        raise DatabaseError(
            f"The database cannot be adopted ({state.problems}). Check the options `database.layout` "
            "(drizzle: snake_case, better-auth: camelCase), `model_name` and `fields`."
        )


def _inspect(connection: Connection, database: Database) -> SchemaState:
    inspector = inspect(connection)
    existing = set(inspector.get_table_names())
    state = SchemaState()
    if _VERSION_TABLE in existing:
        state.revision = connection.execute(text(f"SELECT version_num FROM {_VERSION_TABLE}")).scalar()  # noqa: S608
    for table in database.metadata.sorted_tables:
        if table.name not in existing:
            state.missing_tables.append(table.name)
            if _model_of(database, table) in CORE_MODELS.keys() - database.schema.replaced:
                state.missing_core_tables.append(table.name)
            continue
        if _model_of(database, table) in CORE_MODELS:
            state.present_core_tables.append(table.name)
        found = {column["name"]: column["type"] for column in inspector.get_columns(table.name)}
        for column in table.columns:
            if column.name not in found:
                state.missing_columns.append(f"{table.name}.{column.name}")
                if _model_of(database, table) in CORE_MODELS:
                    state.missing_core_columns.append(f"{table.name}.{column.name}")
            elif not _compatible(column, found[column.name], connection):
                state.mismatched_columns.append(f"{table.name}.{column.name}")
    if _announces_changes(database):
        found_triggers = connection.exec_driver_sql(missing_triggers_query(database.schema))
        state.missing_triggers += [name for (name,) in found_triggers]
    return state


def _compatible(column: Column[Any], found: TypeEngine[Any], connection: Connection) -> bool:
    """Tell whether values of the column's type can live in a column of the found type."""
    wanted = column.type.dialect_impl(connection.dialect)
    wanted_affinity = getattr(wanted, "impl_instance", wanted)._type_affinity
    found_affinity = found._type_affinity
    if wanted_affinity is found_affinity or found_affinity is None:
        return True
    # SQLite's declared types are hints: `date`, `boolean` and `integer` hold what is put there.
    return connection.dialect.name == "sqlite"


def _add_what_is_missing(connection: Connection, database: Database) -> None:
    state = _inspect(connection, database)
    for table in database.metadata.sorted_tables:
        missing = [column for column in table.columns if f"{table.name}.{column.name}" in state.missing_columns]
        if table.name in state.missing_tables:
            table.create(connection)
        elif missing:
            _add_columns(connection, database, table, missing)
    if state.missing_triggers:
        for statement in trigger_statements(database.schema):
            connection.exec_driver_sql(statement)


def _drop_what_options_added(connection: Connection, database: Database) -> None:
    existing = set(inspect(connection).get_table_names())
    for table in reversed(database.metadata.sorted_tables):
        if table.name in existing:
            table.drop(connection)
    if _announces_changes(database):
        connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {FUNCTION}")


def _announces_changes(database: Database) -> bool:
    return database.schema.announces_changes and database.url.dialect == "postgresql"


def _add_columns(connection: Connection, database: Database, table: Table, columns: list[Column[Any]]) -> None:
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
        # It was for the rows that were there; new ones get theirs from the server.
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
    model = _model_of(database, table)
    return {name for name, field in database.schema.models[model].fields.items() if field.unique}


def _model_of(database: Database, table: Table) -> str:
    models: dict[str, Table] = database.metadata.info["models"]
    return next(name for name, candidate in models.items() if candidate is table)


def _backfill(database: Database, table: Table, column: Column[Any]) -> str | None:
    """Return the literal that existing rows get: the field's default, where it is a plain value."""
    value = database.schema.models[_model_of(database, table)].fields[column.key].default_value
    if isinstance(value, bool):
        return str(int(value)) if database.url.dialect == "sqlite" else str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else None
