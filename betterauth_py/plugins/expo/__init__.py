"""The expo plugin: apps made with Expo and React Native."""

from __future__ import annotations

from betterauth_py.plugins import AuthContext, Contributions, Plugin, plugin_factory
from betterauth_py.plugins.expo.endpoints import expo_authorization_proxy
from betterauth_py.plugins.expo.hooks import GIVE_COOKIES_TO_APP, take_expo_origin
from betterauth_py.plugins.expo.options import ExpoOptions

__all__ = ["ExpoOptions", "expo"]


@plugin_factory(ExpoOptions)
def expo(options: ExpoOptions) -> Plugin:
    """Return the expo plugin, as `expo({...})` of @better-auth/expo 1.7.6.

    Example:
        ```python
        auth = BetterAuth(plugins=[expo()], trusted_origins=["myapp://"])
        ```
    """

    def setup(auth: AuthContext) -> Contributions:
        # The development app of Expo: in production anybody's app could have these links.
        return Contributions(trusted_origins=["exp://"] if auth.environment == "development" else [])

    return Plugin(
        id="expo",
        endpoints=[expo_authorization_proxy],
        on_request=None if options.disable_origin_override else take_expo_origin,
        after=[GIVE_COOKIES_TO_APP],
        setup=setup,
    )
