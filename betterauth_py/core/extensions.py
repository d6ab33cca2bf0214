"""Extension points that plugins open for others, by name and type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from betterauth_py.errors import ConfigurationError

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Extension:
    """A value that a plugin adds to another plugin's extension point."""

    point: ExtensionPoint[Any]
    value: Any


@dataclass(frozen=True, slots=True)
class ExtensionPoint(Generic[Value]):
    """A point that other plugins can add to, such as the grants of device authorization.

    Example:
        ```python
        GRANTS = ExtensionPoint("device-authorization", "grants", DeviceGrant)

        Plugin(id="device-authorization", extension_points=[GRANTS], ...)   # opens it
        Plugin(id="oauth-provider", extends=[GRANTS.add(grant)], ...)       # adds to it
        ctx.auth.extensions.get(GRANTS)                                     # everything added
        ```
    """

    plugin: str
    """The id of the plugin that opens it."""
    name: str
    kind: type[Value]
    """The type of the values."""

    def add(self, value: Value) -> Extension:
        """Return an entry for `Plugin.extends`."""
        return Extension(self, value)


class Extensions:
    """The extensions of one auth, in the order of its plugins."""

    def __init__(self, added: Sequence[tuple[str, Extension]], points: Sequence[ExtensionPoint[Any]]) -> None:
        """Sort what plugins (by their ids) have `added` to `points`.

        Raises:
            ConfigurationError: if a value is not of its point's type, or the plugin that is extended has no such point.
        """
        self._values: dict[ExtensionPoint[Any], list[Any]] = {point: [] for point in points}
        owners = {point.plugin for point in points}
        for plugin, extension in added:
            point = extension.point
            if not isinstance(extension.value, point.kind):
                raise ConfigurationError(
                    f"The plugin {plugin} adds a {type(extension.value).__name__} to {point.name} of the plugin "
                    f"{point.plugin}. Add a {point.kind.__name__}."
                )
            if point in self._values:
                self._values[point].append(extension.value)
            elif point.plugin in owners:
                names = ", ".join(known.name for known in points if known.plugin == point.plugin)
                raise ConfigurationError(
                    f"The plugin {plugin} adds to {point.name} of the plugin {point.plugin}, which opens: {names}."
                )

    def get(self, point: ExtensionPoint[Value]) -> list[Value]:
        """Return what was added to `point`."""
        return cast("list[Value]", self._values.get(point, []))
