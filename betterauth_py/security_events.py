"""What happens that matters to security, by one name each: for the log, and for mails that tell the user.

docs/security-events.md has the table. Names stay: whoever watches the log relies on them.
"""

from __future__ import annotations

from enum import Enum


class SecurityEvent(Enum):
    """The events and their names in the log."""

    SIGN_UP = "sign_up"
    """A user has been created by signing up, or by a mailed link or code; with a `provider`, by signing in there."""
    SIGN_IN = "sign_in"
    """A session was started with a password, a mailed link or code, or with the `provider` that is named."""
    SIGN_IN_FAILED = "sign_in_failed"
    """A sign-in was refused; `reason` is the error code that the client got."""
    SIGN_OUT = "sign_out"
    """A session was ended by its owner."""
    PASSWORD_REJECTED = "password_rejected"
    """A user who is signed in gave a wrong password where it is asked for again."""
    PASSWORD_CHANGED = "password_changed"
    """A user has changed the password."""
    PASSWORD_SET = "password_set"
    """A user without a password has been given one: a new way to sign in."""
    PASSWORD_RESET_REQUESTED = "password_reset_requested"
    """Somebody asked for a reset; without `user_id` the address is nobody's."""
    PASSWORD_RESET = "password_reset"
    """The password was replaced by a mailed link or code."""
    EMAIL_VERIFIED = "email_verified"
    """An address was verified by a mailed link or code."""
    EMAIL_CHANGED = "email_changed"
    """A user's address was changed."""
    SESSION_REVOKED = "session_revoked"
    """A user ended one of their sessions."""
    SESSIONS_REVOKED = "sessions_revoked"
    """A user ended all of their sessions; `kept` is `current` where the present one stays."""
    ACCOUNT_LINKED = "account_linked"
    """An account of the `provider` became a way to sign in of a user whom there was."""
    ACCOUNT_UNLINKED = "account_unlinked"
    """A way to sign in was taken from a user."""
    PASSKEY_ADDED = "passkey_added"
    """A user has registered a passkey: a new way to sign in."""
    PASSKEY_REMOVED = "passkey_removed"
    """A user has deleted a passkey."""
    USER_DELETION_REQUESTED = "user_deletion_requested"
    """A link that deletes the user was mailed."""
    USER_DELETED = "user_deleted"
    """A user was deleted with sessions and accounts."""
    RATE_LIMITED = "rate_limited"
    """A client is refused with 429; once a minute for each client, with the `bucket` that is full."""
