"""The jwt plugin: signed tokens for other services, and the keys that they are verified with."""

from __future__ import annotations

from typing import Any

from betterauth_py.core.auth_context import AuthContext
from betterauth_py.core.plugin import Plugin
from betterauth_py.errors import ConfigurationError
from betterauth_py.options.load import load_group
from betterauth_py.plugins.jwt.endpoints import endpoints_for
from betterauth_py.plugins.jwt.hooks import TOKEN_HEADER
from betterauth_py.plugins.jwt.options import (
    PATH,
    JwksOptions,
    JwtOptions,
    KeyAdapterOptions,
    KeyPairConfig,
    KeyTableOptions,
    SchemaOptions,
    TokenOptions,
    check_options,
)
from betterauth_py.plugins.jwt.tables import JWKS, named_table
from betterauth_py.plugins.jwt.tokens import Tokens

__all__ = [
    "JwksOptions",
    "JwtOptions",
    "KeyAdapterOptions",
    "KeyPairConfig",
    "KeyTableOptions",
    "SchemaOptions",
    "TokenOptions",
    "jwt",
]


def jwt(options: JwtOptions | None = None, /, **values: Any) -> Plugin:
    """Return the jwt plugin, as better-auth's `jwt({...})`.

    Example:
        ```python
        auth = BetterAuth(plugins=[jwt(jwt={"expiration_time": "5m"})])
        ```

    Raises:
        ConfigurationError: if an option is wrong.
    """
    if options is None:
        options = load_group(JwtOptions, values, PATH)
    elif values:
        raise ConfigurationError("Give either a JwtOptions object or keyword arguments, not both.")
    check_options(options)

    def init(auth: AuthContext) -> None:
        auth.of_plugins["jwt"] = Tokens(auth, options)

    return Plugin(
        id="jwt",
        endpoints=endpoints_for(options),
        schema={JWKS.name: named_table(options.schema.jwks)},
        after=[] if options.disable_setting_jwt_header else [TOKEN_HEADER],
        init=init,
    )
