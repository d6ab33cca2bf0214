"""The jwt plugin: signed tokens for other services, and the keys that they are verified with."""

from __future__ import annotations

from betterauth_py.plugins import AuthContext, Contributions, Plugin, plugin_factory
from betterauth_py.plugins.jwt.cached_sessions import SessionSigner, check_session_options
from betterauth_py.plugins.jwt.endpoints import endpoints_for
from betterauth_py.plugins.jwt.hooks import TOKEN_HEADER
from betterauth_py.plugins.jwt.options import (
    JwksOptions,
    JwtOptions,
    KeyAdapterOptions,
    KeyChoice,
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
    "KeyChoice",
    "KeyPairConfig",
    "SchemaOptions",
    "TokenOptions",
    "Tokens",
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

    def set_up(auth: AuthContext) -> Contributions:
        tokens = Tokens(auth, options)
        if not options.session_cookie_cache:
            return Contributions(services={Tokens: tokens})
        check_session_options(auth, options)
        return Contributions(services={Tokens: tokens}, cookie_cache_signer=SessionSigner(tokens))

    return Plugin(
        id="jwt",
        endpoints=endpoints_for(options),
        schema={JWKS.name: JWKS},
        after=[] if options.disable_setting_jwt_header else [TOKEN_HEADER],
        setup=set_up,
    )
