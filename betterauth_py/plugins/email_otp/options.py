"""The options of the email-otp plugin: better-auth's `emailOTP({...})` with its names in snake_case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from betterauth_py.plugins import ConfigurationError, MaybeAwaitable, RateLimitRule, Seconds
from betterauth_py.plugins.tools import StoreOTPOptions, check_store

PATH = "plugins.email-otp"
_ATTEMPTS, _WINDOW, _MAX = 3, 60, 3
_SHORTEST, _LONGEST = 4, 64


@dataclass(frozen=True, kw_only=True)
class ChangeEmailOptions:
    """Changing one's address by code."""

    enabled: bool = False
    """Whether users can change their address by a code that is mailed to the new one."""
    verify_current_email: bool = False
    """Whether a code that was mailed to the present address (type `email-verification`) is needed too. Recommended:
    without it, whoever finds an open session can move the account to their own address."""


@dataclass(frozen=True, kw_only=True)
class RateLimitOptions:
    """How often one client may call each endpoint of the plugin."""

    window: Seconds = _WINDOW
    """The window in seconds. 0 stands for 60."""
    max: int = _MAX
    """The most requests in it. 0 stands for 3."""


@dataclass(frozen=True, kw_only=True)
class EmailOTPOptions:
    """Codes by mail, from the `email-otp` plugin; see [plugins/email-otp.md](plugins/email-otp.md)."""

    send_verification_otp: Callable[[dict[str, Any], Any], MaybeAwaitable[None]] | None = None
    """Sends a code: gets `{"email": ..., "otp": ..., "type": ...}` and the endpoint's context. It runs after the
    answer. Unset: the server mails it, if `[mail]` is configured."""
    otp_length: int = 6
    """How many digits a code has, 4 to 64."""
    expires_in: Seconds = 300
    """Seconds for which a code is valid."""
    generate_otp: Callable[[dict[str, Any], Any], MaybeAwaitable[str | None]] | None = None
    """Returns the code: gets `{"email": ..., "type": ...}` and the endpoint's context. Unset, or if it returns nothing:
    random digits."""
    send_verification_on_sign_up: bool = False
    """Whether a sign-up mails a code that verifies the address. Without effect with
    `override_default_email_verification`."""
    disable_sign_up: bool = False
    """Whether nobody becomes a new user by signing in with a code."""
    allowed_attempts: int = _ATTEMPTS
    """How many wrong guesses a code survives; the next one deletes it. 0 stands for 3."""
    store_otp: Literal["plain", "hashed", "encrypted"] | StoreOTPOptions = "plain"
    """How codes are stored: as they are, hashed (SHA-256), encrypted under the secret, or by your own functions. A hash
    keeps nobody who can read the table from trying all codes; `encrypted` does."""
    resend_strategy: Literal["rotate", "reuse"] = "rotate"
    """Whether a further request mails a new code, or (`reuse`) the last one again, whose time then starts anew. Hashed
    codes cannot be mailed again: they rotate."""
    change_email: ChangeEmailOptions = field(default_factory=ChangeEmailOptions)
    """Changing one's address by code."""
    override_default_email_verification: bool = False
    """Whether a code is mailed wherever the server would mail a link that verifies the address: at sign-up, at sign-in
    and on request. Your own `email_verification.send_verification_email` takes precedence."""
    rate_limit: RateLimitOptions = field(default_factory=RateLimitOptions)
    """How often one client may call each endpoint of the plugin."""

    @property
    def attempts(self) -> int:
        """The wrong guesses that count."""
        return self.allowed_attempts or _ATTEMPTS

    @property
    def rule(self) -> RateLimitRule:
        """The rate limit that counts."""
        return RateLimitRule(window=self.rate_limit.window or _WINDOW, max=self.rate_limit.max or _MAX)


def check_options(options: EmailOTPOptions) -> None:
    """Refuse what cannot work.

    Raises:
        ConfigurationError: naming the option, the problem and the fix.
    """
    if not _SHORTEST <= options.otp_length <= _LONGEST:
        raise ConfigurationError(
            f"Option `{PATH}.otp_length` is {options.otp_length}. Give {_SHORTEST} to {_LONGEST} digits; 6 is usual."
        )
    for name in ("expires_in", "allowed_attempts", "rate_limit.window", "rate_limit.max"):
        group, _, last = name.rpartition(".")
        if getattr(options.rate_limit if group else options, last) < 0:
            raise ConfigurationError(f"Option `{PATH}.{name}` is below 0. Give 0 or more.")
    check_store(options.store_otp, f"{PATH}.store_otp")
