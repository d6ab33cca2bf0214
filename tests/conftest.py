"""What every test may use: a clean environment, and auths that are started, migrated and closed again."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import pytest

from betterauth_py import BetterAuth
from betterauth_py.clock import ManualClock
from betterauth_py.conformance.recorder.embedded_postgres import EmbeddedPostgres, embedded_postgres
from tests.redis_server import RedisServer

pytest_plugins = ["betterauth_py.testing.plugin", "pytester", "tests.conformance.fixtures", "tests.reports"]

SECRET = "wT5mOQpYyJ3s8r2vKx7uZ1aB4cD6eF9g"
BASE_URL = "http://localhost:3000"
CHEAP_PASSWORDS = {"argon2": {"time_cost": 1, "memory_cost": 8}}
_SETTINGS = ("BETTER_AUTH_", "AUTH_SECRET", "DATABASE_URL", "NODE_ENV")


class MakeAuth(Protocol):
    """Makes an auth on a SQLite file of its own; options are those of `BetterAuth`."""

    def __call__(self, **options: Any) -> Awaitable[BetterAuth]: ...


@pytest.fixture(autouse=True)
def no_settings_from_outside() -> Iterator[None]:
    """Nothing in the developer's shell changes what a test sees, and no test leaves anything there."""
    with pytest.MonkeyPatch.context() as patch:
        from os import environ

        for name in [name for name in environ if name.startswith(_SETTINGS)]:
            patch.delenv(name)
        # Litestar's default configuration lowers it for the whole process, and other libraries would fill later logs.
        logging.getLogger().setLevel(logging.WARNING)
        kept = dict(environ)
        yield
        for name in set(environ) - set(kept):
            del environ[name]


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL server of the worker's own."""
    with embedded_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A Redis server of the worker's own."""
    server = RedisServer()
    yield server
    server.close()


@pytest.fixture
def redis(redis_server: RedisServer) -> RedisServer:
    """The worker's Redis server, empty."""
    redis_server.client.flushall()
    redis_server.calls()
    return redis_server


@pytest.fixture
def clock() -> ManualClock:
    """A clock that only the test moves."""
    return ManualClock(datetime(2026, 11, 21, 8, tzinfo=UTC))


@pytest.fixture
async def make_auth(tmp_path: Path) -> AsyncIterator[MakeAuth]:
    """Makes auths and closes them at the end of the test."""
    made: list[BetterAuth] = []

    async def make(**options: Any) -> BetterAuth:
        defaults = {
            "base_url": BASE_URL,
            "secret": SECRET,
            "database": {"url": f"sqlite:///{tmp_path / f'auth-{len(made)}.db'}"},
        }
        if "base_url" not in options:
            # Said, so that no test's log has the warning about development that nobody asked for.
            defaults["environment"] = "development"
        passwords = {"enabled": True, "password": CHEAP_PASSWORDS, **options.pop("email_and_password", {})}
        auth = BetterAuth(**{**defaults, "email_and_password": passwords, **options})
        made.append(auth)
        await auth.migrate()
        await auth.startup()
        return auth

    yield make
    for auth in made:
        await auth.shutdown()
