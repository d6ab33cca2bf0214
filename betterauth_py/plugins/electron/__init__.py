"""The electron plugin: signing in to desktop apps in the system's browser."""

from __future__ import annotations

from betterauth_py.plugins import AuthContext, Contributions, PathRule, Plugin, RateLimitRule, Row, plugin_factory
from betterauth_py.plugins.electron.endpoints import INIT_OAUTH_PROXY, endpoints_for
from betterauth_py.plugins.electron.errors import ElectronErrorCodes
from betterauth_py.plugins.electron.hooks import after_hooks
from betterauth_py.plugins.electron.options import ElectronOptions, check_options
from betterauth_py.plugins.tools import note_takeover

__all__ = ["ElectronErrorCodes", "ElectronOptions", "electron"]


@plugin_factory(ElectronOptions)
def electron(options: ElectronOptions) -> Plugin:
    """Return the electron plugin, as @better-auth/electron's `electron({...})`.

    Example:
        ```python
        auth = BetterAuth(plugins=[electron()], trusted_origins=["com.example.app:/"])
        ```

    Raises:
        ConfigurationError: if an option is wrong.
    """
    check_options(options)

    def setup(auth: AuthContext) -> Contributions:
        async def end_user_codes(user: Row) -> None:
            await note_takeover(auth, user, "electron", options.code_expires_in)

        return Contributions(access_revokers=[end_user_codes])

    return Plugin(
        id="electron",
        endpoints=endpoints_for(options),
        after=after_hooks(options),
        setup=setup,
        error_codes=ElectronErrorCodes,
        # Each call begins a sign-in with a provider, as /sign-in/social, whose rule this is.
        rate_limit=[PathRule(matcher=lambda path: path == INIT_OAUTH_PROXY, rule=RateLimitRule(window=10, max=3))],
    )
