"""The text of the query that reads a session with its user, for the store and the verifier."""

from __future__ import annotations

from collections.abc import Iterable


def session_statement(
    session_table: str,
    user_table: str,
    session_columns: Iterable[str],
    user_columns: Iterable[str],
    *,
    user_id: str,
    token: str,
    schema: str | None = None,
) -> str:
    """Return the query up to the condition on the token: the session's columns, then the user's."""
    names = [f"s.{quoted(name)}" for name in session_columns] + [f"u.{quoted(name)}" for name in user_columns]
    within = f"{quoted(schema)}." if schema else ""
    # Only names that the service configured, quoted; the token is always a parameter.
    return (
        f"SELECT {', '.join(names)} FROM {within}{quoted(session_table)} s "  # noqa: S608
        f"JOIN {within}{quoted(user_table)} u ON u.id = s.{quoted(user_id)} WHERE s.{quoted(token)}"
    )


def quoted(name: str) -> str:
    """Return the name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
