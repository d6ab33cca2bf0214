"""What can keep a row from being stored."""

from __future__ import annotations


class NotStoredError(Exception):
    """The database refused the row: a constraint, a type, or a value that no column can hold."""
