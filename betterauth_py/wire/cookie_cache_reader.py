"""Reads a cached session in any of better-auth 1.7.25's three forms."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from betterauth_py.crypto.jwt import decrypt_claims, is_current_encrypted, verify_jwt
from betterauth_py.crypto.secrets import SecretConfig
from betterauth_py.javascript.plain_json import revive_dates
from betterauth_py.javascript.values import CONTAINERS, own_copy
from betterauth_py.wire.cached_session import (
    CachedSession,
    Strategy,
    decode_compact,
    read_payload,
)

_TIMES: Final = ("exp", "nbf", "iat")
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
        return _decode_encrypted(value, secrets.all, now)
    claims = verify_jwt(value, secrets.current, now // 1000)
    return None if claims is None else read_claims(claims, now)


def _decode_encrypted(value: str, secrets: tuple[str, ...], now: int) -> CachedSession | None:
    is_short = len(value) <= _LONGEST_REMEMBERED
    opened = _open_encrypted_once(value, secrets) if is_short else _open_encrypted(value, secrets)
    if opened is None or not is_current_encrypted(opened[0], now // 1000):
        return None
    times, (session, user, version, _, is_flat) = opened
    copied = dict if is_flat else own_copy
    expires = times.get("exp")
    return CachedSession(copied(session), copied(user), version, expires * 1000 if expires else now, is_flat)


def _open_encrypted(value: str, secrets: tuple[str, ...]) -> tuple[dict[str, Any], CachedSession] | None:
    """Return the times that the claims name, and the cached session, whose expiry is left open."""
    claims = decrypt_claims(value, secrets, JWE_SALT)
    if claims is None or (cached := read_payload(revive_dates(claims), 0)) is None:
        return None
    is_flat = not any(type(one) in CONTAINERS for row in (cached.session, cached.user) for one in row.values())
    return {name: claims[name] for name in _TIMES if name in claims}, cached._replace(is_flat=is_flat)


_open_encrypted_once: Final = lru_cache(_MOST_REMEMBERED)(_open_encrypted)


def read_claims(claims: Mapping[str, Any], now: int) -> CachedSession | None:
    """Return the cached session that the claims of an authentic token hold, if it is well formed."""
    expires = claims.get("exp")
    return read_payload(revive_dates(claims), expires * 1000 if expires else now)
