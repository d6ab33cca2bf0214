"""Tables in this process's memory, for a server without a database.

SQLite keeps them: its `memdb` gives all connections of a process the same tables, with locks, as a file would
(https://www.sqlite.org/src/file/src/memdb.c). Nothing is written anywhere, and everything ends with the process.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Final
from uuid import uuid4
from weakref import finalize

import sqlalchemy
from sqlalchemy import MetaData, delete, func, select, text

if TYPE_CHECKING:
    from betterauth_py.store.database import Database

MOST_BYTES: Final = 64 * 1024 * 1024
"""The most memory that the tables take, in bytes."""
_PAGE_BYTES: Final = 4_096
_SCARCE: Final = 0.75
_COUNTS: Final = ("page_count", "freelist_count")


class ProcessMemory:
    """The tables; they last until `close`."""

    def __init__(self, metadata: MetaData) -> None:
        """Prepare; the tables are made at the first use."""
        self.uri = f"file:/betterauth-{uuid4().hex}?vfs=memdb"
        self._metadata = metadata
        self._keeper: sqlite3.Connection | None = None
        self._lock = Lock()

    def open(self) -> None:
        """Make the tables, unless they are there. They last while one connection is open, and this keeps one open."""
        with self._lock:
            if self._keeper is not None:
                return
            keeper = sqlite3.connect(self.uri, uri=True, check_same_thread=False)
            # Who forgets to close the auth gets no warning about a connection that only we know of.
            finalize(self, keeper.close)
            engine = sqlalchemy.create_engine("sqlite://", creator=lambda: keeper, poolclass=sqlalchemy.StaticPool)
            self._metadata.create_all(engine)
            self._keeper = keeper

    def close(self) -> None:
        """Forget everything, once no other connection is open."""
        with self._lock:
            if self._keeper is not None:
                self._keeper.close()
                self._keeper = None


def limit(execute: Callable[[str], object]) -> None:
    """Keep a connection from growing the tables beyond `MOST_BYTES`."""
    execute(f"PRAGMA max_page_count = {MOST_BYTES // _PAGE_BYTES}")


async def make_room(database: Database) -> int:
    """Forget the users who were changed longest ago, with all that is theirs, if memory gets scarce; return how many.

    Whoever is forgotten stays signed in, because the cookies hold the session.
    """
    pages, free = [(await database.execute(text(f"PRAGMA {name}"))).scalar_one() for name in _COUNTS]
    if (pages - free) * _PAGE_BYTES < _SCARCE * MOST_BYTES:
        return 0
    user = database.table("user")
    total = (await database.execute(select(func.count()).select_from(user))).scalar_one()
    oldest = select(user.c.id).order_by(user.c.updatedAt).limit(total // 4 + 1)
    return (await database.execute(delete(user).where(user.c.id.in_(oldest)))).rowcount
