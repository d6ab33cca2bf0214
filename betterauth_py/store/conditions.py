"""Conditions on rows without SQL, for plugins and flows, as better-auth's `where`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Table, Text, and_, cast, false, func, or_, true

from betterauth_py.javascript.values import well_formed
from betterauth_py.models.fields import Field
from betterauth_py.models.types import NumberKey, number_of
from betterauth_py.store.coercion import UnstorableValueError, to_storable

Operator = Literal["eq", "ne", "lt", "lte", "gt", "gte", "in", "not_in", "contains", "starts_with", "ends_with"]


@dataclass(frozen=True, slots=True)
class Where:
    """One condition on a field: `Where("ownerId", user["id"])`, `Where("expiresAt", now, "lt")`.

    Operators are better-auth's. `eq` and `ne` with None ask for what is null; `contains`, `starts_with` and `ends_with`
    take the text as it is: `%` and `_` stand for themselves. SQLite compares these three without regard to the case of
    ASCII letters, as it does for better-auth.
    """

    field: str
    """The field's name on the wire, such as `ownerId`."""
    value: Any
    operator: Operator = "eq"
    ignores_case: bool = False
    """Whether the comparison ignores case."""


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of these conditions."""

    conditions: tuple[Where, ...]

    def __init__(self, *conditions: Where) -> None:
        """Combine the conditions; without any, no row matches."""
        object.__setattr__(self, "conditions", conditions)


Condition = Where | AnyOf
Clause = Condition | ColumnElement[bool]
"""A condition on a row: better-auth's, or within the store SQLAlchemy's."""

# What strangers ask for as an id is no more storable than any other text.
_ID: Final = Field()
_TEXTS: Final = {"contains": "contains", "starts_with": "startswith", "ends_with": "endswith"}
_ORDERS: Final[Mapping[str, Callable[[Any, Any], ColumnElement[bool]]]] = {
    "lt": lambda column, value: column < value,
    "lte": lambda column, value: column <= value,
    "gt": lambda column, value: column > value,
    "gte": lambda column, value: column >= value,
}


def clauses_of(table: Table, fields: Mapping[str, Field], conditions: Sequence[Clause]) -> list[ColumnElement[bool]]:
    """Return the conditions as SQLAlchemy's.

    Raises:
        LookupError: for a field that there is not, naming those that there are.
    """
    return [_clause(table, fields, condition) for condition in conditions]


def equalities_of(fields: Mapping[str, Field], conditions: Sequence[Clause]) -> dict[str, Any] | None:
    """Return the values that fields must have, if that is all that the conditions say; else None."""
    values: dict[str, Any] = {}
    for one in conditions:
        if not isinstance(one, Where) or one.operator != "eq" or one.ignores_case or one.field in values:
            return None
        if one.field != "id" and one.field not in fields:
            return None
        storable = _storable(fields.get(one.field), one.value)
        if not storable or storable[0] is None:
            return None
        values[one.field] = storable[0]
    return values


def column_of(table: Table, fields: Mapping[str, Field], name: str) -> ColumnElement[Any]:
    """Return the column of a field.

    Raises:
        LookupError: if there is no such field.
    """
    if name != "id" and name not in fields:
        msg = f"{table.name} has no field {name!r}. Fields: id, {', '.join(fields)}."
        raise LookupError(msg)
    return table.c[name]


def _clause(table: Table, fields: Mapping[str, Field], condition: Clause) -> ColumnElement[bool]:
    if isinstance(condition, AnyOf):
        return or_(false(), *(_clause(table, fields, one) for one in condition.conditions))
    if not isinstance(condition, Where):
        return condition
    column, operator = column_of(table, fields, condition.field), condition.operator
    field = fields.get(condition.field)

    if operator in {"in", "not_in"}:
        return _in(column, [one for value in condition.value for one in _storable(field, value, column)], condition)
    if isinstance(column.type, NumberKey) and (operator in _TEXTS or condition.ignores_case):
        column = cast(column, Text)
    if operator in _TEXTS:
        text = well_formed(str(condition.value))
        if "\0" in text:
            return false()
        compared = getattr(column, ("i" if condition.ignores_case else "") + _TEXTS[operator])
        found: ColumnElement[bool] = compared(text, autoescape=True)
        return found
    storable = _storable(field, condition.value, column)
    if not storable:
        return true() if operator == "ne" else false()
    (value,) = storable
    if operator in _ORDERS:
        return _ORDERS[operator](column, value)
    if condition.ignores_case and isinstance(value, str):
        column, value = func.lower(column), value.lower()
    same = column.is_(None) if value is None else column == value
    return same if operator == "eq" else column.is_not(None) if value is None else column != value


def _storable(field: Field | None, value: Any, column: ColumnElement[Any] | None = None) -> list[Any]:
    """Return `value` in the type of the column; nothing if no row can have it."""
    if column is not None and isinstance(column.type, NumberKey) and isinstance(value, str):
        return [value] if number_of(value) else []
    try:
        if field is None:
            return [to_storable(_ID, value) if isinstance(value, str) else value]
        return [to_storable(field, value)]
    except UnstorableValueError:
        return []


def _in(column: ColumnElement[Any], values: list[Any], condition: Where) -> ColumnElement[bool]:
    if condition.ignores_case:
        column, values = func.lower(column), [one.lower() if isinstance(one, str) else one for one in values]
    return column.in_(values) if condition.operator == "in" else and_(column.not_in(values))
