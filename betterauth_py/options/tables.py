"""Names and additional columns of the core tables."""

from __future__ import annotations

from dataclasses import dataclass, field

from betterauth_py.options.types import AdditionalField


@dataclass(frozen=True, kw_only=True)
class UserOptions:
    """The user table."""

    model_name: str | None = None
    """The table's name."""
    fields: dict[str, str] = field(default_factory=dict)
    """Column names by field name (`{"emailVerified": "is_verified"}`)."""
    additional_fields: dict[str, AdditionalField] = field(default_factory=dict)
    """Columns of your own on the user table."""


@dataclass(frozen=True, kw_only=True)
class AccountLinkingOptions:
    """Several accounts of one user."""

    allow_unlinking_all: bool = False
    """Whether a user may unlink the last account, and so lose the only way to sign in."""


@dataclass(frozen=True, kw_only=True)
class AccountOptions:
    """The account table: a user's credentials, one row per way to sign in."""

    model_name: str | None = None
    """The table's name."""
    fields: dict[str, str] = field(default_factory=dict)
    """Column names by field name."""
    additional_fields: dict[str, AdditionalField] = field(default_factory=dict)
    """Columns of your own on the account table."""
    account_linking: AccountLinkingOptions = field(default_factory=AccountLinkingOptions)
    """Several accounts of one user."""


@dataclass(frozen=True, kw_only=True)
class VerificationOptions:
    """The verification table: values that prove something for a while."""

    model_name: str | None = None
    """The table's name."""
    fields: dict[str, str] = field(default_factory=dict)
    """Column names by field name."""
