"""The magic-link plugin: signing in with a mailed link."""

from __future__ import annotations

from betterauth_py.plugins import AuthContext, PathRule, Plugin, plugin_factory
from betterauth_py.plugins.magic_link.endpoints import endpoints_for
from betterauth_py.plugins.magic_link.mails import MAGIC_LINK, warn_without_sender
from betterauth_py.plugins.magic_link.options import CustomHasher, MagicLinkOptions, RateLimit, check_options

__all__ = ["CustomHasher", "MagicLinkOptions", "RateLimit", "magic_link"]


@plugin_factory(MagicLinkOptions)
def magic_link(options: MagicLinkOptions) -> Plugin:
    """Return the magic-link plugin, as better-auth's `magicLink({...})`.

    Example:
        ```python
        auth = BetterAuth(plugins=[magic_link(expires_in="10m")])
        ```

    Raises:
        ConfigurationError: if an option is wrong.
    """
    check_options(options)

    async def start(auth: AuthContext) -> None:
        warn_without_sender(auth, options)

    return Plugin(
        id="magic-link",
        endpoints=endpoints_for(options),
        rate_limit=[
            PathRule(
                matcher=lambda path: path.startswith(("/sign-in/magic-link", "/magic-link/verify")),
                rule=options.rate_limit.rule,
            )
        ],
        mails=[MAGIC_LINK],
        start=start,
    )
