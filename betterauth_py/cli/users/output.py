"""What `betterauth users` prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from betterauth_py.core.auth_context import AuthContext
from betterauth_py.core.output import without_hidden_fields
from betterauth_py.javascript.dates import to_wire
from betterauth_py.javascript.json import stringify

_COLUMNS: Final = ("id", "email", "name", "role", "banned", "createdAt")


def shown(auth: AuthContext, user: dict[str, Any]) -> dict[str, Any]:
    """Return a user without hidden fields."""
    return without_hidden_fields(auth.schema, "user", user)


def print_outcome(outcome: dict[str, Any], *, as_json: bool) -> None:
    """Print the outcome of a command: as one line of JSON, or for people."""
    if as_json:
        print(stringify(outcome).decode())
        return
    if "users" in outcome:
        _print_table(outcome["users"])
        print(f"{len(outcome['users'])} of {outcome['total']} users.")
        return
    if "done" in outcome:
        print(_text(outcome["done"]))
        return
    for name, value in outcome["user"].items():
        print(f"{name}: {_text(value)}")
    print(f"sessions: {outcome['sessions']}\nsigns in with: {_text(', '.join(outcome['accounts']) or 'nothing')}")


def _print_table(users: Sequence[Mapping[str, Any]]) -> None:
    rows = [_COLUMNS, *([_text(user.get(column)) for column in _COLUMNS] for user in users)]
    widths = [max(len(row[index]) for row in rows) for index in range(len(_COLUMNS))]
    for row in rows:
        print("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())


def _text(value: Any) -> str:
    """Return a value without characters that would move the cursor, or change what a terminal shows."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = to_wire(value) if isinstance(value, datetime) else str(value)
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
