"""Creates, changes and deletes rows, with defaults, transforms and hooks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.exc import DBAPIError

from betterauth_py.awaiting import resolve
from betterauth_py.clock import Clock, now
from betterauth_py.javascript.values import UNDEFINED
from betterauth_py.models.fields import Field, default_of
from betterauth_py.models.types import number_of, refers_to_id
from betterauth_py.store import row_changes
from betterauth_py.store.coercion import UnstorableValueError, to_storable
from betterauth_py.store.conditions import Clause, clauses_of, column_of
from betterauth_py.store.database import Database, logger
from betterauth_py.store.errors import NotStoredError
from betterauth_py.store.faults import is_refusal, refusal_of
from betterauth_py.store.hooks import REFUSED, Change, DatabaseHooks, Row
from betterauth_py.store.ids import is_stored_id
from betterauth_py.store.inserts import Holding, Inserts
from betterauth_py.store.prepared import Found, Prepared
from betterauth_py.store.updates import Updates

Elsewhere = Callable[[Row], Awaitable[Row | None]]
"""Stores a row, or changes of one, in another place than the database; returns the row as it is there."""


class Rows:
    """Rows of all models, under their wire names; every change runs the hooks."""

    def __init__(self, database: Database, hooks: DatabaseHooks, clock: Clock, list_limit: int) -> None:
        """Work on `database`, telling `hooks`, by the time of `clock`; clients get lists of `list_limit` rows."""
        self.database = database
        self.hooks = hooks
        self._clock = clock
        self.list_limit = list_limit
        """The most rows of a list for clients that has no limit of its own: `default_find_many_limit`."""
        self._is_drizzle = database.schema.layout == "drizzle"
        self._fields = {name: model.fields for name, model in database.schema.models.items()}
        self._counts_ids = database.schema.counts_ids
        self._inserts = Inserts(database)
        self._updates = Updates(database, self._fields)

    async def create(
        self,
        model: str,
        row: Row,
        *,
        elsewhere: Elsewhere | None = None,
        in_database: bool = True,
        hooked: bool = True,
        holding: Holding | None = None,
    ) -> Row | None:
        """Insert `row` (then store it `elsewhere`) and return it as stored, or None if a hook refuses it.

        Not `hooked`, no hook learns of it. With `holding`, it is inserted only while that holds.

        Raises:
            NotStoredError: if the database refuses it.
            NotHeldError: if `holding` does not hold.
        """
        # As upstream: before hooks see no id that the database will have given, and may give one.
        own_id = {name: value for name, value in row.items() if name == "id" and in_database}
        if hooked:
            row = await self.hooks.before(model, "create", {name: row[name] for name in row if name not in own_id})
            if row is REFUSED:
                return None
            row = {**own_id, **row}
        created: Row | None = await self._insert(model, row, holding) if in_database else row
        if elsewhere is not None and created is not None:
            created = await elsewhere(created)
        if hooked:
            await self._run_after(model, "create", created)
        return created

    async def _insert(self, model: str, row: Row, holding: Holding | None) -> Row:
        try:
            values = await self.to_store(model, row, creating=True)
            stored = await self._inserts.run(model, values, holding)
        except (DBAPIError, UnstorableValueError) as error:
            reason = _not_stored(error, model)
            raise reason from (None if reason is error else error)
        return self.to_row(model, stored)

    async def update(
        self,
        model: str,
        changes: Row,
        *where: Clause,
        elsewhere: Elsewhere | None = None,
        in_database: bool = True,
    ) -> Row | None:
        """Change the row that matches and return it as stored; None if there is none, or a hook refuses.

        With `elsewhere`, the change is made there first; what is there is returned if nothing is `in_database`.

        Raises:
            NotStoredError: if the database refuses the change.
        """
        changes = await self.hooks.before(model, "update", changes)
        if changes is REFUSED:
            return None
        updated = await elsewhere(changes) if elsewhere is not None else None
        if in_database:
            updated = await self._change(model, changes, *where)
        await self._run_after(model, "update", updated)
        return updated

    async def _change(self, model: str, changes: Row, *where: Clause) -> Row | None:
        try:
            values = await self.to_store(model, changes, creating=False)
            found = await self._updates.run(model, values, where)
        except (DBAPIError, UnstorableValueError) as error:
            reason = _not_stored(error, model)
            raise reason from (None if reason is error else error)
        return None if found is None else self.to_row(model, found)

    async def delete(self, model: str, *where: Clause) -> None:
        """Delete the row that matches, unless a hook refuses."""
        table = self.database.table(model)
        row: Row | None = None
        if self.hooks.watches(model, "delete"):
            row = await self.find_one(model, *where)
            if row is not None and await self.hooks.before(model, "delete", row) is REFUSED:
                return
        await self.database.execute(delete(table).where(*self.clauses(model, where)))
        if row is not None:
            await self._run_after(model, "delete", row)

    async def delete_many(self, model: str, *where: Clause, kept_with: Row | None = None) -> bool:
        """Delete all rows that match; a hook that refuses one of them keeps all, which False tells.

        With `kept_with`, the rows are kept and get these values, but count as deleted for hooks.
        """
        rows: list[Row] = []
        if self.hooks.watches(model, "delete"):
            rows = await self.find_many(model, *where)
            for row in rows:
                if await self.hooks.before(model, "delete", row) is REFUSED:
                    return False
        table = self.database.table(model)
        if kept_with is None:
            await self.database.execute(delete(table).where(*self.clauses(model, where)))
        else:
            values = await self.to_store(model, kept_with, creating=False)
            await self.database.execute(update(table).where(*self.clauses(model, where)).values(values))
        for row in rows:
            await self._run_after(model, "delete", row)
        return True

    async def find_many(
        self,
        model: str,
        *where: Clause,
        order_by: str | None = None,
        descending: bool = False,
        limit: int | None = None,
        offset: int | None = None,
    ) -> list[Row]:
        """Return all rows that match, or `limit` of them after the first `offset`, in the order of a field.

        Raises:
            LookupError: for a field that there is not.
        """
        table = self.database.table(model)
        statement = select(table).where(*self.clauses(model, where)).limit(limit).offset(offset)
        if order_by is not None:
            column = column_of(table, self._fields[model], order_by)
            # The id besides, so that no row is on two pages.
            statement = statement.order_by(column.desc() if descending else column.asc(), table.c.id)
        return [self.to_row(model, found._mapping) for found in await self.database.execute(statement)]

    async def count(self, model: str, *where: Clause) -> int:
        """Return how many rows match."""
        statement = select(func.count()).select_from(self.database.table(model)).where(*self.clauses(model, where))
        return int((await self.database.execute(statement)).scalar_one())

    async def fetch_one(self, model: str, prepared: Prepared, values: Found) -> Row | None:
        """Return the first row that a prepared SELECT of the whole model finds, or None."""
        found = await self.database.fetch(prepared, values)
        return self.to_row(model, found[0]) if found else None

    async def find_one(self, model: str, *where: Clause) -> Row | None:
        """Return the first row that matches, or None."""
        statement = select(self.database.table(model)).where(*self.clauses(model, where)).limit(1)
        found = (await self.database.execute(statement)).first()
        return None if found is None else self.to_row(model, found._mapping)

    async def increment(
        self, model: str, steps: Mapping[str, int], *where: Clause, changes: Row | None = None
    ) -> Row | None:
        """Add to number fields of one row that matches; return it as it is then, or None if none matches any more.

        Conditions are demanded by the statement that adds: `Where("attempts", 3, "lt")` lets three callers through,
        however many come at once. `changes` are written besides. No hook is told, as with better-auth 1.7.25's
        `incrementOne`.

        Raises:
            NotStoredError: if the database refuses it.
        """
        try:
            return await row_changes.increment(self, model, steps, where, changes)
        except (DBAPIError, UnstorableValueError) as error:
            reason = _not_stored(error, model)
            raise reason from (None if reason is error else error)

    async def consume_one(self, model: str, *where: Clause) -> Row | None:
        """Delete one row that matches and return it; None if there is none (any more), or a hook refuses.

        Of several callers at once, exactly one gets the row: what it proves is proved once.
        """
        return await row_changes.consume(self, model, where)

    async def update_many(self, model: str, changes: Row, *where: Clause) -> int:
        """Change every row that matches and return how many there were; 0 if a hook refuses.

        Raises:
            NotStoredError: if the database refuses the change.
        """
        try:
            return await row_changes.update_many(self, model, changes, where)
        except (DBAPIError, UnstorableValueError) as error:
            reason = _not_stored(error, model)
            raise reason from (None if reason is error else error)

    def clauses(self, model: str, where: Sequence[Clause]) -> list[ColumnElement[bool]]:
        """Return conditions as SQLAlchemy's."""
        return clauses_of(self.database.table(model), self._fields[model], where)

    def to_row(self, model: str, stored: Mapping[Any, Any], prefix: str = "") -> Row:
        """Return stored columns as a row: wire names, in the order in which answers show them, `id` last."""
        row: Row = {}
        for name, field in self._fields[model].items():
            value = stored[prefix + name]
            row[name] = field.transform.output(value) if field.transform.output else value
        row["id"] = stored[prefix + "id"]
        return row

    async def _run_after(self, model: str, change: Change, row: Any) -> None:
        for function in self.hooks.after(model, change, row):
            await self.database.after_commit(function)

    async def to_store(self, model: str, row: Row, *, creating: bool) -> Row:
        """Return a row's values as its columns take them, with defaults and transforms."""
        values: Row = {}
        for name, field in self._fields[model].items():
            given = row.get(name, UNDEFINED)
            if creating:
                value = self._created(field, given)
                if value is UNDEFINED and not field.transform.input:
                    continue
            else:
                value = self._renewed(field) if given is UNDEFINED else given
                if value is UNDEFINED:
                    continue
            if field.transform.input:
                value = await resolve(field.transform.input(None if value is UNDEFINED else value))
            values[name] = to_storable(field, value)
            if self._counts_ids and values[name] is not None and refers_to_id(field) and not number_of(values[name]):
                msg = "no id that the database counts"
                raise UnstorableValueError(msg)
        if "id" in row and is_stored_id(row["id"], counts_ids=self._counts_ids):
            values["id"] = row["id"]
        return values

    def _created(self, field: Field, given: Any) -> Any:
        """Return what a new row has in a field: what is given, or its default."""
        if given is not UNDEFINED and not (given is None and field.demanded):
            return given
        if field.default_value is not None:
            return default_of(field.default_value)
        # Drizzle runs `onUpdate` of a date for inserts too.
        if given is UNDEFINED and self._is_drizzle and field.type == "date" and callable(field.on_update):
            return default_of(field.on_update)
        return given

    def _renewed(self, field: Field) -> Any:
        """Return what an update writes into a field that it does not mention."""
        if field.on_update is not None:
            return default_of(field.on_update)
        return now(self._clock) if field.renewed_on_update else UNDEFINED


def _not_stored(error: DBAPIError | UnstorableValueError, model: str) -> Exception:
    """Return what keeps the row from being stored: its values, or else the fault itself."""
    if isinstance(error, UnstorableValueError):
        return NotStoredError(type(error).__name__)
    if not is_refusal(error):
        return error
    reason = refusal_of(error)
    logger.info("The database refused a row of %s: %s", model, reason)
    return NotStoredError(reason)
