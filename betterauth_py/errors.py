"""The errors of the package that are not answers to a client.

BetterAuthError
├── ConfigurationError     an option, secret or URL is wrong
├── DatabaseError          the database cannot be reached, or its schema is not the one expected
│   └── DatabaseUnavailableError  it cannot be reached at the moment
├── OverloadedError        more passwords are to be hashed than this machine can
├── PluginError            a plugin cannot start
├── DeliveryError          a message cannot be delivered
│   ├── MailError              a mail
│   └── SmsError               a text message
├── SecondaryStorageError  the secondary storage (Redis) cannot be reached
└── MissingExtraError      an optional dependency is not installed
"""

from __future__ import annotations

from collections.abc import Iterable

from betterauth_py._version import DISTRIBUTION


def suggest(name: str, known: Iterable[str], those: str) -> str:
    """Return the sentence that helps with an unknown name: the `known` one that looks like it, or all of `those`."""
    from difflib import get_close_matches  # noqa: PLC0415 - it takes longer than the rest of the package

    names = list(known)
    close = get_close_matches(name, names, n=1)
    return f"Did you mean `{close[0]}`?" if close else f"{those}: {', '.join(names)}."


class BetterAuthError(Exception):
    """Anything that keeps the server from doing its work; the message says what to do about it."""


class ConfigurationError(BetterAuthError):
    """A setting is wrong. The message names the setting, the problem and the fix, never a secret's value."""


class DatabaseError(BetterAuthError):
    """The database cannot be reached, or its schema is not the one this server needs."""


class DatabaseUnavailableError(DatabaseError):
    """The database cannot be reached at the moment; the answer is 503 with `Retry-After`."""


class PluginError(BetterAuthError):
    """A plugin cannot start; the message names it and says why."""


class OverloadedError(BetterAuthError):
    """There is more to do than this machine can; the answer is 503 with `Retry-After`."""

    def __init__(self, retry_after: int) -> None:
        """Say in how many seconds there may be room again."""
        super().__init__(f"Too many passwords to hash. Try again in {retry_after} s.")
        self.retry_after = retry_after


class DeliveryError(BetterAuthError):
    """A message cannot be delivered now (`temporary`) or at all; the error holds nothing of it and no recipient."""

    def __init__(self, message: str, *, temporary: bool = False) -> None:
        """Say what went wrong, and whether it is worth another attempt."""
        super().__init__(message)
        self.temporary = temporary


class MailError(DeliveryError):
    """A mail cannot be delivered now (`temporary`) or at all. The message has no links and no users' addresses."""


class SmsError(DeliveryError):
    """A text message cannot be delivered now (`temporary`) or at all. The error has no code and no user's number."""


class SecondaryStorageError(BetterAuthError):
    """The secondary storage (Redis) cannot be reached, or does not answer in time."""


class MissingExtraError(BetterAuthError):
    """A part was used whose dependencies are not installed."""

    def __init__(self, extra: str, missing: str) -> None:
        """Name the extra that brings the missing module."""
        super().__init__(f"{missing} is not installed. Install it with: pip install '{DISTRIBUTION}[{extra}]'")
