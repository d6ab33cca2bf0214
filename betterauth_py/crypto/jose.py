"""The parts of JWT that joserfc and cryptography do: signatures (JWS), encryption (JWE) and derived keys (HKDF).

Apart from `crypto.jwt`, which loads it when it is first needed: most servers have no use for it, and it takes 9 MiB.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwe, jws
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from betterauth_py.crypto.signing import encode_base64url, recoded

_HKDF_INFO: Final = b"BetterAuth.js Generated Encryption Key"
_ENCRYPTION: Final = ["dir", "A256CBC-HS512", "A256GCM"]


def sign(payload: bytes, secret: str) -> str:
    """Return `payload` signed with HS256 under `secret`."""
    return jws.serialize_compact({"alg": "HS256"}, payload, _hmac_key(secret))


def signed_payload(token: str, secret: str, algorithms: list[str]) -> bytes | None:
    """Return what a token holds that was signed under `secret` with one of `algorithms`, or None."""
    try:
        return jws.deserialize_compact(recoded(token, 2).encode(), _hmac_key(secret), algorithms=algorithms).payload
    except (JoseError, ValueError, TypeError, KeyError):
        return None


def encrypt(payload: bytes, secret: str, salt: str) -> str:
    """Return `payload` encrypted under a key derived from `secret` and `salt`."""
    header = {"alg": "dir", "enc": "A256CBC-HS512", "kid": thumbprint(secret, salt)}
    return jwe.encrypt_compact(header, payload, _derived_key(secret, salt)[0], algorithms=_ENCRYPTION)


def decrypt(token: str, secret: str, salt: str) -> bytes | None:
    """Return what a token holds that was encrypted under a key derived from `secret` and `salt`, or None."""
    key = _derived_key(secret, salt)[0]
    try:
        return jwe.decrypt_compact(recoded(token, 1).encode(), key, algorithms=_ENCRYPTION).plaintext or b""
    except (JoseError, ValueError, TypeError, KeyError):
        return None


def thumbprint(secret: str, salt: str) -> str:
    """Return the `kid` of the key derived from `secret` and `salt` (RFC 7638)."""
    return _derived_key(secret, salt)[1]


@lru_cache(maxsize=64)
def _hmac_key(secret: str) -> OctKey:
    return OctKey.import_key(secret)


@lru_cache(maxsize=64)
def _derived_key(secret: str, salt: str) -> tuple[OctKey, str]:
    raw = HKDF(SHA256(), 64, salt.encode(), _HKDF_INFO).derive(secret.encode())
    encoded = encode_base64url(raw)
    digest = sha256(f'{{"k":"{encoded}","kty":"oct"}}'.encode()).digest()
    return OctKey.import_key(raw), encode_base64url(digest)
