"""The passkey plugin: signing in with WebAuthn instead of a password."""

from __future__ import annotations

from betterauth_py.plugins import AuthContext, Contributions, Plugin, Row, Where, plugin_factory
from betterauth_py.plugins.passkey.authentication import authentication_endpoints
from betterauth_py.plugins.passkey.authenticators import authenticator_name
from betterauth_py.plugins.passkey.challenges import LIFE
from betterauth_py.plugins.passkey.errors import PasskeyErrorCodes
from betterauth_py.plugins.passkey.management import MANAGEMENT
from betterauth_py.plugins.passkey.options import (
    AdvancedOptions,
    AuthenticationOptions,
    AuthenticatorSelectionOptions,
    PasskeyOptions,
    RegistrationOptions,
    RegistrationUser,
    check_options,
)
from betterauth_py.plugins.passkey.registration import registration_endpoints
from betterauth_py.plugins.passkey.tables import PASSKEY
from betterauth_py.plugins.passkey.verified import VerifiedAuthentication, VerifiedRegistration
from betterauth_py.plugins.tools import logger, note_takeover

__all__ = [
    "AdvancedOptions",
    "AuthenticationOptions",
    "AuthenticatorSelectionOptions",
    "PasskeyErrorCodes",
    "PasskeyOptions",
    "RegistrationOptions",
    "RegistrationUser",
    "VerifiedAuthentication",
    "VerifiedRegistration",
    "authenticator_name",
    "passkey",
]


@plugin_factory(PasskeyOptions)
def passkey(options: PasskeyOptions) -> Plugin:
    """Return the passkey plugin, as `passkey({...})` of @better-auth/passkey 1.7.6.

    Example:
        ```python
        auth = BetterAuth(plugins=[passkey(rp_name="Example", origin="https://example.com")])
        ```

    Raises:
        ConfigurationError: if an option is wrong.
    """
    check_options(options)

    def setup(auth: AuthContext) -> Contributions:
        async def delete_passkeys(user: Row) -> None:
            await auth.rows.delete_many("passkey", Where("userId", user["id"]))
            if not options.registration.require_session:
                await note_takeover(auth, user, "passkey", LIFE)

        if not options.registration.require_session and options.registration.resolve_user is None:
            logger.warning(
                "Only signed-in users can register passkeys, although they need not have signed in recently: "
                "`plugins.passkey.registration.require_session` is off without `resolve_user`, which tells whose "
                "passkey it is. Set both, or neither."
            )
        return Contributions(access_revokers=[delete_passkeys])

    return Plugin(
        id="passkey",
        endpoints=[*registration_endpoints(options), *authentication_endpoints(options), *MANAGEMENT],
        schema={"passkey": PASSKEY},
        error_codes=PasskeyErrorCodes,
        setup=setup,
    )
