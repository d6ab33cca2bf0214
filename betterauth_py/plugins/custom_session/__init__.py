"""The custom-session plugin: an answer of your own at `/get-session`."""

from __future__ import annotations

from betterauth_py.plugins import Plugin, plugin_factory
from betterauth_py.plugins.custom_session.endpoints import endpoint_for, hook_for
from betterauth_py.plugins.custom_session.options import CustomSessionOptions

__all__ = ["CustomSessionOptions", "custom_session"]


@plugin_factory(CustomSessionOptions)
def custom_session(options: CustomSessionOptions) -> Plugin:
    """Return the custom-session plugin, as better-auth's `customSession(...)`.

    Example:
        ```python
        async def with_roles(found, ctx):
            return {**found, "roles": await roles_of(found["user"]["id"])}


        auth = BetterAuth(plugins=[custom_session(fn=with_roles)])
        ```
    """
    listed = options.should_mutate_list_device_sessions_endpoint
    return Plugin(
        id="custom-session",
        endpoints=[endpoint_for(options.fn)],
        after=[hook_for(options.fn)] if listed else [],
        ordered_after=["multi-session"],
    )
