"""`betterauth migrate`."""

from __future__ import annotations

import asyncio
from pathlib import Path

from betterauth_py.assembly.plugins import plugins_of
from betterauth_py.assembly.rehearsal import rehearse
from betterauth_py.assembly.schema import schema_of
from betterauth_py.assembly.sources import load_service_options
from betterauth_py.errors import DatabaseError
from betterauth_py.store.database import Database
from betterauth_py.store.migrations import apply_migrations, head_revision, inspect_schema, schema_sql


def migrate(config: Path | None, *, adopt: bool, check: bool, sql: bool, downgrade: str | None, yes: bool) -> int:
    """Bring the configured database up to date; return the exit code.

    Raises:
        BetterAuthError: if the configuration or the database is wrong.
    """
    options = load_service_options(config)
    plugins = plugins_of(options)
    rehearse(options, plugins)
    database = Database(options.database, schema_of(options, plugins))
    if database.url.in_process:
        print("There is no database (`database = false` or DATABASE_URL=none): nothing to do.")
        return 0
    if sql:
        print(schema_sql(database))
        return 0
    return asyncio.run(_migrate(database, adopt=adopt, check=check, downgrade=downgrade, yes=yes))


async def _migrate(database: Database, *, adopt: bool, check: bool, downgrade: str | None, yes: bool) -> int:
    try:
        before = await inspect_schema(database)
        if check:
            if before.is_complete and before.stamp.revision in {None, head_revision()}:
                print(f"The database is up to date (revision {before.stamp.revision or 'not stamped'}).")
                return 0
            print(f"Not up to date: {before.problems or f'revision {before.stamp.revision} to {head_revision()}'}.")
            return 1
        after = await apply_migrations(database, adopt=adopt, target=downgrade or "head", may_delete=yes)
        if downgrade is None and not after.is_complete:
            raise DatabaseError(f"The database is not what this server needs ({after.problems}).")
        triggers = [f"triggers on {table}" for table in before.missing_triggers]
        done = [*before.missing_tables, *before.missing_columns, *triggers] if downgrade is None else []
        print(
            f"The database is at revision {after.stamp.revision or 'base'}."
            + (f" Added: {', '.join(done)}." if done else "")
        )
        return 0
    finally:
        await database.close()
