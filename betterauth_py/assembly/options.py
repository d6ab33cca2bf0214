"""Builds the option tree, plugins included."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from betterauth_py.assembly.plugins import load_plugins
from betterauth_py.options import Options
from betterauth_py.options.load import load_group


def load_options(values: Mapping[str, Any]) -> Options:
    """Build the option tree.

    Raises:
        ConfigurationError: naming the option, what is wrong with it and, for a misspelt one, the right name.
    """
    if "plugins" in values:
        values = {**values, "plugins": load_plugins(values["plugins"], "plugins")}
    return load_group(Options, values, "")
