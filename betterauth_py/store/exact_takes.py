"""Takes verifications whose values are known, in one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, exists, or_, select

from betterauth_py.javascript.values import well_formed
from betterauth_py.store.prepared import Prepared
from betterauth_py.store.rows import Rows


class ExactTakes:
    """The statements, one for each number of identifiers and values."""

    def __init__(self, rows: Rows) -> None:
        """Work on `rows`."""
        self._rows = rows
        self._verification = rows.database.table("verification")
        self._prepared: dict[tuple[int, ...], Prepared] = {}

    async def take(self, wanted: Mapping[str, Sequence[str]], now: datetime) -> bool:
        """Delete the values of each identifier if the newest of each is one of those given; tell whether they were.

        None has expired then. Of several callers at once, one gets True; if another has changed one of the values
        meanwhile, nobody may have them: the rest is deleted too. Identifiers are as they are stored.
        """
        if any("\0" in text for identifier, values in wanted.items() for text in (identifier, *values)):
            return False
        given: dict[str, Any] = {"taken_at": now}
        for number, (identifier, values) in enumerate(wanted.items()):
            given[f"identifier_{number}"] = identifier
            given |= {f"value_{number}_{place}": well_formed(value) for place, value in enumerate(values)}
        deleted = await self._rows.database.fetch(self._statement(*map(len, wanted.values())), given)
        rows = [self._rows.to_row("verification", row) for row in deleted]
        # Whoever was faster has deleted the newest: what is left of older ones proves nothing.
        newest = {row["identifier"]: row["value"] for row in sorted(rows, key=lambda row: row["createdAt"])}
        return all(newest.get(identifier) in values for identifier, values in wanted.items())

    def _statement(self, *numbers: int) -> Prepared:
        prepared = self._prepared.get(numbers)
        if prepared is None:
            table = self._verification
            identifiers: list[ColumnElement[Any]] = [
                bindparam(f"identifier_{number}") for number in range(len(numbers))
            ]
            are_right = [self._is_right(number, values) for number, values in enumerate(numbers)]
            has_identifier = or_(*(table.c.identifier == identifier for identifier in identifiers))
            statement = delete(table).where(has_identifier, *are_right).returning(*table.c)
            prepared = self._prepared[numbers] = Prepared(statement, list(table.c))
        return prepared

    def _is_right(self, number: int, values: int) -> ColumnElement[bool]:
        """Return the condition that the newest value of an identifier is one of the given."""
        table = self._verification
        newest = (
            select(table)
            .where(table.c.identifier == bindparam(f"identifier_{number}"))
            .order_by(table.c.createdAt.desc())
            .limit(1)
            .subquery()
        )
        return exists(
            select(newest.c.id).where(
                newest.c.value.in_([bindparam(f"value_{number}_{place}") for place in range(values)]),
                newest.c.expiresAt >= bindparam("taken_at"),
            )
        )
