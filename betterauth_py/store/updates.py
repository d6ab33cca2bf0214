"""Updates of one row; what flows change again and again is built once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.sql.expression import ClauseElement

from betterauth_py.models.fields import Field
from betterauth_py.store.conditions import Clause, clauses_of, equalities_of
from betterauth_py.store.database import Database
from betterauth_py.store.prepared import Found, Prepared

_MOST = 256
"""Most statements that are remembered: which fields of a user are changed together is up to clients."""


class Updates:
    """The updates of all models."""

    def __init__(self, database: Database, fields: Mapping[str, Mapping[str, Field]]) -> None:
        """Work on `database`, whose models have `fields`."""
        self._database = database
        self._fields = fields
        self._prepared: dict[tuple[str, tuple[str, ...], tuple[str, ...]], Prepared] = {}

    async def run(self, model: str, values: Mapping[str, Any], where: Sequence[Clause]) -> Found | None:
        """Set the `values` of the row that matches, and return it as it is then; None if there is none.

        Raises:
            DBAPIError: if the database refuses the change.
        """
        table = self._database.table(model)
        equal = equalities_of(self._fields[model], where)
        if not equal or not values or any(isinstance(value, ClauseElement) for value in values.values()):
            clauses = clauses_of(table, self._fields[model], where)
            statement = update(table).where(*clauses).values(dict(values)).returning(*table.c)
            found = (await self._database.execute(statement)).first()
            return None if found is None else found._mapping
        prepared = self._statement(model, tuple(values), tuple(equal))
        given = {f"new_{name}": value for name, value in values.items()}
        rows = await self._database.fetch(prepared, given | {f"is_{name}": value for name, value in equal.items()})
        return rows[0] if rows else None

    def _statement(self, model: str, changed: tuple[str, ...], equal: tuple[str, ...]) -> Prepared:
        key = (model, changed, equal)
        prepared = self._prepared.get(key)
        if prepared is None:
            table = self._database.table(model)
            statement = (
                update(table)
                .where(*(table.c[name] == bindparam(f"is_{name}") for name in equal))
                .values({name: bindparam(f"new_{name}", type_=table.c[name].type) for name in changed})
                .returning(*table.c)
            )
            prepared = Prepared(statement, list(table.c))
            if len(self._prepared) < _MOST:
                self._prepared[key] = prepared
        return prepared
