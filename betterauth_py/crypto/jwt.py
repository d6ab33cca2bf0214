"""JWT and JWE as better-auth 1.7.7 makes them for cached sessions and mailed links.

Signed tokens are HS256 under the current secret. Encrypted ones are `dir` with A256CBC-HS512 under a key derived from
the secret by HKDF (RFC 5869), whose thumbprint (RFC 7638) is the `kid`.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from typing import Any, Final
from uuid import uuid4

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwe, jws
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from betterauth_py.crypto.secrets import SecretConfig
from betterauth_py.crypto.signing import decode_base64, encode_base64url, recoded
from betterauth_py.wire.plain_json import InvalidJSONError, parse, stringify_plainly

Claims = dict[str, Any]

_HKDF_INFO: Final = b"BetterAuth.js Generated Encryption Key"
_HMAC_ALGORITHMS: Final = ["HS256", "HS384", "HS512"]
_ENCRYPTION: Final = ["dir", "A256CBC-HS512", "A256GCM"]
_CLOCK_TOLERANCE_SECONDS: Final = 15


def sign_jwt(claims: Claims, secret: str, expires_in: int, now: int) -> str:
    """Return `claims` as a signed token that lives `expires_in` seconds from `now` (seconds since the epoch)."""
    payload = stringify_plainly({**claims, "iat": now, "exp": now + expires_in})
    return jws.serialize_compact({"alg": "HS256"}, payload, _hmac_key(secret))


def verify_jwt(token: str, secret: str, now: int) -> Claims | None:
    """Return the claims of a token signed with `secret` and valid at `now`, or None."""
    payload = _signed_payload(token, secret, _HMAC_ALGORITHMS)
    return None if payload is None else _valid_claims(payload, now, tolerance=0)


def read_mailed_jwt(token: str, secret: str, now: int) -> Claims:
    """Return the claims of a token that was mailed.

    Raises:
        ExpiredTokenError: if it was good once.
        ValueError: if it never was.
    """
    payload = _signed_payload(token, secret, ["HS256"])
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


def _signed_payload(token: str, secret: str, algorithms: list[str]) -> bytes | None:
    try:
        return jws.deserialize_compact(recoded(token, 2).encode(), _hmac_key(secret), algorithms=algorithms).payload
    except (JoseError, ValueError, TypeError, KeyError):
        return None


def encrypt_jwt(claims: Claims, secret: str, salt: str, expires_in: int, now: int) -> str:
    """Return `claims` as an encrypted token that lives `expires_in` seconds from `now`."""
    key, kid = _derived_key(secret, salt)
    payload = stringify_plainly({**claims, "iat": now, "exp": now + expires_in, "jti": str(uuid4())})
    header = {"alg": "dir", "enc": "A256CBC-HS512", "kid": kid}
    return jwe.encrypt_compact(header, payload, key, algorithms=_ENCRYPTION)


def decrypt_jwt(token: str, secrets: SecretConfig, salt: str, now: int) -> Claims | None:
    """Return the claims of a token encrypted with any of the secrets and valid at `now`, or None."""
    try:
        header = parse(decode_base64(token.split(".", 1)[0]))
        kid = header.get("kid")
    except (InvalidJSONError, ValueError, AttributeError):
        return None
    for secret in secrets.all:
        key, own_kid = _derived_key(secret, salt)
        if kid is not None and kid != own_kid:
            continue
        try:
            decrypted = jwe.decrypt_compact(recoded(token, 1).encode(), key, algorithms=_ENCRYPTION)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        return _valid_claims(decrypted.plaintext or b"", now, tolerance=_CLOCK_TOLERANCE_SECONDS)
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


@lru_cache(maxsize=64)
def _hmac_key(secret: str) -> OctKey:
    return OctKey.import_key(secret)


@lru_cache(maxsize=64)
def _derived_key(secret: str, salt: str) -> tuple[OctKey, str]:
    raw = HKDF(SHA256(), 64, salt.encode(), _HKDF_INFO).derive(secret.encode())
    encoded = encode_base64url(raw)
    thumbprint = sha256(f'{{"k":"{encoded}","kty":"oct"}}'.encode()).digest()
    return OctKey.import_key(raw), encode_base64url(thumbprint)
