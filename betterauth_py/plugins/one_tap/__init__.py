"""The one-tap plugin: signing in with Google's prompt, without leaving the page."""

from __future__ import annotations

from betterauth_py.plugins import AuthContext, Contributions, Plugin, plugin_factory
from betterauth_py.plugins.one_tap.endpoints import one_tap_callback
from betterauth_py.plugins.one_tap.identity import OneTap
from betterauth_py.plugins.one_tap.options import OneTapOptions

__all__ = ["OneTapOptions", "one_tap"]


@plugin_factory(OneTapOptions)
def one_tap(options: OneTapOptions) -> Plugin:
    """Return the one-tap plugin, as better-auth's `oneTap({...})`.

    Example:
        ```python
        auth = BetterAuth(plugins=[one_tap(client_id="1234.apps.googleusercontent.com")])
        ```
    """

    def setup(auth: AuthContext) -> Contributions:
        return Contributions(services={OneTap: OneTap.of(auth, options)})

    return Plugin(id="one-tap", endpoints=[one_tap_callback], setup=setup)
