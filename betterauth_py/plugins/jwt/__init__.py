"""The jwt plugin: signed tokens for other services, and the keys that they are verified with."""

from __future__ import annotations

from betterauth_py.core.contributions import Contributions
from betterauth_py.core.plugin import Plugin
from betterauth_py.core.plugin_factory import plugin_factory
from betterauth_py.plugins.jwt.endpoints import endpoints_for
from betterauth_py.plugins.jwt.hooks import TOKEN_HEADER
from betterauth_py.plugins.jwt.options import (
    JwksOptions,
    JwtOptions,
    KeyAdapterOptions,
    KeyPairConfig,
    SchemaOptions,
    TokenOptions,
    check_options,
)
from betterauth_py.plugins.jwt.tables import JWKS
from betterauth_py.plugins.jwt.tokens import Tokens

__all__ = [
    "JwksOptions",
    "JwtOptions",
    "KeyAdapterOptions",
    "KeyPairConfig",
    "SchemaOptions",
    "TokenOptions",
    "jwt",
]


@plugin_factory(JwtOptions)
def jwt(options: JwtOptions) -> Plugin:
    """Return the jwt plugin, as better-auth's `jwt({...})`.

    Example:
        ```python
        auth = BetterAuth(plugins=[jwt(jwt={"expiration_time": "5m"})])
        ```

    Raises:
        ConfigurationError: if an option is wrong.
    """
    check_options(options)

    return Plugin(
        id="jwt",
        endpoints=endpoints_for(options),
        schema={JWKS.name: JWKS},
        after=[] if options.disable_setting_jwt_header else [TOKEN_HEADER],
        setup=lambda auth: Contributions(services={Tokens: Tokens(auth, options)}),
    )
