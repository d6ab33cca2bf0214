"""Plugins: one folder each, with the same rooms as the core."""

from __future__ import annotations

from typing import Final

BUILT_IN: Final = ("jwt",)
"""The plugins that come with the server, by their ids. `betterauth_py.plugins.<id>` has the function `<id>` that makes
one, and `betterauth_py.plugins.<id>.options` its options. They are imported where they are used only."""
