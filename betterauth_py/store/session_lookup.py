"""The fast way from a session token to its session and user.

Look-ups that wait at the same moment are gathered into one query (`= ANY(...)`), which is exact: every look-up is
answered by a query that starts after it was asked. Connections are dedicated and the statement is prepared once, so
there is no pool, no transaction and no reset around the read.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

import asyncpg

from betterauth_py.errors import DatabaseError
from betterauth_py.models.fields import Field
from betterauth_py.models.schema import Schema
from betterauth_py.models.types import read_date
from betterauth_py.store.database import Database, connect_postgresql, sqlite_pragmas
from betterauth_py.store.hooks import Row
from betterauth_py.wire import json

SessionAndUser = tuple[Row, Row]
Reader = Callable[[Sequence[Any]], SessionAndUser]
_LARGEST_BATCH = 500


class SessionLookup(Protocol):
    """Finds a session and its user by the session's token."""

    async def find(self, token: str) -> SessionAndUser | None:
        """Return the session and its user, or None."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...


def make_session_lookup(database: Database) -> SessionLookup | None:
    """Return the look-up for this database, or None where plain SQLAlchemy has to do."""
    if database.url.dialect == "postgresql":
        return None if database.pooled else PostgresqlSessionLookup(database)
    return SqliteSessionLookup(database) if database.url.path is not None else None


class _BatchingLookup:
    """Gathers look-ups: the first one starts a query at once, those that come meanwhile share the next one."""

    def __init__(self, schema: Schema) -> None:
        self.columns = _columns(schema)
        self.read = _make_reader(schema)
        self._waiting: dict[str, asyncio.Future[SessionAndUser | None]] = {}
        self._worker: asyncio.Task[None] | None = None

    async def find(self, token: str) -> SessionAndUser | None:
        """Return the session and its user, or None."""
        if "\0" in token:
            return None
        future = self._waiting.get(token)
        if future is None:
            future = self._waiting[token] = asyncio.get_running_loop().create_future()
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())
        # A caller that gives up must not take the answer away from others who wait for the same token.
        found = await asyncio.shield(future)
        return None if found is None else (dict(found[0]), dict(found[1]))

    async def _work(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, {}
                tokens = list(batch)
                for start in range(0, len(tokens), _LARGEST_BATCH):
                    await self._answer(batch, tokens[start : start + _LARGEST_BATCH])
        finally:
            self._worker = None

    async def _answer(self, batch: dict[str, asyncio.Future[SessionAndUser | None]], tokens: list[str]) -> None:
        try:
            rows = await self.query(tokens)
            found = {}
            for row in rows:
                session_and_user = self.read(row)
                found[session_and_user[0]["token"]] = session_and_user
        except BaseException as error:
            failure = error if isinstance(error, Exception) else DatabaseError("The session look-up was stopped.")
            for token in tokens:
                if not batch[token].done():
                    batch[token].set_exception(failure)
                    batch[token].exception()
            if not isinstance(error, Exception):
                raise
            return
        for token in tokens:
            if not batch[token].done():
                batch[token].set_result(found.get(token))

    async def query(self, tokens: list[str]) -> Sequence[Sequence[Any]]:
        """Return the rows of all tokens."""
        raise NotImplementedError


class PostgresqlSessionLookup(_BatchingLookup):
    """Reads over one dedicated asyncpg connection with prepared statements; reconnects when it is lost."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        super().__init__(database.schema)
        self._database = database
        self._connection: asyncpg.Connection[Any] | None = None
        self._find_one: Any = None
        self._find_many: Any = None

    async def query(self, tokens: list[str]) -> Sequence[Sequence[Any]]:
        """Return the rows of all tokens."""
        try:
            return await self._query(tokens)
        except (asyncpg.InterfaceError, asyncpg.PostgresConnectionError, OSError, asyncpg.OperatorInterventionError):
            # The server restarted or dropped the connection: one more try on a new one, nothing was written.
            await self.close()
            return await self._query(tokens)
        except asyncpg.InvalidCachedStatementError:
            await self.close()
            return await self._query(tokens)

    async def _query(self, tokens: list[str]) -> Sequence[Sequence[Any]]:
        if self._connection is None:
            await self._connect()
        if len(tokens) == 1:
            rows: Sequence[Sequence[Any]] = await self._find_one.fetch(tokens[0])
        else:
            rows = await self._find_many.fetch(tokens)
        return rows

    async def _connect(self) -> None:
        connection = await connect_postgresql(self._database.url, self._database.options, pooled=False)
        self._find_one = await connection.prepare(f"{self.columns} = $1")
        self._find_many = await connection.prepare(f"{self.columns} = ANY($1::text[])")
        self._connection = connection

    async def close(self) -> None:
        """Close the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()


class SqliteSessionLookup(_BatchingLookup):
    """Reads on one thread of its own with one connection, so that the event loop never waits for the disk."""

    def __init__(self, database: Database) -> None:
        """Read from the database's file."""
        super().__init__(database.schema)
        self._path = str(database.url.path)
        self._connection: sqlite3.Connection | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="betterauth-session")

    async def query(self, tokens: list[str]) -> Sequence[Sequence[Any]]:
        """Return the rows of all tokens."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._query, tokens)

    def _query(self, tokens: list[str]) -> list[tuple[Any, ...]]:
        if self._connection is None:
            self._connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
            for pragma in sqlite_pragmas():
                self._connection.execute(pragma)
        rows: list[tuple[Any, ...]] = []
        for token in tokens:
            rows += self._connection.execute(f"{self.columns} = ?", (token,)).fetchall()
        return rows

    async def close(self) -> None:
        """Close the connection and end the thread."""
        self._thread.shutdown(wait=True)
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _columns(schema: Schema) -> str:
    """Return the query up to the condition on the token."""
    names = [
        f"{alias}.{_quoted(schema.column_name(model, field))}"
        for alias, model in (("s", "session"), ("u", "user"))
        for field in (*schema.models[model].fields, "id")
    ]
    user_id, token = schema.column_name("session", "userId"), schema.column_name("session", "token")
    # Only names from the schema, quoted; the token is always a parameter.
    return (
        f"SELECT {', '.join(names)} FROM {_quoted(schema.table_name('session'))} s "  # noqa: S608
        f"JOIN {_quoted(schema.table_name('user'))} u ON u.id = s.{_quoted(user_id)} WHERE s.{_quoted(token)}"
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _make_reader(schema: Schema) -> Reader:
    """Return the function that turns a row of the query into a session and a user."""
    session_names = (*schema.models["session"].fields, "id")
    user_names = (*schema.models["user"].fields, "id")
    split = len(session_names)
    session_converters = _converters(schema.models["session"].fields)
    user_converters = _converters(schema.models["user"].fields)

    def read(row: Sequence[Any]) -> SessionAndUser:
        values = tuple(row)
        session = dict(zip(session_names, values[:split], strict=True))
        user = dict(zip(user_names, values[split:], strict=True))
        for name, convert in session_converters:
            session[name] = convert(session[name])
        for name, convert in user_converters:
            user[name] = convert(user[name])
        return session, user

    return read


def _converters(fields: Any) -> list[tuple[str, Callable[[Any], Any]]]:
    converters = []
    for name, field in fields.items():
        convert = _converter(field)
        if convert is not None:
            converters.append((name, convert))
    return converters


def _converter(field: Field) -> Callable[[Any], Any] | None:
    from_database: Callable[[Any], Any] | None = None
    if field.type == "date":
        from_database = read_date
    elif field.type == "boolean":
        from_database = bool
    elif field.type in {"json", "string[]", "number[]"}:
        from_database = _parse_json
    output = field.transform.output
    if from_database is None:
        return output
    convert = from_database

    def keeping_null(value: Any) -> Any:
        return None if value is None else convert(value)

    return (lambda value: output(keeping_null(value))) if output else keeping_null


def _parse_json(value: Any) -> Any:
    return json.parse(value.encode()) if isinstance(value, str) else value
