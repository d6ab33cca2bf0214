"""The query that reads a session with its user, and the reader of its rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import datetime
from typing import Any, Final

from betterauth_py.javascript import json
from betterauth_py.javascript.dates import as_utc, read_date
from betterauth_py.models.fields import Field
from betterauth_py.models.schema import Schema
from betterauth_py.models.types import refers_to_id
from betterauth_py.store.hooks import Row
from betterauth_py.store.sessions.statement import session_statement

SessionAndUser = tuple[Row, Row]
# The types of fields whose values are lists or objects.
CONTAINERS: Final = frozenset({"json", "string[]", "number[]"})
Reader = Callable[[Sequence[Any]], SessionAndUser]


def session_query(schema: Schema) -> str:
    """Return the query up to the condition on the token."""
    columns = {
        model: [schema.column_name(model, field) for field in (*schema.models[model].fields, "id")]
        for model in ("session", "user")
    }
    return session_statement(
        schema.table_name("session"),
        schema.table_name("user"),
        columns["session"],
        columns["user"],
        user_id=schema.column_name("session", "userId"),
        token=schema.column_name("session", "token"),
    )


def make_reader(schema: Schema) -> Reader:
    """Return the function that turns a row of the query into a session and a user."""
    session_names = (*schema.models["session"].fields, "id")
    user_names = (*schema.models["user"].fields, "id")
    split = len(session_names)
    session_converters = _converters(schema, "session")
    user_converters = _converters(schema, "user")
    session_outputs = _outputs(schema, "session")
    user_outputs = _outputs(schema, "user")

    def read(row: Sequence[Any]) -> SessionAndUser:
        values = tuple(row)
        session = dict(zip(session_names, values[:split], strict=True))
        user = dict(zip(user_names, values[split:], strict=True))
        for name, convert in session_converters:
            if (value := session[name]) is not None:
                session[name] = convert(value)
        for name, convert in user_converters:
            if (value := user[name]) is not None:
                user[name] = convert(value)
        for name, output in session_outputs:
            session[name] = output(session[name])
        for name, output in user_outputs:
            user[name] = output(user[name])
        return session, user

    return read


def _converters(schema: Schema, model: str) -> list[tuple[str, Callable[[Any], Any]]]:
    """Return what makes values of the database, except null, into those of the wire."""
    converters: list[tuple[str, Callable[[Any], Any]]] = [("id", str)] if schema.counts_ids else []
    for name, field in schema.models[model].fields.items():
        convert = _converter(field, is_number=schema.counts_ids and refers_to_id(field))
        if convert is not None:
            converters.append((name, convert))
    return converters


def _outputs(schema: Schema, model: str) -> list[tuple[str, Callable[[Any], Any]]]:
    outputs = ((name, field.transform.output) for name, field in schema.models[model].fields.items())
    return [(name, output) for name, output in outputs if output is not None]


def _converter(field: Field, *, is_number: bool) -> Callable[[Any], Any] | None:
    if is_number:
        return str
    if field.type == "date":
        return _read_date
    if field.type == "boolean":
        return bool
    return _parse_json if field.type in CONTAINERS else None


def _read_date(value: Any) -> datetime | None:
    # The common case first: this runs five times per session.
    if type(value) is datetime:
        return value if value.tzinfo is not None else as_utc(value)
    return read_date(value)


def _parse_json(value: Any) -> Any:
    # Batched callers share the row; each needs its own copy of the values inside.
    return json.parse(value.encode()) if isinstance(value, str) else deepcopy(value)
