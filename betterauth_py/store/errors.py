"""What can keep a row from being stored."""

from __future__ import annotations


class NotStoredError(Exception):
    """The database refused the row: a constraint, a type, or a value that no column can hold."""


class AmbiguousAccountError(Exception):
    """Several accounts have one key, so nobody can tell whose it is. Another program has stored them."""
