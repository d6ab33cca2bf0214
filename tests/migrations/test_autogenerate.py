"""A migrated database is exactly what the tables say: Alembic would generate nothing."""

from __future__ import annotations

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from betterauth_py import BetterAuth
from betterauth_py.plugins.registry import EXAMPLES
from betterauth_py.store.version_table import VERSION_TABLE
from tests.store.support import auth_on, database_of, running

EVERY_TYPE = {
    "aString": {"type": "string", "required": False},
    "aNumber": {"type": "number", "required": False},
    "aBigNumber": {"type": "number", "bigint": True, "required": False},
    "aBoolean": {"type": "boolean", "required": False},
    "aDate": {"type": "date", "required": False},
    "someJson": {"type": "json", "required": False},
    "strings": {"type": "string[]", "required": False},
    "numbers": {"type": "number[]", "required": False},
    "choice": {"type": ["a", "b"], "required": False},
}
OPTIONS: dict[str, dict[str, Any]] = {
    "the defaults": {},
    "rate limits in the database": {"rate_limit": {"storage": "database"}},
    "additional fields of every type": {
        model: {"additional_fields": EVERY_TYPE} for model in ("user", "session", "account")
    },
    "required additional fields": {
        "user": {
            "additional_fields": {
                "plain": {"type": "string"},
                "text": {"type": "string", "default_value": "it's"},
                "amount": {"type": "number", "default_value": 3},
                "flag": {"type": "boolean", "default_value": True},
            }
        }
    },
    "unique and indexed additional fields": {
        "user": {
            "additional_fields": {
                "handle": {"type": "string", "required": False, "unique": True},
                "teamCode": {"type": "string", "required": False, "index": True},
            }
        }
    },
    "an additional field that points to a user": {
        "session": {
            "additional_fields": {"sponsor": {"type": "string", "required": False, "references": {"model": "user"}}}
        }
    },
    "ids that the database counts, and every plugin": {
        "advanced": {"database": {"generate_id": "serial"}},
        "rate_limit": {"storage": "database"},
        "plugins": EXAMPLES,
    },
    "ids that the database makes": {"advanced": {"database": {"generate_id": False}}},
    "renamed tables and columns": {
        "user": {
            "model_name": "people",
            "fields": {"email": "mail", "emailVerified": "is_verified"},
            "additional_fields": {"role": {"type": "string", "required": False, "field_name": "job"}},
        },
        "session": {"model_name": "logins", "fields": {"userId": "person_id", "token": "secret"}},
        "account": {"model_name": "ways_in", "fields": {"userId": "person_id"}},
        "verification": {"model_name": "proofs", "fields": {"identifier": "about"}},
        "rate_limit": {
            "storage": "database",
            "model_name": "counters",
            "fields": {"key": "what", "lastRequest": "at"},
        },
    },
}


async def differences(auth: BetterAuth) -> list[Any]:
    """What `alembic revision --autogenerate` would write."""
    database = database_of(auth)

    def compare(connection: Connection) -> list[Any]:
        options = {"compare_type": True, "compare_server_default": True, "version_table": VERSION_TABLE}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, database.metadata))

    return await database.run(compare)


@pytest.mark.parametrize("described", OPTIONS)
async def test_nothing_is_left_to_generate(database_url: str, layout: str, described: str) -> None:
    async with running(auth_on(database_url, database={"layout": layout}, **OPTIONS[described])) as auth:
        assert await differences(auth) == []


async def test_a_difference_would_be_found(database_url: str) -> None:
    async with running(auth_on(database_url)):
        pass
    auth = auth_on(database_url, user={"additional_fields": EVERY_TYPE}, rate_limit={"storage": "database"})
    found = [difference[0] for difference in await differences(auth)]
    assert found.count("add_column") == len(EVERY_TYPE)
    assert found.count("add_table") == 1
    await auth.shutdown()
