"""Signing up and in with an e-mail address and a password."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from betterauth_py.options.types import MaybeAwaitable, Seconds

LINK_LIFE: Final = 3600
"""Seconds that a mailed link works, unless the options say otherwise."""


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
    """What new hashes are made with. `scrypt` writes better-auth's own format, for a database that a TypeScript
    server shares. Hashes of both are always verified; one that is not of the chosen kind is replaced at the next
    sign-in. Unset: `argon2id`, but `scrypt` in a database that was adopted from better-auth, so that the way back
    stays open."""
    argon2: Argon2Options = field(default_factory=Argon2Options)
    """Parameters of argon2id."""
    hash: Callable[[str], MaybeAwaitable[str]] | None = None
    """A function of your own from password to hash."""
    verify: Callable[[str, str], MaybeAwaitable[bool]] | None = None
    """A function of your own from hash and password to whether they match."""
    workers: int | None = None
    """How many passwords are hashed at once. Unset: one per core."""
    longest_wait: float | None = 5.0
    """How many seconds a password may wait for its turn. Whoever would wait longer gets 503 with `Retry-After` at once,
    and the server stays responsive; null lets everybody wait."""


@dataclass(frozen=True, kw_only=True)
class EmailAndPasswordOptions:
    """Signing up and in with an e-mail address and a password."""

    enabled: bool = False
    """Whether these endpoints work. `betterauth serve` turns it on unless the configuration says otherwise."""
    disable_sign_up: bool = False
    """Whether nobody can sign up."""
    require_email_verification: bool = False
    """Whether an unverified address cannot sign in."""
    auto_sign_in: bool = True
    """Whether a sign-up starts a session."""
    min_password_length: int = 8
    """Fewest UTF-16 units of a password; 0 stands for 8, as in better-auth."""
    max_password_length: int = 128
    """Most UTF-16 units of a password; 0 stands for 128, as in better-auth."""
    password: PasswordOptions = field(default_factory=PasswordOptions)
    """How passwords are hashed and checked."""
    send_reset_password: Callable[[dict[str, Any], Any], MaybeAwaitable[None]] | None = None
    """Called with `{"user", "url", "token"}` and the request to send the mail with which a password is reset. Unset:
    passwords cannot be reset."""
    reset_password_token_expires_in: Seconds = LINK_LIFE
    """Life of that mail's token in seconds."""
    on_password_reset: Callable[[dict[str, Any], Any], MaybeAwaitable[None]] | None = None
    """Called with `{"user"}` and the request once a password has been reset."""
    revoke_sessions_on_password_reset: bool = False
    """Whether resetting the password ends all sessions. Recommended: whoever resets a password often does so because
    somebody else knows it."""
    on_existing_user_sign_up: Callable[[dict[str, Any], Any], MaybeAwaitable[None]] | None = None
    """Called with `{"user": ...}` and the request when somebody signs up with an address that has an account, where
    the answer does not tell (`require_email_verification`, or `auto_sign_in` off)."""
    custom_synthetic_user: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    """Makes the user shown in that answer, from `{"core_fields", "additional_fields", "id"}`."""

    @property
    def effective_reset_password_token_expires_in(self) -> Seconds:
        """The life of a link; 0 stands for the default, as in better-auth 1.7.25."""
        return self.reset_password_token_expires_in or LINK_LIFE


@dataclass(frozen=True, kw_only=True)
class EmailVerificationOptions:
    """Proving that an address belongs to its user."""

    send_verification_email: Callable[[dict[str, Any], Any], MaybeAwaitable[None]] | None = None
    """Called with `{"user", "url", "token"}` and the request to send the mail. An `APIError` that it raises within half
    a second is the answer of `/send-verification-email`, which then takes half a second for everybody who is not signed
    in; the error itself tells that there is such a user. Other errors are logged."""
    send_on_sign_up: bool | None = None
    """Whether a sign-up sends the mail. Unset: when `require_email_verification` is on."""
    send_on_sign_in: bool = False
    """Whether a refused sign-in of an unverified address sends the mail."""
    auto_sign_in_after_verification: bool = False
    """Whether opening the mailed link starts a session."""
    expires_in: Seconds = LINK_LIFE
    """Life of the token in seconds."""
    before_email_verification: Callable[[dict[str, Any], Any], MaybeAwaitable[None]] | None = None
    """Called with the user and the request before an address is marked as verified; may raise an `APIError`."""
    after_email_verification: Callable[[dict[str, Any], Any], MaybeAwaitable[None]] | None = None
    """Called with the user and the request once it is."""

    @property
    def effective_expires_in(self) -> Seconds:
        """The life that mails tell; 0 stands for the default."""
        return self.expires_in or LINK_LIFE
