"""A migrated database for each tested server."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from betterauth_py.auth import BetterAuth
from betterauth_py.store.migrations import schema_sql

# By the schema: the file of a database that was migrated and never used.
_MIGRATED: Final[dict[str, bytes]] = {}


async def migrate(server: BetterAuth, copy: Path | None) -> None:
    """Bring the server's database to its schema; the file `copy`, which is not there yet, as a copy of an equal one."""
    if copy is None:
        await server.migrate()
        return
    schema = schema_sql(server.context.database)
    if schema in _MIGRATED:
        copy.write_bytes(_MIGRATED[schema])  # noqa: ASYNC240 - some 100 KiB
        return
    await server.migrate()
    # Closed, so that all of it is in the file.
    await server.context.database.close()
    _MIGRATED[schema] = copy.read_bytes()  # noqa: ASYNC240
