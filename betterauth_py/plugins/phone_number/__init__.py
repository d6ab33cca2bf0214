"""The phone-number plugin: signing in with a texted code, or with a phone number and a password."""

from __future__ import annotations

from betterauth_py.plugins import (
    AuthContext,
    Contributions,
    PathRule,
    Plugin,
    RateLimitRule,
    Row,
    plugin_factory,
)
from betterauth_py.plugins.phone_number.codes import Codes
from betterauth_py.plugins.phone_number.errors import PhoneNumberErrorCodes
from betterauth_py.plugins.phone_number.hooks import BEFORE, DATABASE_HOOKS
from betterauth_py.plugins.phone_number.numbers import Numbers
from betterauth_py.plugins.phone_number.options import (
    PhoneNumberOptions,
    SignUpOnVerificationOptions,
    check_options,
)
from betterauth_py.plugins.phone_number.password_reset import password_reset_endpoints
from betterauth_py.plugins.phone_number.sign_in import sign_in_endpoint
from betterauth_py.plugins.phone_number.tables import COLUMNS
from betterauth_py.plugins.phone_number.texts import CODE, RESET_CODE
from betterauth_py.plugins.phone_number.verification import verification_endpoints
from betterauth_py.plugins.tools import logger

__all__ = ["PhoneNumberErrorCodes", "PhoneNumberOptions", "SignUpOnVerificationOptions", "phone_number"]


@plugin_factory(PhoneNumberOptions)
def phone_number(options: PhoneNumberOptions) -> Plugin:
    """Return the phone-number plugin, as better-auth's `phoneNumber({...})`.

    Example:
        ```python
        auth = BetterAuth(plugins=[phone_number(phone_number_validator="e164")], sms={"transport": "console"})
        ```

    Raises:
        ConfigurationError: if an option is wrong.
    """
    check_options(options)
    numbers, codes = Numbers(options), Codes(options)

    def setup(auth: AuthContext) -> Contributions:
        async def take_number(user: Row) -> None:
            # Whoever made the account with another's address may have given it a number of his own.
            if user.get("phoneNumber") is not None:
                await auth.users.update(user["id"], {"phoneNumber": None, "phoneNumberVerified": False})

        return Contributions(access_revokers=[take_number])

    async def start(auth: AuthContext) -> None:
        if options.send_otp is None and auth.sms is None:
            logger.warning(
                "No code can be texted. Set option `plugins.phone-number.send_otp`, or let the server send texts "
                "(`[sms]`)."
            )

    return Plugin(
        id="phone-number",
        endpoints=[
            sign_in_endpoint(numbers, codes),
            *verification_endpoints(numbers, codes),
            *password_reset_endpoints(numbers, codes),
        ],
        columns={"user": COLUMNS},
        before=BEFORE,
        database_hooks=DATABASE_HOOKS,
        rate_limit=[
            PathRule(matcher=lambda path: path.startswith("/phone-number"), rule=RateLimitRule(window=60, max=10))
        ],
        error_codes=PhoneNumberErrorCodes,
        added_errors={
            "/sign-up/email": [(400, PhoneNumberErrorCodes.PHONE_NUMBER_CANNOT_BE_SET)],
            "/update-user": [(400, PhoneNumberErrorCodes.PHONE_NUMBER_CANNOT_BE_UPDATED)],
        },
        sms=(CODE, RESET_CODE),
        setup=setup,
        start=start,
    )
