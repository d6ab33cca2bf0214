"""The part of a plugin that the option tree knows: its name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class NamedPlugin:
    """A plugin as options see it; `betterauth_py.core.plugin.Plugin` has everything else."""

    id: str
    """The plugin's name, better-auth's where there is one."""
