"""Pages of rows, of which those that are asked for at the same time are found by one query.

A page far from the beginning costs what finding all rows before it costs. So at most one such query runs for each
search and order; the pages that are asked for meanwhile are all found by the next one. That is exact: every page is
read after it was asked for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, literal_column, or_, select

from betterauth_py.store.conditions import Where, column_of
from betterauth_py.store.hooks import Row
from betterauth_py.store.prepared import Found, Prepared
from betterauth_py.store.rows import Rows
from betterauth_py.store.sessions.statement import quoted

Slice = tuple[int, int]
"""The number of rows before a page, and the most rows on it."""

_MOST_ROWS: Final = 5_000


@dataclass
class _Line:
    """Those who wait for pages of one search and order."""

    where: Sequence[Where]
    order_by: str | None
    descending: bool
    waiting: dict[Slice, list[asyncio.Future[list[Row]]]] = field(default_factory=dict)
    worker: asyncio.Task[None] | None = None

    def take(self) -> dict[Slice, list[asyncio.Future[list[Row]]]]:
        """Take as many of the pages as one query may find, those that have waited longest first."""
        taken: dict[Slice, list[asyncio.Future[list[Row]]]] = {}
        rows = 0
        for page in list(self.waiting):
            if taken and rows + page[1] > _MOST_ROWS:
                break
            taken[page] = self.waiting.pop(page)
            rows += page[1]
        return taken


class Pages:
    """Pages of the rows of one model."""

    def __init__(self, rows: Rows, model: str) -> None:
        """Read `rows` of `model`."""
        self._rows = rows
        self._model = model
        self._table = rows.database.table(model)
        self._fields = rows.database.schema.models[model].fields
        self._has_places = rows.database.url.dialect == "postgresql"
        # PostgreSQL compares places many times faster than texts, such as ids, and finds rows by them at once.
        place: ColumnElement[Any] = literal_column(f"{quoted(self._table.name)}.ctid")
        self._place = place if self._has_places else self._table.c.id
        self._lines: dict[Hashable, _Line] = {}

    async def get(
        self, where: Sequence[Where], *, order_by: str | None, descending: bool, limit: int, offset: int
    ) -> list[Row]:
        """Return at most `limit` rows that match after the first `offset`, in the order of a field.

        Raises:
            LookupError: for a field that there is not.
        """
        if self._rows.database.in_transaction:
            return (await self._read(_Line(where, order_by, descending), [(offset, limit)]))[offset, limit]
        loop = asyncio.get_running_loop()
        key = (loop, order_by, descending, *((one.field, one.operator, repr(one.value)) for one in where))
        line = self._lines.get(key)
        if line is None:
            line = self._lines[key] = _Line(where, order_by, descending)
        answer: asyncio.Future[list[Row]] = loop.create_future()
        line.waiting.setdefault((offset, limit), []).append(answer)
        if line.worker is None:
            line.worker = asyncio.create_task(self._work(key, line))
        return await answer

    async def _work(self, key: Hashable, line: _Line) -> None:
        batch: dict[Slice, list[asyncio.Future[list[Row]]]] = {}
        try:
            while line.waiting:
                batch = line.take()
                try:
                    found = await self._read(line, list(batch))
                except Exception as error:
                    _fail(batch, error)
                    continue
                for page, answers in batch.items():
                    for answer in answers:
                        if not answer.done():
                            answer.set_result(found[page])
        except BaseException:
            # Stopped from outside: nobody is left waiting for an answer that will not come.
            _fail(batch, asyncio.CancelledError())
            _fail(line.waiting, asyncio.CancelledError())
            raise
        finally:
            del self._lines[key]

    async def _read(self, line: _Line, pages: Sequence[Slice]) -> dict[Slice, list[Row]]:
        matching = self._rows.clauses(self._model, line.where)
        # In no order at all, one query finds several pages only where it is sure to read the rows as theirs would.
        if line.order_by is None and (len(pages) == 1 or not self._has_places or matching):
            return {page: await self._read_plainly(line, matching, *page) for page in pages}
        start = min(offset for offset, _ in pages)
        wanted = self._choose(line, matching, pages, start)
        columns = list(self._table.c)
        joined = select(*columns, wanted.c.number).join_from(wanted, self._table, self._place == wanted.c.place)
        found = await self._fetch(line, joined, [*columns, wanted.c.number])
        by_number = {one["number"] + start: self._rows.to_row(self._model, one) for one in found}
        return {
            (offset, limit): [
                by_number[number] for number in range(offset + 1, offset + limit + 1) if number in by_number
            ]
            for offset, limit in pages
        }

    async def _read_plainly(
        self, line: _Line, matching: list[ColumnElement[bool]], offset: int, limit: int
    ) -> list[Row]:
        statement = select(self._table).where(*matching).offset(offset or None).limit(limit)
        found = await self._fetch(line, statement, list(self._table.c))
        return [self._rows.to_row(self._model, one) for one in found]

    async def _fetch(self, line: _Line, statement: Select[Any], columns: list[ColumnElement[Any]]) -> Sequence[Found]:
        if any(one.operator in {"in", "not_in"} for one in line.where):
            # Only SQLAlchemy itself writes out a list of values.
            return (await self._rows.database.execute(statement)).mappings().all()
        return await self._rows.database.fetch(Prepared(statement, columns), {})

    def _choose(self, line: _Line, matching: list[ColumnElement[bool]], pages: Sequence[Slice], start: int) -> Subquery:
        """Return the query for the places of the rows on the pages, and their numbers from `start`.

        Sorted are only places: whole rows would not fit into the memory that a database gives to one query.
        """
        ordered = select(self._place.label("place")).select_from(self._table).where(*matching)
        if line.order_by is not None:
            column = column_of(self._table, self._fields, line.order_by)
            # The place besides, so that no row is on two pages.
            ordered = ordered.order_by(column.desc() if line.descending else column.asc(), self._place)
        end = max(offset + limit for offset, limit in pages)
        within = ordered.offset(start or None).limit(end - start).subquery()
        numbered = select(within.c.place, func.row_number().over().label("number")).subquery()
        number = numbered.c.number
        slices = [and_(number > offset - start, number <= offset - start + limit) for offset, limit in pages]
        return select(numbered).where(or_(*slices)).subquery()


def _fail(waiting: dict[Slice, list[asyncio.Future[list[Row]]]], error: BaseException) -> None:
    for answers in waiting.values():
        for answer in answers:
            if not answer.done():
                answer.set_exception(error)
