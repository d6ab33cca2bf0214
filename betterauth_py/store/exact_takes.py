"""Takes a verification whose value is known, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from betterauth_py.javascript.values import well_formed
from betterauth_py.store.prepared import Prepared
from betterauth_py.store.rows import Rows


class ExactTakes:
    """The statements, one for each number of values."""

    def __init__(self, rows: Rows) -> None:
        """Work on `rows`."""
        self._rows = rows
        self._verification = rows.database.table("verification")
        self._prepared: dict[int, Prepared] = {}

    async def take(self, identifier: str, values: Sequence[str], now: datetime) -> bool:
        """Delete the values of an identifier if the newest is one of `values` and has not expired; tell whether it was.

        Of several callers at once, one gets True. `identifier` is as it is stored.
        """
        if any("\0" in text for text in (identifier, *values)):
            return False
        given = {f"value_{place}": well_formed(value) for place, value in enumerate(values)}
        deleted = await self._rows.database.fetch(
            self._statement(len(values)), {**given, "taken_identifier": identifier, "taken_at": now}
        )
        rows = [self._rows.to_row("verification", row) for row in deleted]
        # Whoever was faster has deleted the newest: what is left of older ones proves nothing.
        return bool(rows) and max(rows, key=lambda row: row["createdAt"])["value"] in values

    def _statement(self, number: int) -> Prepared:
        prepared = self._prepared.get(number)
        if prepared is None:
            table = self._verification
            has_identifier = table.c.identifier == bindparam("taken_identifier")
            newest = select(table).where(has_identifier).order_by(table.c.createdAt.desc()).limit(1).subquery()
            is_right = select(newest.c.id).where(
                newest.c.value.in_([bindparam(f"value_{place}") for place in range(number)]),
                newest.c.expiresAt >= bindparam("taken_at"),
            )
            statement = delete(table).where(has_identifier, is_right.exists()).returning(*table.c)
            prepared = self._prepared[number] = Prepared(statement, list(table.c))
        return prepared
