"""Databases with somebody signed in, of either engine and layout."""

from __future__ import annotations

import asyncio

import pytest

from betterauth_py.conformance.recorder.embedded_postgres import EmbeddedPostgres
from tests.verify.people import People, populated


@pytest.fixture(scope="module", params=["drizzle", "better-auth"])
def postgresql(request: pytest.FixtureRequest, postgres: EmbeddedPostgres) -> People:
    url = postgres.database(f"verify_drivers_{request.param.replace('-', '_')}")
    return asyncio.run(populated(url, request.param))


@pytest.fixture(scope="module", params=["drizzle", "better-auth"])
def sqlite(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> People:
    url = f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'auth.db'}"
    return asyncio.run(populated(url, request.param))
