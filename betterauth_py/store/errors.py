"""Errors of storing rows."""

from __future__ import annotations


class NotStoredError(Exception):
    """The database refused the row: a constraint, a type, or a value that no column can hold."""


class AmbiguousAccountError(Exception):
    """Several accounts have the same key, so its user is ambiguous. Another program has stored them."""
