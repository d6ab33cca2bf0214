"""JWT and JWE as better-auth 1.7.25 makes them for cached sessions and mailed links.

Signed tokens are HS256 under the current secret. Encrypted ones are `dir` with A256CBC-HS512 under a key derived from
the secret by HKDF (RFC 5869), whose thumbprint (RFC 7638) is the `kid`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeGuard
from uuid import uuid4

from betterauth_py.crypto.compact import read_object, sign, signed_payload, take_apart_encrypted
from betterauth_py.crypto.secrets import SecretConfig
from betterauth_py.javascript.plain_json import stringify_plainly

Claims = dict[str, Any]

_HMAC_ALGORITHMS: Final = ("HS256", "HS384", "HS512")
_CLOCK_TOLERANCE_SECONDS: Final = 15


def sign_jwt(claims: Claims, secret: str, expires_in: int, now: int) -> str:
    """Return `claims` as a signed token that lives `expires_in` seconds from `now` (seconds since the epoch)."""
    return sign(stringify_plainly({**claims, "iat": now, "exp": now + expires_in}), secret)


def verify_jwt(token: str, secret: str, now: int) -> Claims | None:
    """Return the claims of a token signed with `secret` and valid at `now`, or None."""
    payload = signed_payload(token, secret, _HMAC_ALGORITHMS)
    return None if payload is None else _valid_claims(payload, now, tolerance=0)


def read_mailed_jwt(token: str, secret: str, now: int) -> Claims:
    """Return the claims of a token that was mailed.

    Raises:
        ExpiredTokenError: if it was good once.
        ValueError: if it never was.
    """
    payload = signed_payload(token, secret, ("HS256",))
    if payload is None:
        raise ValueError(token)
    claims = _valid_claims(payload, now, tolerance=0)
    if claims is None:
        expires = _claims(payload).get("exp")
        if is_time(expires) and expires <= now:
            raise ExpiredTokenError
        raise ValueError(token)
    return claims


class ExpiredTokenError(Exception):
    """The token is authentic but expired."""


def encrypt_jwt(claims: Claims, secret: str, salt: str, expires_in: int, now: int) -> str:
    """Return `claims` as an encrypted token that lives `expires_in` seconds from `now`."""
    from betterauth_py.crypto import jose  # noqa: PLC0415 - see there

    payload = stringify_plainly({**claims, "iat": now, "exp": now + expires_in, "jti": str(uuid4())})
    return jose.encrypt(payload, secret, salt)


def decrypt_jwt(token: str, secrets: SecretConfig, salt: str, now: int) -> Claims | None:
    """Return the claims of a token encrypted with any of the secrets and valid at `now`, or None."""
    claims = decrypt_claims(token, secrets.all, salt)
    return claims if claims is not None and is_current_encrypted(claims, now) else None


def is_current_encrypted(claims: Claims, now: int) -> bool:
    """Return whether the times of an encrypted token's claims allow `now`, give or take what better-auth allows."""
    return are_current(claims, now, tolerance=_CLOCK_TOLERANCE_SECONDS)


def decrypt_claims(token: str, secrets: Sequence[str], salt: str) -> Claims | None:
    """Return the claims of a token encrypted with any of the secrets, valid or not, or None if there are none."""
    from betterauth_py.crypto import jose  # noqa: PLC0415 - see there

    try:
        encrypted = take_apart_encrypted(token)
    except ValueError:
        return None
    header = encrypted.header
    for secret in secrets:
        if "kid" in header and header["kid"] != jose.thumbprint(secret, salt):
            continue
        decrypted = jose.decrypt(encrypted, secret, salt)
        if decrypted is not None:
            claims = _claims(decrypted)
            return claims if claims and _are_repeated(header, claims) else None
    return None


def _are_repeated(header: dict[str, Any], claims: Claims) -> bool:
    """Return whether the claims repeated in an encrypted token's header (RFC 7519, 5.3) have the same values."""
    return all(name not in header or header[name] == claims.get(name) for name in ("iss", "sub", "aud"))


def _valid_claims(payload: bytes, now: int, *, tolerance: int) -> Claims | None:
    """Return the claims if they are an object whose times (RFC 7519, 4.1.4 and 4.1.5) allow `now`."""
    claims = _claims(payload)
    return claims if claims and are_current(claims, now, tolerance=tolerance) else None


def are_current(claims: Claims, now: int, *, tolerance: int = 0) -> bool:
    """Return whether the claims' times (RFC 7519, 4.1.4 to 4.1.6) allow `now`, give or take `tolerance` seconds."""
    if not have_times(claims):
        return False
    return ("exp" not in claims or claims["exp"] > now - tolerance) and (
        "nbf" not in claims or claims["nbf"] <= now + tolerance
    )


def have_times(claims: Claims) -> bool:
    """Return whether the claims that are times, as far as they are there, are numbers."""
    return all(is_time(claims[name]) for name in ("exp", "nbf", "iat") if name in claims)


def is_time(value: Any) -> TypeGuard[float]:
    """Return whether `value` is a number, as which a JWT gives times."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _claims(payload: bytes) -> Claims:
    try:
        return read_object(payload)
    except ValueError:
        return {}
