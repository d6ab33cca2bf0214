"""Creates a plugin from its options, given in Python or TOML."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Generic, TypeVar, overload

from betterauth_py.core.plugin import Plugin
from betterauth_py.core.plugin_tables import with_names
from betterauth_py.errors import ConfigurationError
from betterauth_py.options.import_strings import call, failure
from betterauth_py.options.load import load_value

Options = TypeVar("Options")


class PluginFactory(Generic[Options]):
    """A function that returns a plugin: `notes()`, `notes(max_notes=3)` or `notes(NotesOptions(max_notes=3))`."""

    def __init__(self, make: Callable[[Options], Plugin], options_class: Any) -> None:
        """Create plugins by `make` from an `options_class`, or from several, as `A | B` or `list[A]`."""
        self._make = make
        self.options_class = options_class
        self.__name__, self.__doc__, self.__module__ = make.__name__, make.__doc__, make.__module__

    def __call__(self, options: Any = None, /, **values: Any) -> Plugin:
        """Return the plugin, with options as an object (or a list, if it takes one) or as keyword arguments.

        Raises:
            ConfigurationError: if an option is wrong.
        """
        if options is not None and values:
            raise ConfigurationError(f"Call {self.__name__}(...) with options or with keyword arguments, not both.")
        return self.load(values if options is None else options, f"plugins.{self.__name__}")

    def load(self, values: Any, path: str) -> Plugin:
        """Return the plugin with options of a configuration file: a table, or a list of tables, at `path`.

        Raises:
            ConfigurationError: naming the option by its path, or the plugin if it cannot be made.
        """
        try:
            options = load_value(self.options_class, values, path)
        except (NameError, TypeError) as error:
            raise ConfigurationError(
                f"Option `{path}`: the options of {self.__name__}(...) are declared wrongly: {failure(error)}."
            ) from error
        made = call(self._make, path, options)
        if not isinstance(made, Plugin):
            raise ConfigurationError(f"Option `{path}`: {self.__name__}(...) returned no plugin. Return a `Plugin`.")
        return replace(with_names(made, options, path), options=options)


@overload
def plugin_factory(
    options_class: type[Options],
) -> Callable[[Callable[[Options], Plugin]], PluginFactory[Options]]: ...


@overload
def plugin_factory(options_class: Any) -> Callable[[Callable[[Any], Plugin]], PluginFactory[Any]]: ...


def plugin_factory(options_class: Any) -> Callable[[Callable[[Any], Plugin]], PluginFactory[Any]]:
    """Let a function that takes an options object also be called with keyword arguments, and from TOML.

    `options_class` is a dataclass, several distinguished by a tag (`CloudflareOptions | GoogleOptions`), a list
    (`list[KeyOptions]`, in TOML `[[plugins.keys]]`), or a choice of these (`KeyOptions | list[KeyOptions]`). With a
    field `schema` that has a `TableOptions` or `ColumnsOptions` for each table, a deployment names tables and columns.

    Example:
        ```python
        @plugin_factory(NotesOptions)
        def notes(options: NotesOptions) -> Plugin:
            return Plugin(id="notes", ...)
        ```
    """

    def decorate(make: Callable[[Any], Plugin]) -> PluginFactory[Any]:
        return PluginFactory(make, options_class)

    return decorate
