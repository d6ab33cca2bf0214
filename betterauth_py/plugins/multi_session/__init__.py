"""The multi-session plugin: several accounts in one browser."""

from __future__ import annotations

from betterauth_py.plugins import Hook, Plugin, plugin_factory
from betterauth_py.plugins.multi_session.endpoints import ENDPOINTS
from betterauth_py.plugins.multi_session.errors import MultiSessionErrorCodes
from betterauth_py.plugins.multi_session.hooks import end_sessions, keeping_sessions, sets_session
from betterauth_py.plugins.multi_session.options import MultiSessionOptions, check_options

__all__ = ["MultiSessionErrorCodes", "MultiSessionOptions", "multi_session"]


@plugin_factory(MultiSessionOptions)
def multi_session(options: MultiSessionOptions) -> Plugin:
    """Return the multi-session plugin, as better-auth's `multiSession({...})`.

    Example:
        ```python
        auth = BetterAuth(plugins=[multi_session(maximum_sessions=3)])
        ```

    Raises:
        ConfigurationError: if an option is wrong.
    """
    check_options(options)
    return Plugin(
        id="multi-session",
        endpoints=ENDPOINTS,
        after=[
            Hook(matcher=sets_session, handler=keeping_sessions(options)),
            Hook(paths={"/sign-out"}, handler=end_sessions),
        ],
        error_codes=MultiSessionErrorCodes,
    )
