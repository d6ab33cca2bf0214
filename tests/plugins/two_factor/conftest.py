"""Databases and commands as the tests of the store and of migrations have them."""

from __future__ import annotations

from tests.migrations.conftest import betterauth, layout, npm_packages
from tests.store.conftest import database_url, databases, new_postgresql, postgresql_url, sqlite_url

__all__ = [
    "betterauth",
    "database_url",
    "databases",
    "layout",
    "new_postgresql",
    "npm_packages",
    "postgresql_url",
    "sqlite_url",
]
