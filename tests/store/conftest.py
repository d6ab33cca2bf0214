"""A database for each test, of either engine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from betterauth_py.conformance.recorder.embedded_postgres import EmbeddedPostgres
from tests.store.session_pairs import Pair, pair_on
from tests.store.support import execute_script

_EMPTY = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
ALTER DATABASE {name} RESET ALL;
DROP SCHEMA public CASCADE;
CREATE SCHEMA public;
"""


class Databases:
    """Databases of one server; one that is given back is emptied, which is cheaper than making another."""

    def __init__(self, server: EmbeddedPostgres) -> None:
        self._server = server
        self._made = 0
        self._free: list[str] = []

    def take(self) -> str:
        """The URL of an empty database."""
        if self._free:
            return self._free.pop()
        self._made += 1
        return self._server.database(f"store{self._made}")

    def give_back(self, url: str) -> None:
        """Empty the database for the next one who needs one."""
        name = urlsplit(url).path.removeprefix("/")
        asyncio.run(execute_script(url, _EMPTY.format(name=name)))
        self._free.append(url)


@pytest.fixture(scope="session")
def databases(postgres: EmbeddedPostgres) -> Databases:
    """The databases of the tests."""
    return Databases(postgres)


@pytest.fixture
def new_postgresql(databases: Databases) -> Iterator[Callable[[], str]]:
    """Gives URLs of empty PostgreSQL databases."""
    taken: list[str] = []

    def take() -> str:
        taken.append(databases.take())
        return taken[-1]

    yield take
    for url in taken:
        databases.give_back(url)


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


@pytest.fixture
async def pair(postgresql_url: str) -> AsyncIterator[Pair]:
    """Two servers on an empty database."""
    async with pair_on(postgresql_url) as pair:
        yield pair
