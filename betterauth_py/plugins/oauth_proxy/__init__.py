"""The oauth-proxy plugin: previews sign in through the redirect URL that providers know of production."""

from __future__ import annotations

from betterauth_py.plugins import AuthContext, Contributions, Plugin, plugin_factory
from betterauth_py.plugins.oauth_proxy.beginning import AFTER_BEGINNING, BEFORE_BEGINNING
from betterauth_py.plugins.oauth_proxy.endpoints import o_auth_proxy, o_auth_proxy_completion
from betterauth_py.plugins.oauth_proxy.forwarding import AFTER_CALLBACK, BEFORE_CALLBACK
from betterauth_py.plugins.oauth_proxy.options import OAuthProxyOptions
from betterauth_py.plugins.oauth_proxy.seals import Seals

__all__ = ["OAuthProxyOptions", "oauth_proxy"]


@plugin_factory(OAuthProxyOptions)
def oauth_proxy(options: OAuthProxyOptions) -> Plugin:
    """Return the oauth-proxy plugin, as better-auth's `oAuthProxy({...})`.

    Example:
        ```python
        auth = BetterAuth(
            plugins=[oauth_proxy(production_url="https://www.example.com", secret=proxy_secret)],
            social_providers={"github": {...}},
        )
        ```
    """

    def setup(auth: AuthContext) -> Contributions:
        return Contributions(services={OAuthProxyOptions: options, Seals: Seals.of(auth, options)})

    return Plugin(
        id="oauth-proxy",
        endpoints=[o_auth_proxy, o_auth_proxy_completion],
        before=[BEFORE_BEGINNING, BEFORE_CALLBACK],
        after=[AFTER_BEGINNING, AFTER_CALLBACK],
        setup=setup,
    )
