"""Verifications as secondary storage holds them: their keys, texts, lives and changes."""

from __future__ import annotations

from datetime import datetime

from betterauth_py.javascript import json
from betterauth_py.javascript.dates import to_milliseconds
from betterauth_py.options import SecondaryStorage
from betterauth_py.store.hooks import Row
from betterauth_py.store.rows import Rows
from betterauth_py.store.stored_values import read_date, swap


def life_of(row: Row, now: datetime) -> int:
    """Return for how many seconds more the value counts."""
    return (to_milliseconds(row["expiresAt"]) - to_milliseconds(now)) // 1000


def key_of(identifier: str) -> str:
    """Return the key of the value of an identifier, as it is stored."""
    return f"verification:{identifier}"


def read_value(stored: str | None) -> Row | None:
    """Return the value as it was stored, or None if there is none that says until when it counts."""
    if stored is None:
        return None
    try:
        value = json.parse_reviving_dates(stored)
    except json.InvalidJSONError:
        return None
    expires_at = read_date(value.get("expiresAt")) if isinstance(value, dict) else None
    return None if expires_at is None or "value" not in value else {**value, "expiresAt": expires_at}


async def exchange_value(rows: Rows, storage: SecondaryStorage, found: Row, row: Row | None, now: datetime) -> bool:
    """Replace a value that is in secondary storage only, by `row` or by nothing; see `Verifications.replace`."""
    key = key_of(found["identifier"])
    stored = await storage.get(key)
    if read_value(stored) != found:
        return False

    async def exchange(created: Row) -> Row | None:
        life = life_of(created, now)
        text = json.stringify(created).decode() if life > 0 else None
        return created if await swap(storage, key, stored, text, max(life, 1)) else None

    if row is None:
        return await swap(storage, key, stored, None, None)
    # What has no row has no id.
    given = {**{name: value for name, value in row.items() if name != "id"}, "identifier": found["identifier"]}
    return await rows.create("verification", given, elsewhere=exchange, in_database=False) is not None


async def change_value(
    storage: SecondaryStorage, identifiers: list[str], changes: Row, now: datetime, still: Row | None
) -> Row | None:
    """Change a value that is in secondary storage only; see `Verifications.update`."""
    for stored_as in identifiers:
        key = key_of(stored_as)
        stored = await storage.get(key)
        found = read_value(stored)
        if found is None:
            continue
        updated = {**found, **changes}
        life = life_of(updated, now)
        is_another = still is not None and found["value"] != still["value"]
        if is_another or found["expiresAt"] < now or life <= 0:
            return None
        return updated if await swap(storage, key, stored, json.stringify(updated).decode(), life) else None
    return None
