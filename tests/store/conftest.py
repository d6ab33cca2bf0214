"""A database for each test, of either engine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from betterauth_py.conformance.embedded_postgres import EmbeddedPostgres
from tests.conformance.conftest import postgres
from tests.store.support import execute_script

__all__ = ["postgres"]

_numbers = count(1)


@pytest.fixture(scope="session")
def hasty_postgres(postgres: EmbeddedPostgres) -> EmbeddedPostgres:
    """The server, not waiting for the disk: what it holds is not meant to last."""
    url = postgres.database("settings")
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        asyncio.run(execute_script(url, f"ALTER SYSTEM SET {setting} = off"))
    asyncio.run(execute_script(url, "SELECT pg_reload_conf()"))
    return postgres


@pytest.fixture
def new_postgresql(hasty_postgres: EmbeddedPostgres) -> Callable[[], str]:
    """Makes an empty PostgreSQL database and gives its URL."""
    return lambda: hasty_postgres.database(f"store{next(_numbers)}")


@pytest.fixture
def postgresql_url(new_postgresql: Callable[[], str]) -> str:
    """An empty PostgreSQL database."""
    return new_postgresql()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite file that is not there yet."""
    return f"sqlite:///{tmp_path / 'auth.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database, once of each engine."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url
