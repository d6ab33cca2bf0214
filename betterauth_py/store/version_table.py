"""Where a database notes at which revision it is: a table of this server's own, beside a neighbour's Alembic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Column, Connection, MetaData, String, Table, Text, delete, insert, inspect, select, text, update

VERSION_TABLE: Final = "betterauth_version"
# All core revisions, the newest last. What `revisions.newest_revision` finds without Alembic; a test compares them.
_REVISIONS: Final = ("0001_core", "0002_account_index")
# Alembic's default, where the revision was noted before there was a table of its own.
_FORMER_TABLE: Final = "alembic_version"
_METADATA: Final = MetaData()
# Alembic reads and writes `version_num` alone.
_VERSION: Final = Table(
    VERSION_TABLE, _METADATA, Column("version_num", String(32), primary_key=True), Column("adopted_at", Text)
)
_FORMER: Final = Table(_FORMER_TABLE, MetaData(), Column("version_num", String(32), primary_key=True))


@dataclass(frozen=True)
class Stamp:
    """What a database has noted about itself."""

    revision: str | None = None
    is_adopted: bool = False
    """Whether its tables were made by better-auth and taken over with `betterauth migrate --adopt`."""


def head_revision() -> str:
    """Return the newest core revision."""
    return _REVISIONS[-1]


def read_stamp(connection: Connection) -> Stamp:
    """Return the stamp; an empty one where there is none, or the database's user may not read it."""
    existing = inspect(connection).get_table_names()
    if VERSION_TABLE in existing:
        if not _may_read(connection):
            return Stamp()
        found = connection.execute(select(_VERSION)).first()
        return Stamp() if found is None else Stamp(found.version_num, found.adopted_at is not None)
    return Stamp(_former_revision(connection) if _FORMER_TABLE in existing else None)


def take_over_former_stamp(connection: Connection) -> None:
    """Make the table, with the revision that earlier versions noted in Alembic's default table.

    Of that table only this server's row is deleted; the table goes if nobody else's row is left in it.
    """
    existing = inspect(connection).get_table_names()
    if VERSION_TABLE in existing:
        return
    _METADATA.create_all(connection)
    former = _former_revision(connection) if _FORMER_TABLE in existing else None
    if former is None:
        return
    connection.execute(insert(_VERSION).values(version_num=former))
    connection.execute(delete(_FORMER).where(_FORMER.c.version_num.in_(_REVISIONS)))
    if connection.execute(select(_FORMER)).first() is None:
        _FORMER.drop(connection)


def note_adoption(connection: Connection, when: str) -> None:
    """Note that the stamped tables were made by better-auth."""
    connection.execute(update(_VERSION).values(adopted_at=when))


def _former_revision(connection: Connection) -> str | None:
    if not _may_read(connection, _FORMER_TABLE):
        return None
    return connection.execute(select(_FORMER.c.version_num).where(_FORMER.c.version_num.in_(_REVISIONS))).scalar()


def _may_read(connection: Connection, table: str = VERSION_TABLE) -> bool:
    if connection.dialect.name != "postgresql":
        return True
    question = text("SELECT has_table_privilege(quote_ident(:table), 'SELECT')")
    return bool(connection.execute(question, {"table": table}).scalar())
