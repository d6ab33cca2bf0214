"""The revisions of the core tables, and Alembic that moves a database between them.

Alembic takes a fifth of the server's start to import, so only what migrates imports this module.
"""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

import betterauth_py
from betterauth_py.errors import DatabaseError
from betterauth_py.store.database import Database


def migrations_directory() -> Path:
    """Return where the revisions are: in the installed package, or beside it in a checkout."""
    package = Path(betterauth_py.__file__).parent
    installed = package / "migrations"
    return installed if installed.is_dir() else package.parent / "migrations"


def newest_revision() -> str:
    """Return the newest core revision, as the files have it."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


class Revisions:
    """Moves the database behind one connection."""

    def __init__(self, connection: Connection, database: Database) -> None:
        """Work inside the connection's transaction."""
        self._config = _config()
        self._config.attributes.update(connection=connection, database=database)

    def stamp_first(self) -> None:
        """Note that the database is at the first revision: better-auth's own tables are."""
        command.stamp(self._config, "0001_core")

    def move(self, target: str) -> None:
        """Upgrade to `head`, or downgrade to any other target.

        Raises:
            DatabaseError: if there is no such revision.
        """
        try:
            (command.upgrade if target == "head" else command.downgrade)(self._config, target)
        except CommandError as error:
            raise DatabaseError(f"Alembic: {error}") from None


def _config() -> Config:
    """Return the configuration that needs no `alembic.ini`."""
    config = Config(stdout=StringIO())
    config.set_main_option("script_location", str(migrations_directory()).replace("%", "%%"))
    return config
