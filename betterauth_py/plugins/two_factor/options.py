"""The options of the two-factor plugin: better-auth's `twoFactor({...})` with its names in snake_case."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from betterauth_py.plugins import ColumnsOptions, ConfigurationError, MaybeAwaitable, Seconds, TableOptions
from betterauth_py.plugins.tools import StoreOTPOptions, check_store

PATH: Final = "plugins.two-factor"
# A path of the application, or a URL of a page or an app; in what a Location header can carry.
_URL: Final = re.compile(r"(/(?![/\\])|[a-z][a-z0-9+.-]*://)[!-~]*", re.ASCII | re.IGNORECASE)
_DIGITS, _PERIOD, _MINUTES, _ATTEMPTS = 6, 30, 3, 5

SendOTP = Callable[[dict[str, Any], Any], MaybeAwaitable[None]]
Change = Callable[[str], MaybeAwaitable[str]]


@dataclass(frozen=True, kw_only=True)
class TOTPOptions:
    """Codes of an authenticator app."""

    digits: Literal[6, 8] = 6
    """How many digits a code has. Authenticator apps expect 6."""
    period: Seconds = _PERIOD
    """Seconds for which an app shows a code. Authenticator apps expect 30."""
    allow_passwordless: bool | None = None
    """Whether users without a password get the URI without one. Unset: as the plugin's `allow_passwordless`."""
    disable: bool = False
    """Whether there are no codes of apps."""
    single_use: bool = False
    """Whether a code that has signed in is refused at the next sign-in, as RFC 6238 (5.2) asks. Off, as in better-auth:
    it then signs in as often as the password is given with it while it is shown, and a period before and after. Used
    codes are remembered where rate limits are counted (`rate_limit.storage`). Not in better-auth."""


@dataclass(frozen=True, kw_only=True)
class OTPOptions:
    """Codes that are sent to the user."""

    period: float = _MINUTES
    """Minutes for which a code is valid. 0 stands for 3."""
    digits: int = _DIGITS
    """How many digits a code has, 4 to 32."""
    send_otp: SendOTP | None = None
    """Sends a code: gets `{"user": ..., "otp": ...}` and the endpoint's context. It runs after the answer. Unset: the
    server mails it, if `[mail]` is configured and `mail.send.two_factor_otp` is not off."""
    allowed_attempts: int = _ATTEMPTS
    """How many wrong guesses a code survives; the next one deletes it. 0 stands for 5."""
    store_otp: Literal["plain", "encrypted", "hashed"] | StoreOTPOptions = "plain"
    """How codes are stored: as they are, encrypted under the secret, hashed (SHA-256), or by your own functions. A hash
    keeps nobody who can read the table from trying all codes; `encrypted` does."""

    @property
    def seconds(self) -> int:
        """Seconds for which a code is valid."""
        return int((self.period or _MINUTES) * 60)

    @property
    def attempts(self) -> int:
        """The wrong guesses that count."""
        return self.allowed_attempts or _ATTEMPTS


@dataclass(frozen=True, kw_only=True)
class StoreBackupCodesOptions:
    """Your own functions between the backup codes (as JSON) and what is stored."""

    encrypt: Change
    """Returns what is stored."""
    decrypt: Change
    """Returns the JSON of what is stored."""


@dataclass(frozen=True, kw_only=True)
class BackupCodeOptions:
    """Codes on paper, for users who have lost their device."""

    amount: int = 10
    """How many codes a user gets."""
    length: int = 10
    """How many letters and digits a code has, besides the dash after the fifth; 4 or more."""
    custom_backup_codes_generate: Callable[[], list[str]] | None = None
    """Returns the codes, instead of `amount` and `length`."""
    store_backup_codes: Literal["plain", "encrypted"] | StoreBackupCodesOptions = "encrypted"
    """How codes are stored: encrypted under the secret, as they are, or by your own functions."""
    allow_passwordless: bool | None = None
    """Whether users without a password get new codes without one. Unset: as the plugin's `allow_passwordless`."""


@dataclass(frozen=True, kw_only=True)
class AccountLockoutOptions:
    """How many wrong codes lock an account's second factor. Only who knows the password gets to try a code."""

    enabled: bool = True
    """Whether wrong codes lock it. Users who only get sent codes, and have no app, are not locked."""
    max_failed_attempts: int = 10
    """Wrong codes in a row, of all sign-ins together, that lock it."""
    duration_seconds: Seconds = 900
    """Seconds for which it is locked."""


@dataclass(frozen=True, kw_only=True)
class SchemaOptions:
    """Names in the database."""

    user: ColumnsOptions = field(default_factory=ColumnsOptions)
    """The column of the user table."""
    two_factor: TableOptions = field(default_factory=TableOptions)
    """The secrets and backup codes."""


@dataclass(frozen=True, kw_only=True)
class TwoFactorOptions:
    """A second factor, from the `two-factor` plugin; see [plugins/two-factor.md](plugins/two-factor.md)."""

    issuer: str | None = None
    """The name that authenticator apps show after `/two-factor/enable`. Unset: `app_name`."""
    two_factor_table: str | None = None
    """The name of the table, as `schema.two_factor.model_name`."""
    totp_options: TOTPOptions = field(default_factory=TOTPOptions)
    """Codes of an authenticator app."""
    otp_options: OTPOptions = field(default_factory=OTPOptions)
    """Codes that are sent to the user."""
    backup_code_options: BackupCodeOptions = field(default_factory=BackupCodeOptions)
    """Codes on paper."""
    challenged_sign_ins: Literal["password", "all"] = "password"
    """Which sign-ins are asked for a second factor: those with a password, as in better-auth, or `"all"` that have
    proven one factor only: links and codes, providers, wallets, devices, and passkeys whose authenticator has not
    verified the user. Not in better-auth."""
    redirect_url: str | None = None
    """Where a browser is sent whose sign-in waits for a code, if the sign-in ends with a redirect (mailed links and
    providers); the page asks for the code. A path leads to `app_url`. `challenged_sign_ins = "all"` needs it. Not in
    better-auth."""
    skip_verification_on_enable: bool = False
    """Whether `/two-factor/enable` turns the factor on at once, before the app has shown a right code."""
    allow_passwordless: bool = False
    """Whether users without a password (with passkeys only, say) manage the factor without one; with one, they still
    need it."""
    schema: SchemaOptions = field(default_factory=SchemaOptions)
    """Names in the database."""
    two_factor_cookie_max_age: Seconds = 600
    """Seconds in which a sign-in has to be completed by a code."""
    trust_device_max_age: Seconds = 2_592_000
    """Seconds for which a trusted device needs no code; every sign-in begins them anew."""
    account_lockout: AccountLockoutOptions = field(default_factory=AccountLockoutOptions)
    """How many wrong codes lock an account's second factor."""

    @property
    def totp_is_passwordless(self) -> bool:
        """Whether users without a password get the URI without one."""
        own = self.totp_options.allow_passwordless
        return self.allow_passwordless if own is None else own

    @property
    def backup_codes_are_passwordless(self) -> bool:
        """Whether users without a password get new backup codes without one."""
        own = self.backup_code_options.allow_passwordless
        return self.allow_passwordless if own is None else own


def check_options(options: TwoFactorOptions) -> None:
    """Refuse what cannot work or is not safe.

    Raises:
        ConfigurationError: naming the option, the problem and the fix.
    """
    totp, otp, codes, lockout = (
        options.totp_options,
        options.otp_options,
        options.backup_code_options,
        options.account_lockout,
    )
    for name, value, least, most in (
        ("totp_options.period", totp.period, 1, None),
        ("otp_options.period", otp.period, 0, None),
        ("otp_options.digits", otp.digits, 4, 32),
        ("otp_options.allowed_attempts", otp.allowed_attempts, 0, 100),
        ("backup_code_options.amount", codes.amount, 1, 100),
        ("backup_code_options.length", codes.length, 4, 128),
        ("account_lockout.max_failed_attempts", lockout.max_failed_attempts, 1, None),
        ("account_lockout.duration_seconds", lockout.duration_seconds, 1, None),
        ("two_factor_cookie_max_age", options.two_factor_cookie_max_age, 1, None),
        ("trust_device_max_age", options.trust_device_max_age, 1, None),
    ):
        if value < least or (most is not None and value > most):
            between = f"from {least} to {most}" if most is not None else f"of {least} or more"
            raise ConfigurationError(f"Option `{PATH}.{name}`: {value} cannot be used. Give a number {between}.")
    check_store(otp.store_otp, f"{PATH}.otp_options.store_otp")
    _check_redirect(options)
    named = options.schema.two_factor.model_name
    if options.two_factor_table and named and named != options.two_factor_table:
        raise ConfigurationError(
            f"Option `{PATH}.two_factor_table` and `{PATH}.schema.two_factor.model_name` are two names of one table. "
            "Give one of them."
        )


def _check_redirect(options: TwoFactorOptions) -> None:
    url = options.redirect_url
    if url is None and options.challenged_sign_ins == "all":
        raise ConfigurationError(
            f'Option `{PATH}.redirect_url` is missing. `challenged_sign_ins = "all"` needs the page that asks for a '
            "code after a mailed link or a provider, such as `/two-factor`."
        )
    if url is not None and (not _URL.fullmatch(url)):
        raise ConfigurationError(
            f"Option `{PATH}.redirect_url`: {url!r} is no URL of a page. Give a path such as `/two-factor`, or a URL."
        )
