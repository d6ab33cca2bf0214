"""The device-authorization plugin: signing in on devices without a browser (RFC 8628)."""

from __future__ import annotations

from betterauth_py.plugins import (
    AuthContext,
    Contributions,
    PathRule,
    Plugin,
    RateLimitRule,
    Row,
    Where,
    plugin_factory,
)
from betterauth_py.plugins.device_authorization.codes import MODEL
from betterauth_py.plugins.device_authorization.errors import DeviceAuthorizationErrorCodes
from betterauth_py.plugins.device_authorization.options import DeviceAuthorizationOptions, check_options
from betterauth_py.plugins.device_authorization.redeeming import device_token
from betterauth_py.plugins.device_authorization.requesting import device_code
from betterauth_py.plugins.device_authorization.tables import DEVICE_CODE
from betterauth_py.plugins.device_authorization.verifying import device_approve, device_deny, device_verify

__all__ = ["DeviceAuthorizationErrorCodes", "DeviceAuthorizationOptions", "device_authorization"]

_MOST_LOOK_UPS = 5


@plugin_factory(DeviceAuthorizationOptions)
def device_authorization(options: DeviceAuthorizationOptions) -> Plugin:
    """Return the device-authorization plugin, as better-auth's `deviceAuthorization({...})`.

    Example:
        ```python
        auth = BetterAuth(plugins=[device_authorization(verification_uri="https://example.com/device")])
        ```

    Raises:
        ConfigurationError: if an option is wrong.
    """
    check_options(options)

    def setup(auth: AuthContext) -> Contributions:
        async def delete_codes(user: Row) -> None:
            # An approved one would still give a session.
            await auth.rows.delete_many(MODEL, Where("userId", user["id"]))

        return Contributions(services={DeviceAuthorizationOptions: options}, access_revokers=[delete_codes])

    look_ups = RateLimitRule(window=options.expires_in, max=_MOST_LOOK_UPS)
    return Plugin(
        id="device-authorization",
        endpoints=[device_code, device_token, device_verify, device_approve, device_deny],
        schema={"deviceCode": DEVICE_CODE},
        rate_limit=[PathRule(matcher=lambda path: path == "/device", rule=look_ups)],
        error_codes=DeviceAuthorizationErrorCodes,
        setup=setup,
    )
