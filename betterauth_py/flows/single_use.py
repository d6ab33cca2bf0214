"""Stores values that can be used once, such as states and mailed tokens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from betterauth_py.core.auth_context import AuthContext
from betterauth_py.store.hooks import Row


async def store_single_use_value(
    auth: AuthContext, identifier: str, value: str, life: float, *, identifier_first: bool = False
) -> None:
    """Keep `value` under `identifier` for `life` seconds, or until it is consumed.

    `identifier_first` is the order in secondary storage, which better-auth has for some kinds of values.
    """
    now = auth.now()
    row = verification_row(auth, identifier, value, now, life)
    if identifier_first:
        row |= {name: row.pop(name) for name in ("identifier", "value", "expiresAt")}
    await auth.verifications.create(row, now)


async def find_single_use_value(auth: AuthContext, identifier: str) -> Row | None:
    """Return the row of a value that has not expired; None if there is none."""
    found = await auth.verifications.find(identifier, auth.now())
    return None if found is None or found["expiresAt"] < auth.now() else found


async def store_single_use_values(auth: AuthContext, values: Mapping[str, str], expires_at: datetime) -> None:
    """As `store_single_use_value`, for values by their identifiers, which begin and end together."""
    now = auth.now()
    for identifier, value in values.items():
        row = verification_row(auth, identifier, value, now, 0) | {"expiresAt": expires_at}
        await auth.verifications.create(row, now)


async def store_quietly(auth: AuthContext, identifier: str, value: str, life: int) -> None:
    """As `store_single_use_value`, for values that better-auth does not store: no hook runs."""
    now = auth.now()
    await auth.verifications.create(verification_row(auth, identifier, value, now, life), now, hooked=False)


async def use_first(auth: AuthContext, identifier: str, life: int) -> bool:
    """Return whether this is the first use of an identifier within `life` seconds, of which no hook learns.

    For SQLite, which has one writer at a time: of several uses at once one is the first.
    """
    async with auth.database.transaction():
        is_first = await auth.verifications.find(identifier, auth.now()) is None
        if is_first:
            await store_quietly(auth, identifier, "", life)
    return is_first


async def store_single_use_value_discreetly(auth: AuthContext, identifier: str, value: str | None, life: int) -> None:
    """As `store_single_use_value`; None stores nothing, in the same steps and the same time."""
    now = auth.now()
    row = verification_row(auth, identifier, value or auth.generate_id("user"), now, life)
    await auth.verifications.create_or_pretend(row, now, pretend=value is None)


async def write_decoy(auth: AuthContext) -> None:
    """Do the database's work of storing two rows, and store none."""
    identifier = auth.generate_id("verification")
    await auth.verifications.write_decoy(verification_row(auth, identifier, identifier, auth.now(), 0))


def verification_row(auth: AuthContext, identifier: str, value: str, now: datetime, life: float) -> Row:
    """Return the row of a value that lives `life` seconds."""
    return {
        "id": auth.generate_id("verification"),
        "createdAt": now,
        "updatedAt": now,
        "value": value,
        "identifier": identifier,
        "expiresAt": now + timedelta(seconds=life),
    }
