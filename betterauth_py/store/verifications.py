"""Verifications: values that prove something for a while, once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from betterauth_py.store.hooks import REFUSED, Row
from betterauth_py.store.rows import Rows


class Verifications:
    """Single-use values by identifier."""

    def __init__(self, rows: Rows, *, cleans_up: bool) -> None:
        """Work on `rows`; with `cleans_up`, expired values are deleted when one is looked up."""
        self._rows = rows
        self._cleans_up = cleans_up
        self._verification = rows.database.table("verification")

    async def create(self, row: Row) -> Row | None:
        """Insert a value; None if a hook refuses it."""
        return await self._rows.create("verification", row)

    async def find(self, identifier: str, now: datetime) -> Row | None:
        """Return the newest value of an identifier, expired or not; expired ones are deleted afterwards."""
        verification = self._verification
        newest = (
            select(verification)
            .where(verification.c.identifier == identifier)
            .order_by(verification.c.createdAt.desc())
            .limit(1)
        )
        found = None
        if "\0" not in identifier:
            found = (await self._rows.database.execute(newest)).first()
        if self._cleans_up:
            await self._rows.delete_many("verification", verification.c.expiresAt < now)
        return None if found is None else self._rows.to_row("verification", found._mapping)

    async def consume(self, identifier: str, now: datetime) -> Row | None:
        """Delete an identifier's values and return the newest, unless it is expired; of racing callers one gets it."""
        if "\0" in identifier:
            return None
        verification = self._verification
        async with self._rows.database.transaction():
            if self._rows.hooks.watches("verification", "delete"):
                row = await self._rows.find_one("verification", verification.c.identifier == identifier)
                if row is not None and await self._rows.hooks.before("verification", "delete", row) is REFUSED:
                    return None
            statement = delete(verification).where(verification.c.identifier == identifier).returning(*verification.c)
            deleted: list[Any] = list(await self._rows.database.execute(statement))
            rows = [self._rows.to_row("verification", found._mapping) for found in deleted]
            if not rows:
                return None
            newest = max(rows, key=lambda row: row["createdAt"])
            for function in self._rows.hooks.after("verification", "delete", newest):
                await self._rows.database.after_commit(function)
        return None if newest["expiresAt"] < now else newest
