"""A migrated database for each tested server."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import asyncpg

from betterauth_py.auth import BetterAuth
from betterauth_py.crypto.random import generate_id
from betterauth_py.store.database_url import parse_database_url
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


class PostgresDatabase:
    """A PostgreSQL database that is dropped after its test."""

    def __init__(self, server: str) -> None:
        """Have one on the server of this URL, on which its user may create databases."""
        self._server = server
        self._name = f"betterauth_test_{generate_id(16).lower()}"
        scheme, _, rest = server.partition("://")
        rest, question, query = rest.partition("?")
        self.url = f"{scheme}://{rest.partition('/')[0]}/{self._name}{question}{query}"

    async def create(self) -> None:
        """Create the database."""
        await self._execute(f'CREATE DATABASE "{self._name}"')

    async def drop(self) -> None:
        """Drop the database, whoever is connected to it."""
        await self._execute(f'DROP DATABASE "{self._name}" WITH (FORCE)')

    async def _execute(self, statement: str) -> None:
        connection: asyncpg.Connection[Any] = await asyncpg.connect(parse_database_url(self._server).dsn)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()
