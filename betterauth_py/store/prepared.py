"""Prepared statements: SQLAlchemy compiles their SQL once, asyncpg runs it.

Building a statement anew, finding its SQL in SQLAlchemy's cache and passing through its result objects costs more than
the rest of a sign-in but for the hash.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import Executable

Converter = Callable[[Any], Any]
Found = Mapping[Any, Any]
"""A row's values by the keys of its columns, or a statement's by the names of its parameters."""


class Prepared:
    """A statement whose parameters have names and whose rows have `columns`."""

    def __init__(
        self, statement: Executable, columns: Sequence[ColumnElement[Any]], *, inserted: Sequence[str] | None = None
    ) -> None:
        """Take the statement; an INSERT's parameters are the columns `inserted`."""
        self.statement = statement
        self._columns = columns
        self._inserted = inserted
        self._for_asyncpg: _ForAsyncpg | None = None

    def for_asyncpg(self, dialect: Dialect) -> _ForAsyncpg:
        """Return it in asyncpg's form, compiled on first use."""
        if self._for_asyncpg is None:
            # The insert's columns are named here as its values would name them.
            keys = None if self._inserted is None else list(self._inserted)
            compiled = self.statement.compile(dialect=dialect, column_keys=keys)  # type: ignore[attr-defined]
            self._for_asyncpg = _ForAsyncpg(compiled, self._columns, dialect)
        return self._for_asyncpg


class _ForAsyncpg:
    def __init__(self, compiled: SQLCompiler, columns: Sequence[ColumnElement[Any]], dialect: Dialect) -> None:
        self.sql = str(compiled)
        self._fixed = dict(compiled.params)
        self._parameters = [
            (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in compiled.positiontup or ()
        ]
        self._keys = [column.key for column in columns]
        readers = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self._readers = [(key, reader) for key, reader in zip(self._keys, readers, strict=True) if reader]

    def arguments(self, values: Found) -> list[Any]:
        """Return the values in the order of the SQL's numbers, as the driver takes them."""
        arguments = []
        for name, convert in self._parameters:
            value = values[name] if name in values else self._fixed[name]
            arguments.append(convert(value) if convert else value)
        return arguments

    def read(self, record: Sequence[Any]) -> Found:
        """Return a record's values, as the columns' types read them."""
        found = dict(zip(self._keys, record, strict=True))
        for key, convert in self._readers:
            found[key] = convert(found[key])
        return found
