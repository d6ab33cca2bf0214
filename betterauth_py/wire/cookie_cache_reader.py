"""Reads a cached session in any of better-auth 1.7.7's three forms."""

from __future__ import annotations

from typing import Final

from betterauth_py.crypto.jwt import decrypt_jwt, verify_jwt
from betterauth_py.crypto.secrets import SecretConfig
from betterauth_py.wire.cached_session import (
    CachedSession,
    Strategy,
    decode_compact,
    in_the_references_order,
    read_payload,
)
from betterauth_py.wire.plain_json import revive_dates

JWE_SALT: Final = "better-auth-session"


def decode_cookie_cache(strategy: Strategy, value: str, *, secrets: SecretConfig, now: int) -> CachedSession | None:
    """Return the cached session if it is authentic and well formed, else None. `now` is in milliseconds."""
    cached = _decoded(strategy, value, secrets, now)
    return None if cached is None else in_the_references_order(cached)


def _decoded(strategy: Strategy, value: str, secrets: SecretConfig, now: int) -> CachedSession | None:
    if strategy == "compact":
        return decode_compact(value, secrets.current)
    if strategy == "jwe":
        claims = decrypt_jwt(value, secrets, JWE_SALT, now // 1000)
    else:
        claims = verify_jwt(value, secrets.current, now // 1000)
    if claims is None:
        return None
    expires = claims.get("exp")
    return read_payload(revive_dates(claims), expires * 1000 if expires else now)
