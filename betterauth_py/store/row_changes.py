"""Changes of rows that only one of several callers may make, and of many rows at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select, update

from betterauth_py.store.hooks import REFUSED, Row

if TYPE_CHECKING:
    from betterauth_py.store.conditions import Clause
    from betterauth_py.store.rows import Rows


async def increment(
    rows: Rows, model: str, steps: Mapping[str, int], where: Sequence[Clause], changes: Row | None
) -> Row | None:
    """Add `steps` to the fields of one row that matches, in the one statement that also demands the match."""
    database, clauses = rows.database, rows.clauses(model, where)
    table = database.table(model)
    # Without `changes` only Drizzle writes what updates renew, as with better-auth.
    renews = changes is not None or database.schema.layout == "drizzle"
    values: dict[str, Any] = await rows.to_store(model, changes or {}, creating=False) if renews else {}
    # What is null counts from 0.
    values |= {name: func.coalesce(table.c[name], 0) + step for name, step in steps.items()}
    one = select(table.c.id).where(*clauses).order_by(table.c.id).limit(1).scalar_subquery()
    statement = update(table).where(table.c.id == one, *clauses).values(values).returning(*table.c)
    found = (await database.execute(statement)).first()
    return None if found is None else rows.to_row(model, found._mapping)


async def consume(rows: Rows, model: str, where: Sequence[Clause]) -> Row | None:
    """Delete one row that matches and return it: of several callers at once, one gets it."""
    database, clauses, hooks = rows.database, rows.clauses(model, where), rows.hooks
    table = database.table(model)
    if hooks.watches(model, "delete"):
        row = await rows.find_one(model, *where)
        if row is None or await hooks.before(model, "delete", row) is REFUSED:
            return None
        clauses = [*clauses, table.c.id == row["id"]]
    one = select(table.c.id).where(*clauses).order_by(table.c.id).limit(1).scalar_subquery()
    found = (await database.execute(delete(table).where(table.c.id == one, *clauses).returning(*table.c))).first()
    if found is None:
        return None
    consumed = rows.to_row(model, found._mapping)
    for function in hooks.after(model, "delete", consumed):
        await database.after_commit(function)
    return consumed


async def update_many(rows: Rows, model: str, changes: Row, where: Sequence[Clause]) -> int:
    """Change every row that matches, and return how many; a hook that refuses changes none."""
    database, hooks = rows.database, rows.hooks
    changes = await hooks.before(model, "update", changes)
    if changes is REFUSED:
        return 0
    table = database.table(model)
    values = await rows.to_store(model, changes, creating=False)
    statement = update(table).where(*rows.clauses(model, where)).values(values).returning(*table.c)
    changed = [rows.to_row(model, found._mapping) for found in await database.execute(statement)]
    for row in changed:
        for function in hooks.after(model, "update", row):
            await database.after_commit(function)
    return len(changed)
