"""Errors of storing rows."""

from __future__ import annotations


class NotStoredError(Exception):
    """The database refused the row: a constraint, a type, or a value that no column can hold."""


class NotHeldError(NotStoredError):
    """The row that had to be there while another one was inserted has changed, or is gone."""


class AmbiguousAccountError(Exception):
    """Several accounts have the same key, so its user is ambiguous. Another program has stored them."""
