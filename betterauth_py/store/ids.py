"""Makes the ids of rows, or leaves them to the database."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from sqlalchemy import func, select, text

from betterauth_py.crypto.random import generate_id
from betterauth_py.errors import BetterAuthError
from betterauth_py.models.types import number_of
from betterauth_py.options.database import SERIAL, DatabaseAdvancedOptions
from betterauth_py.store.database import Database
from betterauth_py.store.sessions.statement import quoted

_LENGTH = 32


class PlaceholderId(str):
    """Stands in for the id that the database will give to a row: random, nobody's, and never stored there."""

    __slots__ = ()


def is_stored_id(row_id: object, *, counts_ids: bool) -> bool:
    """Return whether the database takes this id, and makes none itself; as upstream, it counts on for a text."""
    return number_of(row_id) is not None if counts_ids else not isinstance(row_id, PlaceholderId)


async def draw_number(database: Database, model: str) -> str:
    """Return the id that the next row of a model would have had, which no row will have then."""
    table = database.table(model).name
    if database.url.dialect == "postgresql":
        drawn = select(func.nextval(func.pg_get_serial_sequence(quoted(table), "id")))
        return str((await database.execute(drawn)).scalar_one())
    # Tables that better-auth's own migrations made count on from their largest id.
    largest = select(func.coalesce(func.max(database.table(model).c.id), 0)).scalar_subquery()
    counter = text("UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = :name RETURNING seq")
    has_counter = text("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'")
    if (await database.execute(has_counter)).first() is not None:
        counted = (await database.execute(counter, {"name": table})).scalar()
        if counted is not None:
            return str(counted)
    return str(int((await database.execute(select(largest))).scalar_one()) + 1)


def make_id_generator(options: DatabaseAdvancedOptions) -> Callable[[str], str]:
    """Return the function that makes the id of a new row of a model, or a `PlaceholderId`."""
    generate = options.generate_id
    if generate is None:
        return lambda _model: generate_id(_LENGTH)
    if generate is False or generate == SERIAL:
        return lambda _model: PlaceholderId(generate_id(_LENGTH))
    if not callable(generate):
        return lambda _model: str(uuid4())

    def ask(model: str) -> str:
        made: object = generate(model, _LENGTH)
        if made is False:
            return PlaceholderId(generate_id(_LENGTH))
        if not isinstance(made, str) or not made:
            raise BetterAuthError(
                f"advanced.database.generate_id returned {made!r} as the id of a row of {model}. Return a text that is "
                "not empty, or False to let the database make the id."
            )
        return made

    return ask
