"""Verifications as secondary storage holds them: their keys, texts and lives."""

from __future__ import annotations

from datetime import datetime

from betterauth_py.javascript import json
from betterauth_py.javascript.dates import to_milliseconds
from betterauth_py.store.hooks import Row
from betterauth_py.store.stored_values import read_date


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
