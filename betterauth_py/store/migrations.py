"""Migrates a database to the schema, and checks whether it is up to date.

The core tables come from the Alembic revisions in `migrations/`. What options and plugins add to them (columns, the
rate-limit table) is added afterwards, as better-auth's own `migrate` does: only ever added, never changed or dropped.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from sqlalchemy import Connection, create_mock_engine, func, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError

from betterauth_py.errors import DatabaseError
from betterauth_py.store.account_index import build_account_index
from betterauth_py.store.added_columns import add_columns
from betterauth_py.store.adoption import has_own_hashes, refuse_unproven
from betterauth_py.store.database import Database, Result
from betterauth_py.store.faults import reason_of
from betterauth_py.store.schema_state import SchemaState, announces_changes, inspect_tables
from betterauth_py.store.sessions.changes import FUNCTION, trigger_statements
from betterauth_py.store.sessions.statement import quoted
from betterauth_py.store.version_table import Stamp, head_revision, note_adoption, read_stamp, take_over_former_stamp

__all__ = ["apply_migrations", "check_schema", "head_revision", "inspect_schema", "read_database_stamp", "schema_sql"]

# One process migrates at a time; the number is arbitrary but must not change.
_ADVISORY_LOCK = 7_266_837_001
# Alembic keeps what it works with in variables of its modules: in one process one migration runs at a time, whichever
# databases, event loops and threads they belong to.
_ALEMBIC = Lock()
_PAUSE_SECONDS = 0.01


async def apply_migrations(
    database: Database, *, adopt: bool = False, target: str = "head", may_delete: bool = False
) -> SchemaState:
    """Upgrade (or downgrade) to `target`, then add what options and plugins need; all or nothing.

    Afterwards a large table of accounts gets its index, which takes long but blocks nobody.

    With `adopt`, a database that another program made is checked and stamped instead of being refused.

    Raises:
        DatabaseError: if it cannot be reached, holds tables of unknown origin, a column cannot be added, or rows would
            be lost and not `may_delete`.
    """

    def apply(connection: Connection) -> SchemaState:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADVISORY_LOCK})
        return _apply(connection, database, adopt=adopt, target=target, may_delete=may_delete)

    async with _alembic_to_itself():
        state = await _run(database, apply)
    if target == "head":
        await build_account_index(database)
    return state


async def inspect_schema(database: Database) -> SchemaState:
    """Return what the database has of the schema.

    Raises:
        DatabaseError: if it cannot be reached.
    """
    return await _run(database, lambda connection: inspect_tables(connection, database))


async def read_database_stamp(database: Database) -> Stamp:
    """Return the database's recorded revision and origin.

    Raises:
        DatabaseError: if it cannot be reached.
    """
    return await _run(database, read_stamp)


async def check_schema(database: Database) -> SchemaState:
    """Check that the server can use the database, whatever created its tables; return its state.

    Raises:
        DatabaseError: saying what is missing and which command adds it.
    """
    state = await inspect_schema(database)
    _refuse_other_ids(database, state)
    if not state.is_complete:
        raise DatabaseError(f"The database is not up to date ({state.problems}). Run: betterauth migrate")
    return state


def schema_sql(database: Database) -> str:
    """Return the DDL of the whole schema, for people who run SQL by hand."""
    statements: list[str] = []
    dialect = database.url.dialect

    def collect(statement: Any, *_: Any, **__: Any) -> None:
        statements.append(f"{str(statement.compile(dialect=engine.dialect)).strip()};")

    engine = create_mock_engine(f"{dialect}://", collect)
    database.metadata.create_all(engine, checkfirst=False)
    if announces_changes(database):
        statements += [f"{statement};" for statement in trigger_statements(database.schema)]
    return "\n\n".join(statements)


@asynccontextmanager
async def _alembic_to_itself() -> AsyncIterator[None]:
    # Not an asyncio lock: those belong to one event loop.
    while not _ALEMBIC.acquire(blocking=False):  # noqa: ASYNC110
        await asyncio.sleep(_PAUSE_SECONDS)
    try:
        yield
    finally:
        _ALEMBIC.release()


async def _run(database: Database, work: Callable[[Connection], Result]) -> Result:
    try:
        return await database.run(work)
    except (SQLAlchemyError, OSError) as error:
        fix = ""
        if database.url.path is not None:
            fix = " Check that DATABASE_URL (option `database.url`) names a SQLite file that this user may write."
        raise DatabaseError(f"The database cannot be used: {reason_of(error)}.{fix}") from error


def _apply(connection: Connection, database: Database, *, adopt: bool, target: str, may_delete: bool) -> SchemaState:
    from betterauth_py.store.revisions import Revisions  # noqa: PLC0415 - costs a server that starts too much

    revisions = Revisions(connection, database)
    state = inspect_tables(connection, database)
    take_over_former_stamp(connection)
    if state.stamp.revision is None:
        refuse_unproven(connection, database, state, adopt=adopt)
    _refuse_other_ids(database, state)
    if adopt and state.stamp.revision is None:
        revisions.stamp_first()
        if not has_own_hashes(connection, database):
            note_adoption(connection, datetime.now(UTC).isoformat(timespec="seconds"))
    if target == "head":
        revisions.move(target)
        _add_what_is_missing(connection, database)
    else:
        _go_back(connection, database, revisions.move, target, may_delete=may_delete)
    return inspect_tables(connection, database)


def _refuse_other_ids(database: Database, state: SchemaState) -> None:
    """Refuse tables whose ids are not made as the options say.

    Raises:
        DatabaseError: naming the columns, and what to do about it.
    """
    if state.kind_of_ids:
        raise DatabaseError(
            f"The ids in the database are of another kind ({state.problems}). A database keeps the kind it was made "
            f"with: set `advanced.database.generate_id` to {state.kind_of_ids}, or use another database."
        )
    if state.unfilled_ids:
        fix = "In SQLite a column gets no default later; use another `generate_id`, or another database."
        if database.url.dialect == "postgresql":
            table = quoted(state.unfilled_ids[0].removesuffix(".id"))
            fix = f"Give each one, such as: ALTER TABLE {table} ALTER COLUMN id SET DEFAULT gen_random_uuid()::text;"
        raise DatabaseError(
            "With `advanced.database.generate_id = false` the database makes the ids, but these columns have no "
            f"default: {', '.join(state.unfilled_ids)}. {fix}"
        )


def _go_back(
    connection: Connection, database: Database, move: Callable[[str], None], target: str, *, may_delete: bool
) -> None:
    rows = _rows_of(connection, database)
    before = _columns_of(connection, database)
    move(target)
    if read_stamp(connection).revision is None:
        _drop_what_options_added(connection, database)
    lost = before - _columns_of(connection, database)
    damaged = [f"{table} ({count} rows)" for table, count in rows.items() if any(name == table for name, _ in lost)]
    if damaged and not may_delete:
        raise DatabaseError(
            f"Going back to {target} deletes data of these tables: {', '.join(damaged)}. Nothing was changed. Make a "
            "backup, then repeat the command with --yes."
        )


def _rows_of(connection: Connection, database: Database) -> dict[str, int]:
    """Return the number of rows of each table that has any."""
    existing = set(inspect(connection).get_table_names())
    tables = [table for table in database.metadata.sorted_tables if table.name in existing]
    counted = {table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables}
    return {table: rows for table, rows in counted.items() if rows}


def _columns_of(connection: Connection, database: Database) -> set[tuple[str, str]]:
    inspector = inspect(connection)
    existing = set(inspector.get_table_names())
    tables = [table.name for table in database.metadata.sorted_tables if table.name in existing]
    return {(table, column["name"]) for table in tables for column in inspector.get_columns(table)}


def _add_what_is_missing(connection: Connection, database: Database) -> None:
    state = inspect_tables(connection, database)
    for table in database.metadata.sorted_tables:
        missing = [column for column in table.columns if f"{table.name}.{column.name}" in state.missing_columns]
        if table.name in state.missing_tables:
            table.create(connection)
        elif missing:
            add_columns(connection, database, table, missing)
    if state.missing_triggers:
        for statement in trigger_statements(database.schema):
            connection.exec_driver_sql(statement)


def _drop_what_options_added(connection: Connection, database: Database) -> None:
    existing = set(inspect(connection).get_table_names())
    for table in reversed(database.metadata.sorted_tables):
        if table.name in existing:
            table.drop(connection)
    if announces_changes(database):
        connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {FUNCTION}")
