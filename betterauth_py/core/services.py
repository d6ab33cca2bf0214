"""Typed services between plugins: one plugin provides an object for an auth, others look it up by type."""

from __future__ import annotations

from typing import Any, TypeVar, cast

from betterauth_py.errors import ConfigurationError

Service = TypeVar("Service")


class Services:
    """The services of one auth."""

    def __init__(self) -> None:
        """Start with none."""
        self._services: dict[type[Any], tuple[str, Any]] = {}

    def add(self, plugin: str, kind: type[Any], service: Any) -> None:
        """Register a plugin's `service` under the type `kind`.

        Raises:
            ConfigurationError: if another plugin offers one of this type, or it is none.
        """
        if kind in self._services:
            other = self._services[kind][0]
            raise ConfigurationError(
                f"The plugins {other} and {plugin} both offer the service {kind.__name__}. Use one of them."
            )
        if not getattr(kind, "_is_protocol", False) and not isinstance(service, kind):
            raise ConfigurationError(
                f"The plugin {plugin} offers a {type(service).__name__} as the service {kind.__name__}."
            )
        self._services[kind] = plugin, service

    def find(self, kind: type[Service]) -> Service | None:
        """Return the service of this type, or None if no plugin offers it."""
        found = self._services.get(kind)
        return cast("Service", found[1]) if found else None

    def get(self, kind: type[Service]) -> Service:
        """Return the service of this type.

        Raises:
            ConfigurationError: if no plugin offers it; names the plugin that would.
        """
        try:
            return cast("Service", self._services[kind][1])
        except KeyError:
            raise ConfigurationError(
                f"No plugin offers the service {kind.__name__}. {_where_from(kind)} A plugin that needs it says so in "
                "`requires`."
            ) from None


def _where_from(kind: type[Any]) -> str:
    package, _, rest = kind.__module__.partition("betterauth_py.plugins.")
    if package or not rest:
        return f"Turn on the plugin of {kind.__module__}."
    name = rest.partition(".")[0].replace("_", "-")
    return f"Turn on the plugin {name} (`[plugins.{name}]`)."
