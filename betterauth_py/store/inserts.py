"""Inserts of one row, each built once; also such that insert only while another row holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, bindparam, insert, select

from betterauth_py.store.database import Database
from betterauth_py.store.errors import NotHeldError
from betterauth_py.store.prepared import Found, Prepared


@dataclass(frozen=True, slots=True)
class Holding:
    """A row that must be there, with values as checked, while another one is inserted."""

    row: Select[Any] = field(repr=False)
    """Selects and locks the row, so that a change of it and the insert wait for each other."""
    values: Mapping[str, Any] = field(repr=False)
    """Its parameters, whose names are not those of columns."""


class Inserts:
    """The inserts of all models."""

    def __init__(self, database: Database) -> None:
        """Work on `database`."""
        self._database = database
        self._prepared: dict[tuple[Any, ...], Prepared] = {}

    async def run(self, model: str, values: Mapping[str, Any], holding: Holding | None = None) -> Found:
        """Insert a row of `values` and return it as stored; with `holding`, in the same statement as its check.

        Raises:
            NotHeldError: if `holding` does not hold.
            DBAPIError: if the database refuses the row.
        """
        if holding is None:
            return (await self._database.fetch(self._insert(model, values), values))[0]
        statement = self._insert_while(model, values, holding)
        inserted = await self._database.fetch(statement, {**values, **holding.values})
        if not inserted:
            raise NotHeldError
        return inserted[0]

    def _insert(self, model: str, values: Mapping[str, Any]) -> Prepared:
        key = (model, *values)
        prepared = self._prepared.get(key)
        if prepared is None:
            table = self._database.table(model)
            prepared = Prepared(insert(table).returning(*table.c), list(table.c), inserted=list(values))
            self._prepared[key] = prepared
        return prepared

    def _insert_while(self, model: str, values: Mapping[str, Any], holding: Holding) -> Prepared:
        key = (model, holding.row, *values)
        prepared = self._prepared.get(key)
        if prepared is None:
            table = self._database.table(model)
            # A common table expression that locks is always run, and before the rows that depend on it are inserted.
            held = holding.row.cte("held")
            row = select(*(bindparam(name, type_=table.c[name].type) for name in values)).select_from(held)
            statement = insert(table).from_select(list(values), row, include_defaults=False).returning(*table.c)
            prepared = Prepared(statement, list(table.c))
            self._prepared[key] = prepared
        return prepared
