"""Starts and stops the plugins of an auth."""

from __future__ import annotations

from betterauth_py.core.auth_context import AuthContext
from betterauth_py.core.plugin import Plugin
from betterauth_py.errors import PluginError


async def start_plugins(auth: AuthContext, started: list[Plugin]) -> None:
    """Start the plugins in order and note in `started` those that have.

    Raises:
        PluginError: naming the plugin that cannot start, and why.
    """
    for plugin in auth.plugins:
        if plugin.start is not None:
            try:
                await plugin.start(auth)
            except Exception as error:
                reason = str(error) or type(error).__name__
                raise PluginError(f"The plugin {plugin.id} cannot start: {reason}") from error
        started.append(plugin)


async def stop_plugins(auth: AuthContext, started: list[Plugin]) -> None:
    """Stop the plugins that have started, the last one first; one that fails is logged, and the others stop."""
    while started:
        plugin = started.pop()
        if plugin.stop is not None:
            try:
                await plugin.stop(auth)
            except Exception as error:
                auth.log_failure(f"stop the plugin {plugin.id}", error)
