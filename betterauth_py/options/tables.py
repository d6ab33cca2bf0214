"""Names and additional columns of the core tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from betterauth_py.options.types import AdditionalField, MaybeAwaitable, Seconds

DELETION_LINK_LIFE: Final = 86_400
"""Default lifetime in seconds of links that delete an account."""


@dataclass(frozen=True, kw_only=True)
class ChangeEmailOptions:
    """Changing the e-mail address."""

    enabled: bool = False
    """Whether users may change it."""
    send_change_email_confirmation: Callable[[dict[str, Any], Any], MaybeAwaitable[None]] | None = None
    """Called with `{"user", "new_email", "url", "token"}` and the request, to ask a verified current address for
    confirmation."""
    update_email_without_verification: bool = False
    """Whether an unverified address changes at once."""


@dataclass(frozen=True, kw_only=True)
class DeleteUserOptions:
    """Deleting users."""

    enabled: bool = False
    """Whether users may delete themselves."""
    send_delete_account_verification: Callable[[dict[str, Any], Any], MaybeAwaitable[None]] | None = None
    """Called with `{"user", "url", "token"}` and the request; the account is deleted when the link is opened."""
    before_delete: Callable[[dict[str, Any], Any], MaybeAwaitable[None]] | None = None
    """Called with the user and the request before it is deleted; may raise an `APIError`."""
    after_delete: Callable[[dict[str, Any], Any], MaybeAwaitable[None]] | None = None
    """Called with the user and the request once it is deleted."""
    delete_token_expires_in: Seconds = DELETION_LINK_LIFE
    """Lifetime of the mailed token in seconds."""

    @property
    def effective_delete_token_expires_in(self) -> Seconds:
        """The lifetime of a link in seconds; 0 means the default, as in better-auth 1.7.25."""
        return self.delete_token_expires_in or DELETION_LINK_LIFE


@dataclass(frozen=True, kw_only=True)
class UserOptions:
    """The user table."""

    model_name: str | None = None
    """The table's name."""
    fields: dict[str, str] = field(default_factory=dict)
    """Column names by field name (`{"emailVerified": "is_verified"}`)."""
    additional_fields: dict[str, AdditionalField] = field(default_factory=dict)
    """Your own columns in the user table."""
    validate_user_info: Callable[[dict[str, Any], Any], MaybeAwaitable[dict[str, str] | None]] | None = None
    """Decides who may become a user, or sign in with a provider: called with `{"user", "source"}` and the endpoint's
    context. `source` has the `method` (`email-password`, `oauth`), the `action` (`create-user`, and with a provider
    `sign-in` and `link-account`) and with a provider `oauth` (its `provider_id`, and the `profile` that it gave).
    `{"error": "code", "error_description": "text"}` refuses with 403, and so does an exception."""
    change_email: ChangeEmailOptions = field(default_factory=ChangeEmailOptions)
    """Changing the e-mail address."""
    delete_user: DeleteUserOptions = field(default_factory=DeleteUserOptions)
    """Deleting users."""


@dataclass(frozen=True, kw_only=True)
class AccountLinkingOptions:
    """Several accounts of one user."""

    enabled: bool = True
    """Whether accounts of providers may be linked to users that there are: by signing in with a provider, or by
    `/link-social`."""
    disable_implicit_linking: bool = False
    """Whether signing in with a provider links nothing: users link their accounts themselves, by `/link-social`."""
    require_local_email_verified: bool = True
    """Whether signing in with a provider links only to users whose own address is verified. Off, somebody may sign up
    with an address of somebody else first; when the owner comes by a provider that vouches for the address or is
    trusted, the password, the sessions and the accounts of providers that are not trusted are revoked."""
    trusted_providers: list[str] | Callable[[Any], MaybeAwaitable[list[str]]] = field(default_factory=list)
    """Providers whose addresses count as verified whatever they say, by their ids (`["google"]`), or a function from
    the request (None outside of one) to such a list."""
    allow_different_emails: bool = False
    """Whether users may link accounts with another address than their own."""
    allow_unlinking_all: bool = False
    """Whether users may unlink their last account, and so lose their only way to sign in."""
    update_user_info_on_link: bool = False
    """Whether linking takes over the provider's name, image and mapped fields; the address stays."""


@dataclass(frozen=True, kw_only=True)
class AccountOptions:
    """The account table: one row for each way a user signs in."""

    model_name: str | None = None
    """The table's name."""
    fields: dict[str, str] = field(default_factory=dict)
    """Column names by field name."""
    additional_fields: dict[str, AdditionalField] = field(default_factory=dict)
    """Your own columns in the account table."""
    account_linking: AccountLinkingOptions = field(default_factory=AccountLinkingOptions)
    """Several accounts of one user."""
    update_account_on_sign_in: bool = True
    """Whether signing in with a provider stores the new tokens; else those of the first time stay."""
    encrypt_oauth_tokens: bool = False
    """Whether access and refresh tokens of providers are encrypted with the secret in the database. Those stored before
    still count."""
    store_state_strategy: Literal["database", "cookie"] = "database"
    """Where a sign-in with a provider is remembered until the user comes back: in the database (or secondary storage),
    or in an encrypted cookie, of which the database holds only that it has not been used. Without a database:
    `cookie`."""
    skip_state_cookie_check: bool = False
    """Whether another browser than the one that began a sign-in with a provider may end it. Dangerous: somebody can
    then be signed in to an account of somebody else (login CSRF, RFC 6749, 10.12)."""
    store_account_cookie: bool = False
    """Whether the provider's account, tokens included, is kept in an encrypted cookie, which `useAccountCookie` of
    `/get-access-token` and `/refresh-token` selects. Without a database: true."""


IdentifierStorage = Literal["plain", "hashed"] | Callable[[str], MaybeAwaitable[str]]
"""Unchanged, as SHA-256, or as your own function returns it."""


@dataclass(frozen=True, kw_only=True)
class StoreIdentifierOptions:
    """How identifiers of verification values are stored, by prefix."""

    default: IdentifierStorage = "plain"
    """How identifiers without an override are stored."""
    overrides: dict[str, IdentifierStorage] = field(default_factory=dict)
    """By prefix of the identifier, such as `reset-password`; the first match counts."""


@dataclass(frozen=True, kw_only=True)
class VerificationOptions:
    """The verification table: expiring values behind mailed links."""

    model_name: str | None = None
    """The table's name."""
    fields: dict[str, str] = field(default_factory=dict)
    """Column names by field name."""
    additional_fields: dict[str, AdditionalField] = field(default_factory=dict)
    """Your own columns in the verification table."""
    disable_cleanup: bool = False
    """Whether looking up a value leaves expired ones in the table."""
    store_identifier: IdentifierStorage | StoreIdentifierOptions = "plain"
    """How identifiers, which contain the token of a mailed link, are stored: `plain`, `hashed`, a function, or a table
    with `default` and `overrides`. Values stored as `plain` before a change are still found."""
    store_in_database: bool = False
    """Whether, with secondary storage, values are also stored in the database, which then is authoritative."""
