"""Rows that must stay as they were checked while another row is inserted, by conditions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, select

from betterauth_py.store.coercion import to_storable
from betterauth_py.store.conditions import Where, column_of
from betterauth_py.store.database import Database
from betterauth_py.store.inserts import Holding


class Holdings:
    """The statements, one for each set of conditions; a plugin keeps them as a service."""

    def __init__(self, database: Database) -> None:
        """Work on `database`."""
        self._database = database
        self._fields = {name: model.fields for name, model in database.schema.models.items()}
        self._selects: dict[tuple[Any, ...], Select[Any]] = {}

    def of(self, model: str, where: Sequence[Where]) -> Holding:
        """Return what holds while a row fulfils the conditions: `create_session(..., holding=...)`.

        Operators are `eq` and `lt`.

        Raises:
            LookupError: for a field that there is not.
        """
        key = (model, *((one.field, one.operator, one.value is None) for one in where))
        statement = self._selects.get(key)
        if statement is None:
            statement = self._selects[key] = self._select(model, where)
        fields = self._fields[model]
        values = {
            f"held_{place}": one.value if one.field == "id" else to_storable(fields[one.field], one.value)
            for place, one in enumerate(where)
            if one.value is not None
        }
        return Holding(statement, values)

    def _select(self, model: str, where: Sequence[Where]) -> Select[Any]:
        table = self._database.table(model)
        conditions: list[ColumnElement[bool]] = []
        for place, one in enumerate(where):
            column = column_of(table, self._fields[model], one.field)
            held = bindparam(f"held_{place}", type_=column.type)
            if one.value is None:
                conditions.append(column.is_(None))
            else:
                conditions.append(column < held if one.operator == "lt" else column == held)
        statement = select(table.c.id).where(*conditions)
        # FOR SHARE: inserts run concurrently; a change of the row and an insert wait for each other.
        return statement.with_for_update(read=True) if self._database.url.dialect == "postgresql" else statement
