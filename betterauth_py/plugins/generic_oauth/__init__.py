"""The generic-oauth plugin: any OAuth 2 or OpenID Connect provider, from its URLs or from its discovery document."""

from __future__ import annotations

from betterauth_py.plugins import AuthContext, Contributions, Plugin, SocialProvider, plugin_factory
from betterauth_py.plugins.generic_oauth.checks import checked
from betterauth_py.plugins.generic_oauth.errors import GenericOAuthErrors
from betterauth_py.plugins.generic_oauth.options import GenericOAuthOptions, GenericProviderOptions
from betterauth_py.plugins.generic_oauth.providers import make_provider
from betterauth_py.plugins.generic_oauth.starting import RETRY, PendingProviders

__all__ = ["GenericOAuthOptions", "GenericProviderOptions", "generic_oauth"]


@plugin_factory(GenericOAuthOptions)
def generic_oauth(options: GenericOAuthOptions) -> Plugin:
    """Return the generic-oauth plugin, as better-auth's `genericOAuth({...})`.

    Example:
        ```python
        okta = {"preset": "okta", "issuer": "https://example.okta.com", "client_id": "0oa1", "client_secret": secret}
        auth = BetterAuth(plugins=[generic_oauth(config=[okta])])
        ```

    Raises:
        ConfigurationError: if an option is wrong.
    """
    configured = checked(options.config, "plugins.generic-oauth.config")
    discovered = [one for one in configured if one.options.discovery_url]

    def set_up(auth: AuthContext) -> Contributions:
        known = [SocialProvider.of(auth, *make_provider(one, None)) for one in configured if one not in discovered]
        return Contributions(oauth_providers=known, services={PendingProviders: PendingProviders(auth, discovered)})

    async def start(auth: AuthContext) -> None:
        await auth.services.get(PendingProviders).ask_all()

    return Plugin(
        id="generic-oauth",
        before=[RETRY] if discovered else [],
        error_codes=GenericOAuthErrors,
        setup=set_up,
        start=start if discovered else None,
    )
