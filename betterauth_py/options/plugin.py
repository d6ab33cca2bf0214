"""What the option tree knows of a plugin: that it has a name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class NamedPlugin:
    """A plugin, of which options know nothing but its name; `betterauth_py.core.plugin.Plugin` is what it can do."""

    id: str
    """The plugin's name, better-auth's where there is one."""
