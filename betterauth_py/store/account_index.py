"""The index on accounts by provider, and how a large table of PostgreSQL gets it while the server goes on."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

import asyncpg
from sqlalchemy import Connection, func, inspect, literal, select, text
from sqlalchemy import table as named

from betterauth_py.errors import DatabaseError
from betterauth_py.models.schema import Schema
from betterauth_py.models.tables import index_name
from betterauth_py.store.database import Database
from betterauth_py.store.engine import connect_postgresql
from betterauth_py.store.sessions.statement import quoted

LARGE: Final = 10_000
"""Rows from which on building the index takes long enough to be noticed: writes to the table wait meanwhile."""
_PAUSE_SECONDS: Final = 1.0
_FIELDS: Final = ("providerId", "accountId")
_STATE: Final = """
    SELECT index.indisvalid AS valid,
        EXISTS (SELECT FROM pg_stat_progress_create_index AS build WHERE build.index_relid = indexrelid) AS building
    FROM pg_index AS index WHERE index.indexrelid = to_regclass($1)
"""


@dataclass(frozen=True, slots=True)
class AccountIndex:
    """The index, under the names of a schema."""

    name: str
    table: str
    columns: tuple[str, ...]

    @classmethod
    def of(cls, schema: Schema) -> AccountIndex:
        """Return the index of a schema's account table."""
        columns = tuple(schema.column_name("account", field) for field in _FIELDS)
        return cls(index_name(schema, "account", *_FIELDS), schema.table_name("account"), columns)

    def exists(self, connection: Connection) -> bool:
        """Return whether the table has this index, or one of another name for the same columns, in either order."""
        invalid = set()
        if connection.dialect.name == "postgresql":
            question = text(
                "SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid "
                "WHERE indrelid = to_regclass(quote_ident(:table)) AND NOT indisvalid"
            )
            invalid = set(connection.execute(question, {"table": self.table}).scalars())
        return any(
            set(index["column_names"][:2]) == set(self.columns) and index["name"] not in invalid
            for index in inspect(connection).get_indexes(self.table)
            if index.get("dialect_options", {}).get(f"{connection.dialect.name}_where") is None
        )

    def would_block(self, connection: Connection) -> bool:
        """Return whether building it in a transaction would keep sign-ins waiting."""
        if connection.dialect.name != "postgresql":
            return False
        some = select(literal(1)).select_from(named(self.table)).limit(LARGE + 1).subquery()
        return connection.execute(select(func.count()).select_from(some)).scalar_one() > LARGE


async def build_account_index(database: Database) -> None:
    """Build the index if the table does not have it, without blocking writes (CREATE INDEX CONCURRENTLY).

    What an interrupted build has left is dropped first; a build of another process is waited for.

    Raises:
        DatabaseError: saying which statement to run by hand.
    """
    index = AccountIndex.of(database.schema)
    if database.url.dialect != "postgresql" or await database.run(index.exists):
        return
    inside = f"{quoted(database.url.schema)}." if database.url.schema else ""
    columns = ", ".join(map(quoted, index.columns))
    create = f"CREATE INDEX CONCURRENTLY {quoted(index.name)} ON {inside}{quoted(index.table)} ({columns})"
    connection = await connect_postgresql(database.url, database.options, pooled=database.pooled)
    try:
        while True:
            found = await connection.fetchrow(_STATE, f"{inside}{quoted(index.name)}")
            if found is not None and found["valid"]:
                return
            if found is not None and found["building"]:
                await asyncio.sleep(_PAUSE_SECONDS)
                continue
            if found is not None:
                await connection.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {inside}{quoted(index.name)}")
            try:
                await connection.execute(create)
            except (asyncpg.DeadlockDetectedError, asyncpg.DuplicateTableError, asyncpg.UniqueViolationError):
                # Another process began at the same moment.
                await asyncio.sleep(_PAUSE_SECONDS)
    except asyncpg.PostgresError as error:
        raise DatabaseError(
            f"The index of the table {index.table} could not be built: {error}. Everything else is up to date, and the "
            f"server works without it, more slowly. Repeat the command, or run: {create};"
        ) from error
    finally:
        await connection.close()
