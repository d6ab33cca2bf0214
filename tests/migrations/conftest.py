"""A database for each test, of either engine; better-auth on Node where a test shares one with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from betterauth_py.conformance.recorder.oracle import install
from tests.migrations.commands import Command
from tests.store.conftest import (
    database_url,
    databases,
    new_postgresql,
    postgresql_url,
    sqlite_url,
)

__all__ = [
    "database_url",
    "databases",
    "new_postgresql",
    "postgresql_url",
    "sqlite_url",
]


@pytest.fixture(params=["drizzle", "better-auth"])
def layout(request: pytest.FixtureRequest) -> str:
    """Each layout in turn."""
    name: str = request.param
    return name


@pytest.fixture
def betterauth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The `betterauth` command, run in this process in a folder of its own."""
    return Command(tmp_path, monkeypatch, capsys)


@pytest.fixture(scope="session")
def npm_packages() -> None:
    """better-auth of npm."""
    install()
