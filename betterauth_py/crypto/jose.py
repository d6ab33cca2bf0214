"""The parts of JWT that joserfc and cryptography do: encryption (JWE) and derived keys (HKDF).

Apart from `crypto.jwt`, which loads it when it is first needed: most servers have no use for it, and it takes 9 MiB.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from typing import Final
from zlib import error as DeflateError  # noqa: N812 - an exception

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from betterauth_py.crypto.compact import Encrypted
from betterauth_py.crypto.signing import encode_base64url

_HKDF_INFO: Final = b"BetterAuth.js Generated Encryption Key"
_ENCRYPTION: Final = ["dir", "A256CBC-HS512"]
_CIPHER: Final = jwe.JWERegistry.algorithms["enc"]["A256CBC-HS512"]
_DEFLATE: Final = jwe.JWERegistry.algorithms["zip"]["DEF"]


def encrypt(payload: bytes, secret: str, salt: str) -> str:
    """Return `payload` encrypted under a key derived from `secret` and `salt`."""
    header = {"alg": "dir", "enc": "A256CBC-HS512", "kid": thumbprint(secret, salt)}
    return jwe.encrypt_compact(header, payload, _derived_key(secret, salt)[0], algorithms=_ENCRYPTION)


def decrypt(encrypted: Encrypted, secret: str, salt: str) -> bytes | None:
    """Return what a token holds that was encrypted under a key derived from `secret` and `salt`, or None."""
    key = _derived_key(secret, salt)[0].raw_value
    try:
        plain = _CIPHER.decrypt(encrypted.ciphertext, encrypted.tag, key, encrypted.vector, encrypted.head)
        return _DEFLATE.decompress(plain) if "zip" in encrypted.header else plain
    except (JoseError, ValueError, DeflateError):
        return None


def thumbprint(secret: str, salt: str) -> str:
    """Return the `kid` of the key derived from `secret` and `salt` (RFC 7638)."""
    return _derived_key(secret, salt)[1]


@lru_cache(maxsize=64)
def _derived_key(secret: str, salt: str) -> tuple[OctKey, str]:
    raw = HKDF(SHA256(), 64, salt.encode(), _HKDF_INFO).derive(secret.encode())
    encoded = encode_base64url(raw)
    digest = sha256(f'{{"k":"{encoded}","kty":"oct"}}'.encode()).digest()
    return OctKey.import_key(raw), encode_base64url(digest)
