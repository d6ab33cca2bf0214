"""The mark that ends a user's sessions in secondary storage: better-auth 1.7.25's `revoked-sessions-before-<user id>`.

Sessions that began before the stored moment (milliseconds since the epoch) are invalid.
"""

from __future__ import annotations

from math import isnan


def revocation_key(user_id: str) -> str:
    """Return the key of the user's mark."""
    return f"revoked-sessions-before-{user_id}"


def revocation_moment(stored: str | bytes | None) -> float:
    """Return a mark's milliseconds, read as JavaScript reads a number; a mark that is no number ends no session."""
    try:
        moment = float(stored or 0)
    except ValueError:
        return 0
    return 0 if isnan(moment) else moment
