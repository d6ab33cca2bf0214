"""The email-otp plugin: codes by mail that sign in, verify an address, reset a password or change an address."""

from __future__ import annotations

from betterauth_py.plugins import AuthContext, PathRule, Plugin, plugin_factory
from betterauth_py.plugins.email_otp.codes import Codes
from betterauth_py.plugins.email_otp.endpoints import endpoints_for
from betterauth_py.plugins.email_otp.errors import EmailOTPErrorCodes
from betterauth_py.plugins.email_otp.hooks import after_sign_up, contributions_of
from betterauth_py.plugins.email_otp.mails import MAILS
from betterauth_py.plugins.email_otp.options import (
    ChangeEmailOptions,
    EmailOTPOptions,
    RateLimitOptions,
    check_options,
)
from betterauth_py.plugins.tools import StoreOTPOptions

__all__ = [
    "ChangeEmailOptions",
    "EmailOTPErrorCodes",
    "EmailOTPOptions",
    "RateLimitOptions",
    "StoreOTPOptions",
    "email_otp",
]


@plugin_factory(EmailOTPOptions)
def email_otp(options: EmailOTPOptions) -> Plugin:
    """Return the email-otp plugin, as better-auth's `emailOTP({...})`.

    Example:
        ```python
        auth = BetterAuth(plugins=[email_otp(otp_length=8)])
        ```

    Raises:
        ConfigurationError: if an option is wrong.
    """
    check_options(options)
    codes = Codes(options)
    endpoints = endpoints_for(codes)
    paths = frozenset(endpoint.path for endpoint in endpoints)

    async def start(auth: AuthContext) -> None:
        codes.warn_without_sender(auth)

    return Plugin(
        id="email-otp",
        endpoints=endpoints,
        after=after_sign_up(codes),
        rate_limit=[PathRule(matcher=paths.__contains__, rule=options.rule)],
        error_codes=EmailOTPErrorCodes,
        mails=tuple(MAILS.values()),
        setup=lambda auth: contributions_of(auth, codes),
        start=start,
    )
