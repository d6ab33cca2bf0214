"""JWT and JWE as better-auth 1.7.7 makes them for cached sessions and mailed links.

Signed tokens are HS256 under the current secret. Encrypted ones are `dir` with A256CBC-HS512 under a key derived from
the secret by HKDF (RFC 5869), whose thumbprint (RFC 7638) is the `kid`.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

from betterauth_py.crypto.secrets import SecretConfig
from betterauth_py.crypto.signing import decode_base64
from betterauth_py.wire.plain_json import InvalidJSONError, parse, stringify_plainly

Claims = dict[str, Any]

_HMAC_ALGORITHMS: Final = ["HS256", "HS384", "HS512"]
_CLOCK_TOLERANCE_SECONDS: Final = 15


def sign_jwt(claims: Claims, secret: str, expires_in: int, now: int) -> str:
    """Return `claims` as a signed token that lives `expires_in` seconds from `now` (seconds since the epoch)."""
    from betterauth_py.crypto import jose  # noqa: PLC0415 - see there

    payload = stringify_plainly({**claims, "iat": now, "exp": now + expires_in})
    return jose.sign(payload, secret)


def verify_jwt(token: str, secret: str, now: int) -> Claims | None:
    """Return the claims of a token signed with `secret` and valid at `now`, or None."""
    from betterauth_py.crypto import jose  # noqa: PLC0415 - see there

    payload = jose.signed_payload(token, secret, _HMAC_ALGORITHMS)
    return None if payload is None else _valid_claims(payload, now, tolerance=0)


def read_mailed_jwt(token: str, secret: str, now: int) -> Claims:
    """Return the claims of a token that was mailed.

    Raises:
        ExpiredTokenError: if it was good once.
        ValueError: if it never was.
    """
    from betterauth_py.crypto import jose  # noqa: PLC0415 - see there

    payload = jose.signed_payload(token, secret, ["HS256"])
    if payload is None:
        raise ValueError(token)
    claims = _valid_claims(payload, now, tolerance=0)
    if claims is None:
        expires = _claims(payload).get("exp")
        if isinstance(expires, int | float) and not isinstance(expires, bool) and expires <= now:
            raise ExpiredTokenError
        raise ValueError(token)
    return claims


class ExpiredTokenError(Exception):
    """The token is authentic, but its time is over."""


def encrypt_jwt(claims: Claims, secret: str, salt: str, expires_in: int, now: int) -> str:
    """Return `claims` as an encrypted token that lives `expires_in` seconds from `now`."""
    from betterauth_py.crypto import jose  # noqa: PLC0415 - see there

    payload = stringify_plainly({**claims, "iat": now, "exp": now + expires_in, "jti": str(uuid4())})
    return jose.encrypt(payload, secret, salt)


def decrypt_jwt(token: str, secrets: SecretConfig, salt: str, now: int) -> Claims | None:
    """Return the claims of a token encrypted with any of the secrets and valid at `now`, or None."""
    from betterauth_py.crypto import jose  # noqa: PLC0415 - see there

    try:
        header = parse(decode_base64(token.split(".", 1)[0]))
        kid = header.get("kid")
    except (InvalidJSONError, ValueError, AttributeError):
        return None
    for secret in secrets.all:
        if kid is not None and kid != jose.thumbprint(secret, salt):
            continue
        decrypted = jose.decrypt(token, secret, salt)
        if decrypted is not None:
            return _valid_claims(decrypted, now, tolerance=_CLOCK_TOLERANCE_SECONDS)
    return None


def _valid_claims(payload: bytes, now: int, *, tolerance: int) -> Claims | None:
    """Return the claims if they are an object whose times (RFC 7519, 4.1.4 and 4.1.5) allow `now`."""
    claims = _claims(payload)
    if not claims:
        return None
    expires, not_before = claims.get("exp"), claims.get("nbf")
    for time in (expires, not_before, claims.get("iat")):
        if time is not None and (isinstance(time, bool) or not isinstance(time, int | float)):
            return None
    if expires is not None and expires <= now - tolerance:
        return None
    if not_before is not None and not_before > now + tolerance:
        return None
    return claims


def _claims(payload: bytes) -> Claims:
    try:
        claims = parse(payload)
    except InvalidJSONError:
        return {}
    return claims if isinstance(claims, dict) else {}
