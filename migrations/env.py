"""The Alembic environment: `betterauth migrate` hands it a connection, plain `alembic` lets it open one."""

from __future__ import annotations

import asyncio
from typing import Any

from alembic import context
from sqlalchemy import Connection

from betterauth_py.assembly.plugins import plugins_of
from betterauth_py.assembly.schema import schema_of
from betterauth_py.assembly.sources import load_service_options
from betterauth_py.errors import BetterAuthError
from betterauth_py.store.database import Database
from betterauth_py.store.version_table import VERSION_TABLE, take_over_former_stamp


def run_on(connection: Connection, database: Database, *, builds_afterwards: bool = False) -> None:
    """Run the wanted migrations on `connection`; `betterauth migrate` builds indexes of large tables afterwards."""
    take_over_former_stamp(connection)
    context.configure(
        connection=connection,
        target_metadata=database.metadata,
        compare_server_default=True,
        render_as_batch=connection.dialect.name == "sqlite",
        betterauth_schema=database.schema,
        betterauth_builds_afterwards=builds_afterwards,
        version_table=VERSION_TABLE,
    )
    with context.begin_transaction():
        context.run_migrations()


async def run_on_own_connection() -> None:
    """Open the configured database, as `betterauth migrate` would, and run the migrations on it."""
    options = load_service_options()
    database = Database(options.database, schema_of(options, plugins_of(options)))
    try:
        await database.run(lambda connection: run_on(connection, database))
    finally:
        await database.close()


def main() -> None:
    """Run with the connection handed over, or open one."""
    attributes: dict[str, Any] = context.config.attributes
    if "connection" in attributes:
        run_on(attributes["connection"], attributes["database"], builds_afterwards=True)
        return
    if context.is_offline_mode():
        raise SystemExit("Offline mode needs a database to look at. Use: betterauth migrate --sql")
    try:
        asyncio.run(run_on_own_connection())
    except BetterAuthError as error:
        raise SystemExit(f"alembic: {error}") from None


main()
