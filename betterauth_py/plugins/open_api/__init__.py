"""The open-api plugin: better-auth's OpenAPI document of this server, and a page that shows it."""

from __future__ import annotations

from betterauth_py.plugins import Contributions, Plugin, plugin_factory
from betterauth_py.plugins.open_api.document import Description
from betterauth_py.plugins.open_api.endpoints import endpoints_for
from betterauth_py.plugins.open_api.options import OpenApiOptions, check_options

__all__ = ["OpenApiOptions", "open_api"]


@plugin_factory(OpenApiOptions)
def open_api(options: OpenApiOptions) -> Plugin:
    """Return the open-api plugin, as better-auth's `openAPI({...})`.

    Example:
        ```python
        auth = BetterAuth(plugins=[open_api(path="/docs")])
        ```

    Raises:
        ConfigurationError: if an option is wrong.
    """
    check_options(options)
    return Plugin(
        id="open-api",
        endpoints=endpoints_for(options),
        setup=lambda auth: Contributions(services={Description: Description(auth)}),
    )
