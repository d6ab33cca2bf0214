"""Rows as clients may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from betterauth_py.models.schema import Schema

Row = dict[str, Any]


def without_hidden_fields(schema: Schema, model: str, row: Row) -> Row:
    """Return `row` without the fields declared `returned: false`; without a database also without nulls."""
    hidden = schema.hidden_fields(model)
    if not hidden:
        return row
    shows_nulls = schema.shows_nulls
    return {name: value for name, value in row.items() if name not in hidden and (shows_nulls or value is not None)}


def session_reply(schema: Schema, session: Row, user: Row, **more: Any) -> Row:
    """Return the answer that shows a session and its user."""
    return {
        "session": without_hidden_fields(schema, "session", session),
        "user": without_hidden_fields(schema, "user", user),
        **more,
    }
