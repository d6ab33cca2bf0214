"""Which plugins there are: objects, import strings, and those that come with the server by their ids."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from types import FunctionType
from typing import Any

from betterauth_py.core.plugin import Plugin
from betterauth_py.errors import ConfigurationError
from betterauth_py.options import Options
from betterauth_py.options.load import import_object
from betterauth_py.plugins import BUILT_IN


def load_plugins(value: Any, path: str) -> list[Plugin]:
    """Return the plugins that a list or a table stands for.

    A list holds plugins, import strings of them (or of functions that make one), and ids of built-in ones:
    `["jwt", "myapp.auth:notes"]`. A table has the id of a built-in one with its options, or any name with an import
    string: `{"jwt": {"jwks": {...}}, "notes": "myapp.auth:notes"}`.

    Raises:
        ConfigurationError: if one of them is none, or is there twice.
    """
    if isinstance(value, Mapping):
        plugins = [_from_entry(str(name), given, f"{path}.{name}") for name, given in value.items()]
    elif isinstance(value, list | tuple):
        plugins = [_from_item(item, f"{path}[{index}]") for index, item in enumerate(value)]
    else:
        raise ConfigurationError(f"Option `{path}` must be a list or a table of plugins, not {type(value).__name__}.")
    names = [plugin.id for plugin in plugins]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ConfigurationError(f"Option `{path}`: the plugin {twice} is there twice. Keep one of them.")
    return plugins


def plugins_of(options: Options) -> list[Plugin]:
    """Return the plugins of `options`."""
    return [_checked(plugin, "plugins") for plugin in options.plugins]


def _from_entry(name: str, given: Any, path: str) -> Plugin:
    if isinstance(given, str | Plugin):
        return _from_item(given, path)
    if isinstance(given, Mapping):
        return _made(_built_in(name, path), path, given)
    raise ConfigurationError(f"Option `{path}` must be a table of options or an import string.")


def _from_item(item: Any, path: str) -> Plugin:
    if isinstance(item, Plugin):
        return item
    if not isinstance(item, str):
        raise ConfigurationError(f"Option `{path}` must be a plugin, an import string or the id of a built-in plugin.")
    if ":" not in item:
        return _made(_built_in(item, path), path, {})
    imported = import_object(item, path)
    return _made(imported, path, {}) if isinstance(imported, FunctionType) else _checked(imported, path)


def _built_in(name: str, path: str) -> Any:
    if name not in BUILT_IN:
        close = get_close_matches(name, BUILT_IN, n=1)
        hint = f"Did you mean `{close[0]}`?" if close else f"Built-in plugins: {', '.join(BUILT_IN)}."
        raise ConfigurationError(f"Option `{path}`: there is no built-in plugin of this id. {hint}")
    return import_object(f"betterauth_py.plugins.{name}:{name}", path)


def _made(factory: Any, path: str, options: Mapping[str, Any]) -> Plugin:
    return _checked(factory(**options), path)


def _checked(made: Any, path: str) -> Plugin:
    if not isinstance(made, Plugin):
        raise ConfigurationError(f"Option `{path}` must be a plugin, not {type(made).__name__}.")
    return made
