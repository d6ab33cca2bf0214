"""What the endpoints work with."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import Row, validation
from betterauth_py.plugins.tools import decrypt
from betterauth_py.plugins.two_factor.backup_codes import BackupCodes
from betterauth_py.plugins.two_factor.challenges import Context
from betterauth_py.plugins.two_factor.codes import SentCodes
from betterauth_py.plugins.two_factor.devices import TrustedDevices
from betterauth_py.plugins.two_factor.lockout import Lockout
from betterauth_py.plugins.two_factor.options import TwoFactorOptions
from betterauth_py.plugins.two_factor.totp import key_of, uri_of

TRUST_DEVICE = validation.Optional(
    validation.Boolean(
        "If true, the device will be trusted for 30 days. It'll be refreshed on every sign in request within this "
        "time. Eg: true"
    )
)
CODE = validation.String('The otp code to verify. Eg: "012345"')


class Parts:
    """The parts of one deployment."""

    def __init__(self, options: TwoFactorOptions) -> None:
        """Make them as `options` say."""
        self.options = options
        self.devices = TrustedDevices(options)
        self.lockout = Lockout(options)
        self.sent_codes = SentCodes(options.otp_options)
        self.backup_codes = BackupCodes(options.backup_code_options)

    def key_of(self, ctx: Context, factor: Row) -> bytes:
        """Return the key of a user's app.

        Raises:
            UndecryptableError: if the secret is encrypted under another secret of the server.
            ValueError: if it is an imported one that is no base32.
        """
        return key_of(decrypt(factor["secret"], ctx.auth.secrets))

    def uri_of(self, ctx: Context, key: bytes, user: Row, issuer: str | None) -> str:
        """Return the URI of a user's app."""
        totp = self.options.totp_options
        issuer = issuer or ctx.options.app_name
        return uri_of(key, issuer=issuer, account=user["email"], digits=totp.digits, period=totp.period)


def password_body(*, is_optional: bool, description: str, **more: Any) -> validation.Object:
    """Return the body of an endpoint that asks for the password."""
    password = validation.String(description)
    return validation.Object({"password": validation.Optional(password) if is_optional else password, **more})
