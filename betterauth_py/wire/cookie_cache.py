"""The content of the cookie `session_data`: the cached session in better-auth 1.7.25's three forms."""

from __future__ import annotations

from betterauth_py.crypto.jwt import encrypt_jwt, sign_jwt
from betterauth_py.crypto.secrets import SecretConfig
from betterauth_py.crypto.signing import encode_base64url, sign_base64url
from betterauth_py.javascript import json
from betterauth_py.wire.cached_session import CachedSession, Row, Strategy, is_expired
from betterauth_py.wire.cookie_cache_reader import JWE_SALT, decode_cookie_cache

__all__ = ["CachedSession", "Strategy", "decode_cookie_cache", "encode_cookie_cache", "is_expired"]


def encode_cookie_cache(
    strategy: Strategy, session: Row, user: Row, *, version: str, secrets: SecretConfig, max_age: int | None, now: int
) -> str:
    """Return the cookie's value, valid for `max_age` seconds (None: 60, of a JWT 300) from `now` (milliseconds)."""
    data = {"session": session, "user": user, "updatedAt": now, "version": version}
    if strategy == "jwe":
        return encrypt_jwt(data, secrets.current, JWE_SALT, max_age or 300, now // 1000)
    if strategy == "jwt":
        return sign_jwt(data, secrets.current, max_age or 300, now // 1000)
    expires_at = now + (max_age or 60) * 1000
    signature = sign_base64url(secrets.current, json.stringify({**data, "expiresAt": expires_at}).decode())
    envelope = json.stringify({"session": data, "expiresAt": expires_at, "signature": signature})
    return encode_base64url(envelope)
