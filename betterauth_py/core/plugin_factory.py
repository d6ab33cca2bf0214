"""Makes a plugin out of its options, from Python or from TOML."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Generic, TypeVar

from betterauth_py.core.plugin import Plugin
from betterauth_py.errors import ConfigurationError
from betterauth_py.options.load import load_group

Options = TypeVar("Options")


class PluginFactory(Generic[Options]):
    """A function that makes a plugin: `notes()`, `notes(max_notes=3)` or `notes(NotesOptions(max_notes=3))`."""

    def __init__(self, make: Callable[[Options], Plugin], options_class: type[Options]) -> None:
        """Make plugins with `make`."""
        self._make = make
        self.options_class = options_class
        self.__name__, self.__doc__, self.__module__ = make.__name__, make.__doc__, make.__module__

    def __call__(self, options: Options | None = None, /, **values: Any) -> Plugin:
        """Return the plugin.

        Raises:
            ConfigurationError: if an option is wrong.
        """
        if options is None:
            return self.load(values, f"plugins.{self.__name__}")
        if values:
            name = self.options_class.__name__
            raise ConfigurationError(f"Give either a {name} object or keyword arguments, not both.")
        return self._with_options(options)

    def load(self, values: Mapping[str, Any], path: str) -> Plugin:
        """Return the plugin with options of a configuration file, whose place in it is `path`.

        Raises:
            ConfigurationError: naming the option by its path.
        """
        return self._with_options(load_group(self.options_class, values, path))

    def _with_options(self, options: Options) -> Plugin:
        return replace(self._make(options), options=options)


def plugin_factory(
    options_class: type[Options],
) -> Callable[[Callable[[Options], Plugin]], PluginFactory[Options]]:
    """Let a function from options to a plugin take them as keyword arguments and from TOML too.

    Example:
        ```python
        @plugin_factory(NotesOptions)
        def notes(options: NotesOptions) -> Plugin:
            return Plugin(id="notes", ...)
        ```
    """

    def decorate(make: Callable[[Options], Plugin]) -> PluginFactory[Options]:
        return PluginFactory(make, options_class)

    return decorate
