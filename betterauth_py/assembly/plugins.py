"""Which plugins there are: objects, import strings, and those that come with the server by their ids."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import signature
from types import FunctionType
from typing import Any

from betterauth_py.assembly.order import in_order
from betterauth_py.core.plugin import Plugin
from betterauth_py.core.plugin_factory import PluginFactory
from betterauth_py.errors import ConfigurationError, suggest
from betterauth_py.options import Options
from betterauth_py.options.import_strings import call, import_object
from betterauth_py.plugins.registry import BY_ID, find_built_in


def load_plugins(value: Any, path: str) -> list[Plugin]:
    """Return the plugins that a list or a table stands for.

    A list holds plugins, import strings of them (or of functions that make one), and ids of built-in ones:
    `["jwt", "myapp.auth:notes"]`. A table has the id of a built-in one, or any name, with a table of options:
    `{"jwt": {"jwks": {...}}, "notes": {"use": "myapp.auth:notes", "max_notes": 3}}`. Without options of its own, an
    import string will do: `{"notes": "myapp.auth:notes"}`. A plugin that takes a list of options has a list of tables,
    of which the first may have `use`.

    Raises:
        ConfigurationError: if one of them is none, or an option of one is wrong.
    """
    if isinstance(value, Mapping):
        return [_from_entry(str(name), given, f"{path}.{name}") for name, given in value.items()]
    if isinstance(value, list | tuple):
        return [_from_item(item, f"{path}[{index}]") for index, item in enumerate(value)]
    raise ConfigurationError(f"Option `{path}` must be a list or a table of plugins, not {type(value).__name__}.")


def plugins_of(options: Options) -> list[Plugin]:
    """Return the plugins of `options`, each after those that it requires.

    Raises:
        ConfigurationError: if one is there twice, one that another requires is missing, or they require each other.
    """
    return in_order([_checked(plugin, "plugins") for plugin in options.plugins])


def _from_entry(name: str, given: Any, path: str) -> Plugin:
    if isinstance(given, str | Plugin):
        return _from_item(given, path)
    first = given[0] if isinstance(given, list | tuple) and given else given
    if not isinstance(first, Mapping):
        raise ConfigurationError(
            f"Option `{path}` must be a table of options, a list of such tables or an import string."
        )
    if "use" not in first:
        return _made(_built_in(name, path), path, given)
    if not isinstance(first["use"], str):
        raise ConfigurationError(f"Option `{path}.use` must be an import string such as 'myapp.auth:notes'.")
    options = {option: value for option, value in first.items() if option != "use"}
    imported = import_object(first["use"], f"{path}.use")
    if isinstance(imported, Plugin) and (options or first is not given):
        option = f"{path}.{next(iter(options))}" if options else path
        raise ConfigurationError(
            f"Option `{option}` cannot be set: {first['use']!r} is a plugin that is made already. "
            "Name the function that makes it."
        )
    return _made(imported, path, options if first is given else [options, *given[1:]])


def _from_item(item: Any, path: str) -> Plugin:
    if isinstance(item, Plugin):
        return item
    if not isinstance(item, str):
        raise ConfigurationError(f"Option `{path}` must be a plugin, an import string or the id of a built-in plugin.")
    return _made(import_object(item, path) if ":" in item else _built_in(item, path), path, {})


def _built_in(name: str, path: str) -> PluginFactory[Any]:
    found = find_built_in(name)
    if found is None:
        hint = suggest(name.replace("_", "-"), BY_ID, "Built-in plugins")
        raise ConfigurationError(
            f"Option `{path}`: there is no built-in plugin of this id. {hint} A plugin of your own is named by "
            '`use = "package.module:function"`.'
        )
    return found.factory()


def _made(factory: Any, path: str, options: Any) -> Plugin:
    if isinstance(factory, PluginFactory):
        return factory.load(options, path)
    if not isinstance(factory, FunctionType):
        return _checked(factory, path)
    if not isinstance(options, Mapping):
        raise ConfigurationError(f"Option `{path}` must be a table, not a list: {factory.__name__} takes no list.")
    try:
        signature(factory).bind(**options)
    except TypeError as error:
        raise ConfigurationError(f"Option `{path}`: {factory.__name__}(...) cannot be called so: {error}.") from None
    return _checked(call(factory, path, **options), path)


def _checked(made: Any, path: str) -> Plugin:
    if not isinstance(made, Plugin):
        raise ConfigurationError(f"Option `{path}` must be a plugin, not {type(made).__name__}.")
    return made
