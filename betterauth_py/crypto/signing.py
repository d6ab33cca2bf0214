"""HMAC-SHA256 as better-auth signs cookies and cached sessions."""

from __future__ import annotations

from base64 import b64decode, b64encode, urlsafe_b64encode
from binascii import Error as Base64Error
from hmac import compare_digest, digest


def hmac_sha256(secret: str, message: str) -> bytes:
    """Return HMAC-SHA256 of the UTF-8 `message` under the UTF-8 `secret` (RFC 2104)."""
    return digest(secret.encode(), message.encode("utf-8", "replace"), "sha256")


def sign_base64(secret: str, message: str) -> str:
    """Return the signature in standard base64 with padding: 44 characters."""
    return b64encode(hmac_sha256(secret, message)).decode()


def sign_base64url(secret: str, message: str) -> str:
    """Return the signature in base64url without padding: 43 characters."""
    return urlsafe_b64encode(hmac_sha256(secret, message)).rstrip(b"=").decode()


def verify_base64(secret: str, message: str, signature: str) -> bool:
    """Check a base64 or base64url signature in constant time.

    The decoded bytes are compared, not the texts, so the unused low bits of the last character do not matter: as
    better-auth 1.7.7 judges it.
    """
    try:
        given = b64decode(signature.translate(_TO_STANDARD) + "=" * (-len(signature) % 4), validate=True)
    except (Base64Error, ValueError):
        return False
    return compare_digest(given, hmac_sha256(secret, message))


_TO_STANDARD = str.maketrans("-_", "+/")
