"""The options of the phone-number plugin: better-auth's `phoneNumber({...})` with its names in snake_case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from re import compile as compile_pattern
from typing import Any, Final, Literal

from betterauth_py.plugins import ColumnsOptions, ConfigurationError, MaybeAwaitable, Seconds

PATH: Final = "plugins.phone-number"
PLACEHOLDER: Final = "{phone_number}"
_PREFIX: Final = compile_pattern(r"\+\d{1,15}")
_ADDRESS: Final = compile_pattern(r"[^\s@]+@[^\s@{}]+")

Send = Callable[[dict[str, Any], Any], MaybeAwaitable[None]]


@dataclass(frozen=True, kw_only=True)
class SignUpOnVerificationOptions:
    """What the user is called who signs up by verifying a number."""

    get_temp_email: str | Callable[[str], str]
    """Makes of the number the address that every user must have: a function, or an address with `{phone_number}` in it,
    such as `{phone_number}@phone.example.com`, which stands for the number's digits (and more if somebody has taken
    that address). Use a domain that is yours and takes no mail: whoever reads mails to such an address can take over
    the account."""
    get_temp_name: Callable[[str], str] | None = None
    """Makes a name of the number. Unset: the number."""


@dataclass(frozen=True, kw_only=True)
class SchemaOptions:
    """Names in the database."""

    user: ColumnsOptions = field(default_factory=ColumnsOptions)
    """The columns of the user table."""


@dataclass(frozen=True, kw_only=True)
class PhoneNumberOptions:
    """Signing in with a phone number: the [`phone-number` plugin](plugins/phone-number.md)."""

    otp_length: int = 6
    """The number of digits of a code, 4 or more."""
    expires_in: Seconds = 300
    """Seconds for which a code is valid."""
    allowed_attempts: int = 3
    """Wrong codes that are accepted; the next try deletes the code."""
    send_otp: Send | None = None
    """Sends a code: gets `phone_number` and `code`, and the call's context. Unset: the server sends a text message, if
    [`sms`](sms.md) says how; otherwise `/phone-number/send-otp` answers 501."""
    send_password_reset_otp: Send | None = None
    """Sends the code that resets a password, after the answer. Unset: the server sends a text message."""
    verify_otp: Callable[[dict[str, Any], Any], MaybeAwaitable[bool]] | None = None
    """Tells whether a code is right, instead of the stored code: for providers that make the codes themselves. Gets
    `phone_number` and `code`, and the call's context. It has to count wrong codes and to take each only once."""
    callback_on_verification: Callable[[dict[str, Any], Any], MaybeAwaitable[None]] | None = None
    """Called once a number is verified, before the session starts, with `phone_number` and `user`, and the call's
    context. What it raises becomes the answer."""
    phone_number_validator: Literal["e164"] | Callable[[str], MaybeAwaitable[bool]] | None = None
    """Tells whether a number may be used: a function, or `e164` for `+`, country code and the rest, 7 to 15 digits
    (ITU-T E.164). Unset: any text up to 255 characters, as in better-auth. Checked before a code is sent and
    before a password is."""
    allowed_prefixes: list[str] = field(default_factory=list)
    """The beginnings of numbers that may be used, such as `+49` and `+43`: codes are sent to no other country. Empty:
    all. Not in better-auth."""
    require_verification: bool = False
    """Whether a number has to be verified before it signs in with a password or resets it; the right password then
    sends a code."""
    sign_up_on_verification: SignUpOnVerificationOptions | None = None
    """Whether verifying a number that no user has signs up. Unset: it does not."""
    schema: SchemaOptions = field(default_factory=SchemaOptions)
    """Names in the database."""


def check_options(options: PhoneNumberOptions) -> None:
    """Refuse what cannot work or is not safe.

    Raises:
        ConfigurationError: naming the option, the problem and the fix.
    """
    for name, least, most in (("otp_length", 4, 32), ("expires_in", 1, None), ("allowed_attempts", 1, 100)):
        value = getattr(options, name)
        if value < least or (most is not None and value > most):
            between = f"from {least} to {most}" if most is not None else f"of {least} or more"
            raise ConfigurationError(f"Option `{PATH}.{name}`: {value} cannot be used. Give a number {between}.")
    for prefix in options.allowed_prefixes:
        if not _PREFIX.fullmatch(prefix):
            raise ConfigurationError(
                f"Option `{PATH}.allowed_prefixes`: {prefix[:20]!r} is no beginning of a number. Write for example +49."
            )
    sign_up = options.sign_up_on_verification
    email = sign_up.get_temp_email if sign_up is not None else None
    if isinstance(email, str) and (PLACEHOLDER not in email or not _ADDRESS.fullmatch(email)):
        raise ConfigurationError(
            f"Option `{PATH}.sign_up_on_verification.get_temp_email` must be a function's import string, or an address "
            f"with {PLACEHOLDER} before the @, such as {PLACEHOLDER}@phone.example.com."
        )
