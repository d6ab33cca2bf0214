"""The one-time-token plugin: a token that opens the same session in another place, once."""

from __future__ import annotations

from betterauth_py.plugins import Hook, Plugin, plugin_factory
from betterauth_py.plugins.one_time_token.endpoints import endpoints_for
from betterauth_py.plugins.one_time_token.hooks import sending_tokens, starts_session
from betterauth_py.plugins.one_time_token.options import OneTimeTokenOptions, TokenHasher, check_options
from betterauth_py.plugins.one_time_token.tokens import OneTimeTokens

__all__ = ["OneTimeTokenOptions", "TokenHasher", "one_time_token"]


@plugin_factory(OneTimeTokenOptions)
def one_time_token(options: OneTimeTokenOptions) -> Plugin:
    """Return the one-time-token plugin, as better-auth's `oneTimeToken({...})`.

    Example:
        ```python
        auth = BetterAuth(plugins=[one_time_token(store_token="hashed")])
        ```

    Raises:
        ConfigurationError: if an option is wrong.
    """
    check_options(options)
    tokens = OneTimeTokens(options)
    return Plugin(
        id="one-time-token",
        endpoints=endpoints_for(tokens),
        after=[Hook(matcher=starts_session, handler=sending_tokens(tokens))]
        if options.set_ott_header_on_new_session
        else [],
    )
