"""Signing up and in with an e-mail address and a password."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from betterauth_py.options.types import MaybeAwaitable, Seconds

LINK_LIFE: Final = 3600
"""Default lifetime of mailed links in seconds."""


@dataclass(frozen=True, kw_only=True)
class Argon2Options:
    """Parameters of argon2id. The defaults are OWASP's: 19 MiB, two passes, one lane."""

    time_cost: int = 2
    """Passes over the memory."""
    memory_cost: int = 19_456
    """Memory in KiB."""
    parallelism: int = 1
    """Lanes."""
    hash_length: int = 32
    """Length of the hash in bytes."""
    salt_length: int = 16
    """Length of the salt in bytes."""


@dataclass(frozen=True, kw_only=True)
class PasswordOptions:
    """How passwords are hashed and checked."""

    algorithm: Literal["argon2id", "scrypt"] | None = None
    """The algorithm of new hashes. `scrypt` writes better-auth's format, for a database shared with a TypeScript
    server. Hashes of both are always verified; one of the other algorithm is replaced at the next sign-in. Unset:
    `argon2id`, but `scrypt` in a database adopted from better-auth, so that you can go back."""
    argon2: Argon2Options = field(default_factory=Argon2Options)
    """Parameters of argon2id."""
    hash: Callable[[str], MaybeAwaitable[str]] | None = None
    """Your own function: takes a password, returns its hash."""
    verify: Callable[[str, str], MaybeAwaitable[bool]] | None = None
    """Your own function: takes a hash and a password, returns whether they match."""
    workers: int | None = None
    """Number of threads that hash passwords, per process. Unset: one per core."""
    longest_wait: float | None = 5.0
    """Maximum seconds that a password may wait to be hashed. Requests that would wait longer get 503 with `Retry-After`
    at once, which keeps the server responsive; null means no limit."""


@dataclass(frozen=True, kw_only=True)
class EmailAndPasswordOptions:
    """Signing up and in with an e-mail address and a password."""

    enabled: bool = False
    """Whether these endpoints are available. `betterauth serve` turns it on unless the configuration turns it off."""
    disable_sign_up: bool = False
    """Whether signing up is disabled."""
    require_email_verification: bool = False
    """Whether signing in requires a verified address."""
    auto_sign_in: bool = True
    """Whether a sign-up starts a session."""
    min_password_length: int = 8
    """Minimum length of a password in UTF-16 code units; 0 means 8, as in better-auth."""
    max_password_length: int = 128
    """Maximum length of a password in UTF-16 code units; 0 means 128, as in better-auth."""
    password: PasswordOptions = field(default_factory=PasswordOptions)
    """How passwords are hashed and checked."""
    send_reset_password: Callable[[dict[str, Any], Any], MaybeAwaitable[None]] | None = None
    """Called with `{"user", "url", "token"}` and the request, to send the password reset mail. Unset, and without a
    mailer: passwords cannot be reset."""
    reset_password_token_expires_in: Seconds = LINK_LIFE
    """Lifetime of that mail's token in seconds."""
    on_password_reset: Callable[[dict[str, Any], Any], MaybeAwaitable[None]] | None = None
    """Called with `{"user"}` and the request once a password has been reset."""
    revoke_sessions_on_password_reset: bool = False
    """Whether resetting the password ends all sessions. Recommended: users often reset a password because someone else
    knows it."""
    on_existing_user_sign_up: Callable[[dict[str, Any], Any], MaybeAwaitable[None]] | None = None
    """Called with `{"user": ...}` and the request after a sign-up with a taken address, if the answer does not reveal
    that (`require_email_verification`, or `auto_sign_in` off)."""
    custom_synthetic_user: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    """Returns the user shown in that answer, given `{"core_fields", "additional_fields", "id"}`."""

    @property
    def effective_reset_password_token_expires_in(self) -> Seconds:
        """The lifetime of a link in seconds; 0 means the default, as in better-auth 1.7.25."""
        return self.reset_password_token_expires_in or LINK_LIFE


@dataclass(frozen=True, kw_only=True)
class EmailVerificationOptions:
    """Verifying that an address belongs to its user."""

    send_verification_email: Callable[[dict[str, Any], Any], MaybeAwaitable[None]] | None = None
    """Called with `{"user", "url", "token"}` and the request, to send the mail. An `APIError` that it raises within
    half a second becomes the answer of `/send-verification-email`, and reveals that the user exists; without a session
    that endpoint therefore takes at least half a second. Other errors are logged."""
    send_on_sign_up: bool | None = None
    """Whether a sign-up sends the mail. Unset: if `require_email_verification` is on."""
    send_on_sign_in: bool = False
    """Whether a refused sign-in of an unverified address sends the mail."""
    auto_sign_in_after_verification: bool = False
    """Whether opening the mailed link starts a session."""
    expires_in: Seconds = LINK_LIFE
    """Lifetime of the token in seconds."""
    before_email_verification: Callable[[dict[str, Any], Any], MaybeAwaitable[None]] | None = None
    """Called with the user and the request before an address is marked as verified; may raise an `APIError`."""
    after_email_verification: Callable[[dict[str, Any], Any], MaybeAwaitable[None]] | None = None
    """Called with the user and the request once it is."""

    @property
    def effective_expires_in(self) -> Seconds:
        """The lifetime stated in mails, in seconds; 0 means the default."""
        return self.expires_in or LINK_LIFE
