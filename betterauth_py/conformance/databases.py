"""The tables of either side, reached with plain SQL: SQLite and PostgreSQL directly here, the oracle's by itself."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from .durations import iso
from .option_names import snake_case

if TYPE_CHECKING:
    import asyncpg

Row = dict[str, Any]

CORE_KINDS = {
    "emailVerified": "boolean",
    "isAnonymous": "boolean",
    "isPrimary": "boolean",
    "phoneNumberVerified": "boolean",
    "backedUp": "boolean",
    "banned": "boolean",
    "banExpires": "date",
    "twoFactorEnabled": "boolean",
    "verified": "boolean",
    "lockedUntil": "date",
    "createdAt": "date",
    "updatedAt": "date",
    "expiresAt": "date",
    "accessTokenExpiresAt": "date",
    "refreshTokenExpiresAt": "date",
    "lastPolledAt": "date",
}
JSON_KINDS = frozenset({"json", "string[]", "number[]"})
"""Kinds that a database may keep as JSON text."""


def column_kinds(options: Mapping[str, Any]) -> dict[str, str]:
    """Which columns hold dates, booleans or JSON, by their names in either layout, additional fields included."""
    kinds = dict(CORE_KINDS)
    for model in ("user", "session", "account", "verification"):
        for name, declared in options.get(model, {}).get("additionalFields", {}).items():
            kind = declared["type"]
            kinds[declared.get("fieldName", name)] = kind if isinstance(kind, str) else "string"
    for given in options.get("plugins", {}).values():
        for table in given.get("schema", {}).values() if isinstance(given, Mapping) else ():
            renamed = table.get("fields", {})
            kinds |= {column: kinds[name] for name, column in renamed.items() if name in kinds}
    return kinds | {snake_case(name): kind for name, kind in kinds.items()}


class Database(Protocol):
    """One side's tables."""

    def rows(self, table: str) -> list[Row]:
        """All rows of a table, cells as the wire would show them."""

    def change(self, table: str, values: Mapping[str, Any], where: Mapping[str, str]) -> int:
        """Set columns of the rows that match; dates are given in milliseconds. How many rows changed."""

    def delete(self, table: str, where: Mapping[str, str]) -> int:
        """Delete the rows that match. How many there were."""

    def close(self) -> None:
        """Let go of the connection."""


def quoted_name(identifier: str) -> str:
    """A column or table in double quotes. ValueError for what is neither."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", identifier):
        raise ValueError(f"not a column or table: {identifier!r}")
    return f'"{identifier}"'


def statement(verb: str, values: Mapping[str, Any], where: Mapping[str, str], mark: str) -> tuple[str, list[Any]]:
    """A statement with its values, of which each is marked so in the text."""
    marks = iter(range(1, 100))

    def pairs(columns: Mapping[str, Any], joint: str) -> str:
        return joint.join(f"{quoted_name(c)} = {mark.format(next(marks))}" for c in columns)

    text = verb + (f" set {pairs(values, ', ')}" if values else "")
    text += f" where {pairs(where, ' and ')}" if where else ""
    return text, [*values.values(), *where.values()]


class SqliteDatabase:
    """A SQLite file of ours: dates are milliseconds (or text), booleans 0 and 1, lists and JSON are text."""

    def __init__(self, path: Path, kinds: Mapping[str, str]) -> None:
        self._connection = sqlite3.connect(path, timeout=10, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("pragma foreign_keys = on")
        self._kinds = kinds

    def rows(self, table: str) -> list[Row]:
        """All rows of a table."""
        found = self._connection.execute(f"select * from {quoted_name(table)}").fetchall()
        return [{column: self._shown(column, row[column]) for column in row.keys()} for row in found]  # noqa: SIM118

    def _shown(self, column: str, cell: Any) -> Any:
        kind = self._kinds.get(column)
        if cell is None:
            return None
        if kind == "date" and isinstance(cell, int):
            return iso(cell)
        if kind == "boolean" and cell in (0, 1):
            return bool(cell)
        if kind in JSON_KINDS and isinstance(cell, str):
            return json.loads(cell)
        return cell

    def change(self, table: str, values: Mapping[str, Any], where: Mapping[str, str]) -> int:
        """Set columns of the rows that match."""
        cells = {column: self._stored(table, column, value) for column, value in values.items()}
        return self._connection.execute(*statement(f"update {quoted_name(table)}", cells, where, "?")).rowcount

    def _stored(self, table: str, column: str, value: Any) -> Any:
        """An instant as the column keeps it: milliseconds with Drizzle, text in better-auth's own tables."""
        declared = {
            row["name"]: row["type"] for row in self._connection.execute(f"pragma table_info({quoted_name(table)})")
        }
        is_text = self._kinds.get(column) == "date" and declared.get(column, "").lower() in ("date", "text")
        return iso(value) if is_text and isinstance(value, int) else value

    def delete(self, table: str, where: Mapping[str, str]) -> int:
        """Delete the rows that match."""
        return self._connection.execute(*statement(f"delete from {quoted_name(table)}", {}, where, "?")).rowcount

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


class PostgresDatabase:
    """A PostgreSQL database of ours, on a loop of its own."""

    def __init__(self, url: str, kinds: Mapping[str, str]) -> None:
        import asyncpg  # noqa: PLC0415 - who looks into no PostgreSQL needs no driver

        self._kinds = kinds
        self._loop = asyncio.new_event_loop()
        self._connection: asyncpg.Connection = self._loop.run_until_complete(asyncpg.connect(url))

    def rows(self, table: str) -> list[Row]:
        """All rows of a table."""
        found = self._loop.run_until_complete(self._connection.fetch(f"select * from {quoted_name(table)}"))
        return [{column: self._shown(column, cell) for column, cell in row.items()} for row in found]

    def _shown(self, column: str, cell: Any) -> Any:
        if isinstance(cell, datetime):
            moment = cell if cell.tzinfo else cell.replace(tzinfo=UTC)
            whole = iso(int(moment.timestamp()) * 1000 + moment.microsecond // 1000)
            return whole if moment.microsecond % 1000 == 0 else f"{moment} has microseconds"
        if self._kinds.get(column) in JSON_KINDS and isinstance(cell, str):
            return json.loads(cell)
        return cell

    def change(self, table: str, values: Mapping[str, Any], where: Mapping[str, str]) -> int:
        """Set columns of the rows that match."""
        cells = {
            c: datetime.fromtimestamp(v / 1000, UTC).replace(tzinfo=None)
            if self._kinds.get(c) == "date" and isinstance(v, int)
            else v
            for c, v in values.items()
        }
        return self._affected(statement(f"update {quoted_name(table)}", cells, where, "${}"))

    def delete(self, table: str, where: Mapping[str, str]) -> int:
        """Delete the rows that match."""
        return self._affected(statement(f"delete from {quoted_name(table)}", {}, where, "${}"))

    def _affected(self, asked: tuple[str, list[Any]]) -> int:
        text, values = asked
        status: str = self._loop.run_until_complete(self._connection.execute(text, *values))
        return int(status.rsplit(" ", 1)[1])

    def close(self) -> None:
        """Close connection and loop."""
        self._loop.run_until_complete(self._connection.close())
        self._loop.close()


def open_database(url: str, kinds: Mapping[str, str]) -> SqliteDatabase | PostgresDatabase:
    """Our side's tables from the URL the server was given."""
    if url.startswith("sqlite"):
        return SqliteDatabase(Path(urlsplit(url).path.removeprefix("/")), kinds)
    return PostgresDatabase(url.replace("+asyncpg", "", 1), kinds)
