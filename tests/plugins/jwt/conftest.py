"""Databases as the store's tests have them, and somebody who is signed in."""

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
