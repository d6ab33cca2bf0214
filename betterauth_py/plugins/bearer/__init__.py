"""The bearer plugin: session tokens in the Authorization header instead of cookies."""

from __future__ import annotations

from betterauth_py.plugins import Hook, Plugin, plugin_factory
from betterauth_py.plugins.bearer.hooks import has_authorization, send_token, sets_cookies, taking_tokens
from betterauth_py.plugins.bearer.options import BearerOptions

__all__ = ["BearerOptions", "bearer"]


@plugin_factory(BearerOptions)
def bearer(options: BearerOptions) -> Plugin:
    """Return the bearer plugin, as better-auth's `bearer({...})`.

    Example:
        ```python
        auth = BetterAuth(plugins=[bearer(require_signature=True)])
        ```
    """
    return Plugin(
        id="bearer",
        before=[Hook(matcher=has_authorization, handler=taking_tokens(options))],
        gives_session=True,
        session_schemes={
            "bearerAuth": {"type": "http", "scheme": "bearer", "description": "The token that signing in returns."}
        },
        after=[Hook(matcher=sets_cookies, handler=send_token)],
    )
