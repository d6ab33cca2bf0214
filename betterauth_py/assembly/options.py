"""Builds the option tree, plugins included."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from betterauth_py.assembly.plugins import load_plugins
from betterauth_py.assembly.social_providers import load_social_providers
from betterauth_py.assembly.stateless import with_stateless_defaults
from betterauth_py.options import Options
from betterauth_py.options.load import load_group


def load_options(values: Mapping[str, Any]) -> Options:
    """Build the option tree.

    Raises:
        ConfigurationError: naming the option, what is wrong with it and, for a misspelt one, the right name.
    """
    values = with_stateless_defaults(values)
    if "plugins" in values:
        values = {**values, "plugins": load_plugins(values["plugins"], "plugins")}
    if "social_providers" in values:
        loaded = load_social_providers(values["social_providers"], "social_providers")
        values = {**values, "social_providers": loaded}
    return load_group(Options, values, "")
