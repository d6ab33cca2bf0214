"""Reads a cached session in any of better-auth 1.7.25's three forms."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from betterauth_py.crypto.jwt import decrypt_jwt, verify_jwt
from betterauth_py.crypto.secrets import SecretConfig
from betterauth_py.javascript.plain_json import revive_dates
from betterauth_py.javascript.values import own_copy
from betterauth_py.wire.cached_session import (
    CachedSession,
    Strategy,
    decode_compact,
    read_payload,
)

JWE_SALT: Final = "better-auth-session"
# A few megabytes at most.
_MOST_REMEMBERED: Final = 1_000
_LONGEST_REMEMBERED: Final = 4_096

# A page sends several requests with one cookie. Its content and authenticity never change, and nothing remembered here
# depends on the time: whether it is still valid is checked each time.
_decode_compact_once: Final = lru_cache(_MOST_REMEMBERED)(decode_compact)


def decode_cookie_cache(strategy: Strategy, value: str, *, secrets: SecretConfig, now: int) -> CachedSession | None:
    """Return the cached session if it is authentic and well formed, else None. `now` is in milliseconds."""
    try:
        return _decode_compact(value, secrets) if strategy == "compact" else _decode_jwt(strategy, value, secrets, now)
    except RecursionError:
        # Nested deeper than this process can parse.
        return None


def _decode_compact(value: str, secrets: SecretConfig) -> CachedSession | None:
    if len(value) > _LONGEST_REMEMBERED:
        return decode_compact(value, secrets.current)
    cached = _decode_compact_once(value, secrets.current)
    if cached is None:
        return None
    session, user, version, expires_at, is_flat = cached
    copied = dict if is_flat else own_copy
    return CachedSession(copied(session), copied(user), version, expires_at, is_flat)


def _decode_jwt(strategy: Strategy, value: str, secrets: SecretConfig, now: int) -> CachedSession | None:
    if strategy == "jwe":
        claims = decrypt_jwt(value, secrets, JWE_SALT, now // 1000)
    else:
        claims = verify_jwt(value, secrets.current, now // 1000)
    return None if claims is None else read_claims(claims, now)


def read_claims(claims: Mapping[str, Any], now: int) -> CachedSession | None:
    """Return the cached session that the claims of an authentic token hold, if it is well formed."""
    expires = claims.get("exp")
    return read_payload(revive_dates(claims), expires * 1000 if expires else now)
