"""The options of the open-api plugin: better-auth's `openAPI({...})` with its names in snake_case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from betterauth_py.plugins import ConfigurationError
from betterauth_py.plugins.tools import api_reference

PATH: Final = "plugins.open-api"


@dataclass(frozen=True, kw_only=True)
class OpenApiOptions:
    """better-auth's OpenAPI document, from the `open-api` plugin: [its page](plugins/open-api.md)."""

    path: str = "/reference"
    """The path of the reference page, below the base path."""
    disable_default_reference: bool = False
    """Whether the page is off: 404. The document is served all the same."""
    theme: api_reference.Theme = "default"
    """The page's colours, by the names of better-auth's themes. `default` follows the visitor's system."""
    nonce: str | None = None
    """The nonce of the page's scripts and styles, if a proxy in front adds a Content Security Policy that demands one.
    The page's own policy needs none."""


def check_options(options: OpenApiOptions) -> None:
    """Refuse what cannot work.

    Raises:
        ConfigurationError: naming the option, the problem and the fix.
    """
    if not options.path.strip("/"):
        raise ConfigurationError(f"Option `{PATH}.path` is empty. Give a path, such as /reference.")
