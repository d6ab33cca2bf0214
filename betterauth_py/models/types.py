"""Column types: UTC dates and what each layout stores them as."""

from __future__ import annotations

from datetime import UTC, datetime
from re import compile as compile_pattern
from typing import Any, Final, Literal

from sqlalchemy import BigInteger, Boolean, DateTime, Dialect, Integer, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql.asyncpg import AsyncpgDateTime, AsyncpgInteger, AsyncpgString
from sqlalchemy.types import TypeDecorator, TypeEngine

from betterauth_py.javascript import json
from betterauth_py.javascript.dates import read_date, to_milliseconds, to_wire
from betterauth_py.models.fields import Field

Layout = Literal["drizzle", "better-auth"]

# PostgreSQL's `integer`, in the one way in which it is written.
_NUMBER: Final = compile_pattern(r"[1-9][0-9]{0,9}")
_LARGEST: Final = 2**31 - 1


class UtcDateTime(TypeDecorator[datetime]):
    """A UTC date with milliseconds; refuses naive ones.

    PostgreSQL: `timestamp` (drizzle) or `timestamptz` (better-auth); the driver takes aware dates for both, so that a
    column of the other type gets the same moment, whatever the database's time zone. SQLite: milliseconds since the
    epoch (drizzle's `timestamp_ms`) or ISO 8601 text (better-auth).
    """

    impl = DateTime
    cache_ok = True

    def __init__(self, layout: Layout) -> None:
        """Store dates as `layout` does."""
        super().__init__()
        self.layout = layout

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the database's type."""
        if dialect.driver == "asyncpg":
            return _UncastDate(timezone=self.layout == "better-auth")
        return dialect.type_descriptor(self.stored_as(dialect.name))

    def stored_as(self, dialect: str) -> TypeEngine[Any]:
        """Return the database's type."""
        if dialect == "sqlite":
            return Integer() if self.layout == "drizzle" else IsoDate()
        return DateTime(timezone=self.layout == "better-auth")

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Turn an aware date into what is stored."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "naive dates are refused: give a UTC date"
            raise ValueError(msg)
        value = value.astimezone(UTC)
        if dialect.name == "sqlite":
            return to_milliseconds(value) if self.layout == "drizzle" else to_wire(value)
        return value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Turn what is stored into an aware date."""
        return None if value is None else read_date(value)


class Key(TypeDecorator[str]):
    """An id, or a reference to one: text here, text or `uuid` in a database that better-auth made."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the database's type."""
        return _UncastText() if dialect.driver == "asyncpg" else dialect.type_descriptor(Text())

    def stored_as(self, _dialect: str) -> TypeEngine[Any]:
        """Return the database's type."""
        return Text()


class NumberKey(TypeDecorator[str]):
    """An id that the database counts, or a reference to one: a text here, an integer in the database.

    A text that is no such number is nobody's id: as a condition it matches nothing.
    """

    impl = Integer
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the database's type."""
        return _UncastInteger() if dialect.driver == "asyncpg" else dialect.type_descriptor(Integer())

    def stored_as(self, _dialect: str) -> TypeEngine[Any]:
        """Return the database's type."""
        return Integer()

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        """Turn a text into the number that is stored."""
        return number_of(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """Turn the number into text."""
        return None if value is None else str(value)


def number_of(text: Any) -> int | None:
    """Return the number of an id that the database counts; None if the text is no such id."""
    if not isinstance(text, str) or not _NUMBER.fullmatch(text):
        return None
    number = int(text)
    return number if number <= _LARGEST else None


# PostgreSQL infers a parameter's type from the column, instead of from a cast in the statement.


class _UncastText(AsyncpgString, Text):
    render_bind_cast = False


class _UncastInteger(AsyncpgInteger):
    render_bind_cast = False


class _UncastDate(AsyncpgDateTime):
    render_bind_cast = False


class IsoDate(Text):
    """SQLite's `date`, as better-auth's own migrations declare it: ISO 8601 text."""

    __visit_name__ = "TEXT"


class Flag(TypeDecorator[bool]):
    """True or false: `boolean` on PostgreSQL, `integer` on SQLite, as both layouts have it."""

    impl = Boolean
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the database's type."""
        return dialect.type_descriptor(self.stored_as(dialect.name))

    def stored_as(self, dialect: str) -> TypeEngine[Any]:
        """Return the database's type."""
        return Integer() if dialect == "sqlite" else Boolean()

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> Any:
        """Store 0 and 1 where there is no boolean."""
        return int(value) if dialect.name == "sqlite" and value is not None else value

    def process_result_value(self, value: Any, dialect: Dialect) -> bool | None:
        """Read 0 and 1 as false and true."""
        return None if value is None else bool(value)


class JSONText(TypeDecorator[Any]):
    """A JSON value: `jsonb` on PostgreSQL in better-auth's layout, text elsewhere."""

    impl = Text
    cache_ok = True

    def __init__(self, layout: Layout) -> None:
        """Store JSON as `layout` does."""
        super().__init__()
        self.layout = layout

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the database's type."""
        return dialect.type_descriptor(self.stored_as(dialect.name))

    def stored_as(self, dialect: str) -> TypeEngine[Any]:
        """Return the database's type."""
        return JSONB() if dialect == "postgresql" else Text()

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Serialize where the driver does not."""
        return value if value is None or dialect.name == "postgresql" else json.stringify(value).decode()

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Parse where the driver has not."""
        return json.parse(value.encode()) if isinstance(value, str) and dialect.name != "postgresql" else value


class ListOf(JSONText):
    """A list of texts or numbers: an array on PostgreSQL in Drizzle's layout, JSON elsewhere."""

    cache_ok = True

    def __init__(self, layout: Layout, item: type[TypeEngine[Any]]) -> None:
        """Store lists of `item` as `layout` does."""
        super().__init__(layout)
        self.item = item

    def stored_as(self, dialect: str) -> TypeEngine[Any]:
        """Return the database's type."""
        if dialect == "postgresql" and self.layout == "drizzle":
            return ARRAY(self.item())
        return super().stored_as(dialect)


def column_type(field: Field, layout: Layout, *, counts_ids: bool = False) -> TypeEngine[Any]:
    """Return the SQLAlchemy type of a field, in a database that counts ids or does not."""
    if counts_ids and refers_to_id(field):
        return NumberKey()
    if field.references and field.type == "string":
        return Key()
    match field.type:
        case "boolean":
            return Flag()
        case "date":
            return UtcDateTime(layout)
        case "number":
            return BigInteger() if field.bigint else Integer()
        case "json":
            return JSONText(layout)
        case "string[]":
            return ListOf(layout, Text)
        case "number[]":
            return ListOf(layout, BigInteger if field.bigint else Integer)
        case _:
            return Text()


def refers_to_id(field: Field) -> bool:
    """Return whether the field has the id of another row."""
    return field.references is not None and field.references.field == "id" and field.type == "string"


def plain_type(given: TypeEngine[Any], dialect: str) -> TypeEngine[Any]:
    """Return the type as SQLAlchemy itself has it, which Alembic can write into a migration."""
    stored = given.stored_as(dialect) if isinstance(given, UtcDateTime | Key | NumberKey | Flag | JSONText) else given
    return Text() if isinstance(stored, IsoDate) else stored
