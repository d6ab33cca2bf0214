"""Cached sessions that the keys sign, as better-auth 1.7.25's `sessionCookieCache`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from betterauth_py.plugins import AuthContext, ConfigurationError, EndpointContext
from betterauth_py.plugins.jwt.options import PATH, JwtOptions
from betterauth_py.plugins.jwt.tokens import Tokens, header_of, origin_of
from betterauth_py.plugins.tools import are_current, logger, stringify

Context = EndpointContext[Any, Any]

TYPE: Final = "better-auth.session-cache+jwt"
"""What the header calls such a token, so that no other token of these keys passes for one (RFC 8725, 3.11)."""
AUDIENCE: Final = "better-auth:session-cache"


class SessionSigner:
    """Signs cached sessions and reads them."""

    def __init__(self, tokens: Tokens) -> None:
        """Use the keys of `tokens`."""
        self._keys = tokens.keys

    async def sign(self, ctx: Context, payload: Mapping[str, Any], max_age: int) -> str:
        """Return a token of a cached session that ends after `max_age` seconds."""
        now = ctx.auth.clock.milliseconds() // 1000
        claims = {
            **payload,
            "sid": payload["session"]["token"],
            "iat": now,
            "exp": now + max_age,
            "iss": origin_of(ctx) or AUDIENCE,
            "aud": AUDIENCE,
            "sub": payload["user"]["id"],
        }
        key = self._keys.current() or await self._keys.signing_key()
        return key.sign(stringify(claims), {"alg": key.algorithm, "kid": key.kid, "typ": TYPE})

    async def verify(self, ctx: Context, token: str) -> Mapping[str, Any] | None:
        """Return what the token holds if it is one of ours for a cached session and has not expired, else None."""
        header = header_of(token)
        kid = header.get("kid")
        if header.get("typ") != TYPE or not isinstance(kid, str):
            return None
        key = await self._keys.known_public_key(kid)
        claims = key.claims(token) if key is not None else None
        if claims is None or not are_current(claims, ctx.auth.clock.milliseconds() // 1000):
            return None
        session, user = claims.get("session"), claims.get("user")
        if not isinstance(session, dict) or not isinstance(user, dict):
            return None
        bound = (AUDIENCE, origin_of(ctx) or AUDIENCE, session.get("token"), user.get("id"))
        return claims if (claims.get("aud"), claims.get("iss"), claims.get("sid"), claims.get("sub")) == bound else None


def check_session_options(auth: AuthContext, options: JwtOptions) -> None:
    """Refuse what cannot work, and warn of keys that are gone before the cookies that they have signed.

    Raises:
        ConfigurationError: if cached sessions are not tokens.
    """
    cache = auth.options.session.cookie_cache
    if cache.strategy != "jwt":
        raise ConfigurationError(
            f"Option `{PATH}.session_cookie_cache` needs `session.cookie_cache.strategy` to be 'jwt'. Set it."
        )
    if cache.effective_max_age > options.jwks.grace_period:
        logger.warning(
            "Option `session.cookie_cache.max_age` (%s s) is above `%s.jwks.grace_period` (%s s): other services may "
            "not find the key of a cached session that has not ended.",
            cache.effective_max_age, PATH, options.jwks.grace_period,
        )  # fmt: skip
