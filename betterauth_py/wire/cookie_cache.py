"""The cached session: what `session_data` holds, in better-auth 1.7.7's three forms."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from betterauth_py.crypto.jwt import decrypt_jwt, encrypt_jwt, sign_jwt, verify_jwt
from betterauth_py.crypto.secrets import SecretConfig
from betterauth_py.crypto.signing import decode_base64, sign_base64url, verify_base64url
from betterauth_py.wire import json
from betterauth_py.wire.dates import to_milliseconds

Strategy = Literal["compact", "jwt", "jwe"]
Row = dict[str, Any]

JWE_SALT: Final = "better-auth-session"


@dataclass(frozen=True, slots=True)
class CachedSession:
    """A cached session that is authentic; whether it is still good is for the reader to decide."""

    session: Row
    user: Row
    version: str
    expires_at: float
    """Milliseconds since the epoch."""


def encode_cookie_cache(
    strategy: Strategy, session: Row, user: Row, *, version: str, secrets: SecretConfig, max_age: int | None, now: int
) -> str:
    """Return the cookie's value; it lives `max_age` seconds from `now` (milliseconds), or a short while if None."""
    data = {"session": session, "user": user, "updatedAt": now, "version": version}
    if strategy == "jwe":
        return encrypt_jwt(data, secrets.current, JWE_SALT, max_age or 300, now // 1000)
    if strategy == "jwt":
        return sign_jwt(data, secrets.current, max_age or 300, now // 1000)
    expires_at = now + (max_age or 60) * 1000
    signature = sign_base64url(secrets.current, json.stringify({**data, "expiresAt": expires_at}).decode())
    envelope = json.stringify({"session": data, "expiresAt": expires_at, "signature": signature})
    return urlsafe_b64encode(envelope).rstrip(b"=").decode()


def decode_cookie_cache(strategy: Strategy, value: str, *, secrets: SecretConfig, now: int) -> CachedSession | None:
    """Return the cached session if it is authentic and well formed, else None. `now` is in milliseconds."""
    if strategy == "compact":
        return _decode_compact(value, secrets)
    if strategy == "jwe":
        claims = decrypt_jwt(value, secrets, JWE_SALT, now // 1000)
    else:
        claims = verify_jwt(value, secrets.current, now // 1000)
    if claims is None:
        return None
    expires = claims.get("exp")
    return _read_payload(json.revive_dates(claims), expires * 1000 if expires else now)


def _decode_compact(value: str, secrets: SecretConfig) -> CachedSession | None:
    try:
        envelope = json.revive_dates(json.parse(decode_base64(value)))
    except ValueError:
        return None
    if not isinstance(envelope, dict):
        return None
    data, expires_at, signature = envelope.get("session"), envelope.get("expiresAt"), envelope.get("signature")
    if not isinstance(data, dict) or not isinstance(signature, str):
        return None
    if not isinstance(expires_at, int | float) or isinstance(expires_at, bool):
        return None
    signed = json.stringify({**data, "expiresAt": expires_at}).decode()
    return _read_payload(data, expires_at) if verify_base64url(secrets.current, signed, signature) else None


def _read_payload(data: Mapping[str, Any], expires_at: float) -> CachedSession | None:
    session, user, version = data.get("session"), data.get("user"), data.get("version")
    if not isinstance(session, dict) or not isinstance(user, dict) or not _is_number(data.get("updatedAt")):
        return None
    if version is not None and not isinstance(version, str):
        return None
    read_session, read_user = _read_session(session), _read_user(user)
    if read_session is None or read_user is None:
        return None
    return CachedSession(read_session, read_user, version or "1", expires_at)


def _read_session(row: Row) -> Row | None:
    """Check a cached session and put its fields in the order in which the reference answers a cached read."""
    well_formed = (
        isinstance(row.get("id"), str)
        and isinstance(row.get("token"), str)
        and isinstance(row.get("expiresAt"), datetime)
        and all(isinstance(row.get(name), datetime) for name in ("createdAt", "updatedAt"))
        and all(isinstance(row.get(name), str | None) for name in ("ipAddress", "userAgent"))
        and row.get("userId") is not None
    )
    if not well_formed:
        return None
    return _ordered(row, ("id", "createdAt", "updatedAt", "userId", "expiresAt", "token", "ipAddress", "userAgent"))


def _read_user(row: Row) -> Row | None:
    well_formed = (
        all(isinstance(row.get(name), str) for name in ("id", "email", "name"))
        and all(isinstance(row.get(name), datetime) for name in ("createdAt", "updatedAt"))
        and isinstance(row.get("emailVerified", False), bool)
        and isinstance(row.get("image"), str | None)
    )
    if not well_formed:
        return None
    user = {"emailVerified": False, **row, "email": row["email"].lower()}
    return _ordered(user, ("id", "createdAt", "updatedAt", "email", "emailVerified", "name", "image"))


def _ordered(row: Row, first: tuple[str, ...]) -> Row:
    known = {name: row[name] for name in first if name in row}
    return known | {name: value for name, value in row.items() if name not in known}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_over(moment: datetime, now: int) -> bool:
    """Tell whether `moment` is before `now` (milliseconds)."""
    return to_milliseconds(moment) < now
