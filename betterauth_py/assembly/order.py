"""The order of plugins: as they are configured, but each after those that it requires."""

from __future__ import annotations

from collections.abc import Sequence

from betterauth_py.core.plugin import Plugin
from betterauth_py.errors import ConfigurationError


def in_order(plugins: Sequence[Plugin]) -> list[Plugin]:
    """Return `plugins` in their order, except that what comes before another by its own word is moved before it.

    Raises:
        ConfigurationError: if one is there twice, one that is required is missing, or they wait for each other.
    """
    by_id = {plugin.id: plugin for plugin in plugins}
    if len(by_id) < len(plugins):
        ids = [plugin.id for plugin in plugins]
        twice = next(name for name in ids if ids.count(name) > 1)
        raise ConfigurationError(f"Option `plugins`: the plugin {twice} is there twice. Keep one of them.")
    for plugin in plugins:
        missing = next((name for name in plugin.requires if name not in by_id), None)
        if missing is not None:
            raise ConfigurationError(
                f"The plugin {plugin.id} requires the plugin {missing}, which is not on. Add it to `plugins`: "
                f"`[plugins.{missing}]` in TOML."
            )
    ordered: dict[str, Plugin] = {}
    for plugin in plugins:
        _place(plugin, by_id, ordered, [])
    return list(ordered.values())


def _place(plugin: Plugin, by_id: dict[str, Plugin], ordered: dict[str, Plugin], waiting: list[str]) -> None:
    """Put `plugin` at the end of `ordered`, after what it needs; `waiting` are those that need it."""
    if plugin.id in ordered:
        return
    if plugin.id in waiting:
        circle = [*waiting[waiting.index(plugin.id) :], plugin.id]
        raise ConfigurationError(
            f"The plugins wait for each other: {' after '.join(circle)}. Remove one from `requires` or `ordered_after`."
        )
    for name in (*plugin.requires, *plugin.ordered_after):
        if name in by_id:
            _place(by_id[name], by_id, ordered, [*waiting, plugin.id])
    ordered[plugin.id] = plugin
