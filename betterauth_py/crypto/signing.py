"""HMAC-SHA256 as better-auth signs cookies and cached sessions."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from binascii import a2b_base64
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

from itsdangerous.signer import HMACAlgorithm

# After that many digits of four: one alone makes no byte.
_PADDING: Final = ("", "", "==", "=")
# Of SHA-256, in bytes.
_BLOCK: Final = 64


class _HMACSHA256(HMACAlgorithm):
    """better-auth's choice for every signature (RFC 2104 with SHA-256); itsdangerous compares in constant time."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        """Return the signature."""
        inner, outer = _started(key)
        of_value = inner.copy()
        of_value.update(value)
        mac = outer.copy()
        mac.update(of_value.digest())
        digest: bytes = mac.digest()
        return digest


@lru_cache(maxsize=16)
def _started(key: bytes) -> tuple[Any, Any]:
    """Return both hashes of an HMAC after the key, before any text (RFC 2104, 4).

    A copy of them takes less than half the time of `hmac.digest`, and every request has a signature to check.
    """
    block = (sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    return sha256(bytes(byte ^ 0x36 for byte in block)), sha256(bytes(byte ^ 0x5C for byte in block))


_ALGORITHM: Final = _HMACSHA256()


def hmac_sha256(secret: str, message: str) -> bytes:
    """Return HMAC-SHA256 of the UTF-8 `message` under the UTF-8 `secret`."""
    return _ALGORITHM.get_signature(secret.encode(), _encoded(message))


def sign_base64(secret: str, message: str) -> str:
    """Return the signature in standard base64 with padding: 44 characters."""
    return b64encode(hmac_sha256(secret, message)).decode()


def sign_base64url(secret: str, message: str) -> str:
    """Return the signature in base64url without padding: 43 characters."""
    return encode_base64url(hmac_sha256(secret, message))


def hash_base64url(text: str) -> str:
    """Return SHA-256 of the UTF-8 `text` in base64url without padding: better-auth's way to store a token hashed."""
    return encode_base64url(sha256(text.encode("utf-8", "replace")).digest())


def verify_base64(secret: str, message: str, signature: str) -> bool:
    """Check a padded base64 signature in constant time.

    The decoded bytes are compared, not the texts, so the unused low bits of the last character do not matter: as
    `atob` and better-auth 1.7.25 judge it.
    """
    try:
        given = a2b_base64(signature, strict_mode=True)
    except ValueError:
        return False
    return _ALGORITHM.verify_signature(secret.encode(), _encoded(message), given)


def verify_base64url(secret: str, message: str | bytes, signature: str) -> bool:
    """Check a base64url signature in constant time, decoding it as `decode_base64` does."""
    try:
        given = decode_base64(signature)
    except ValueError:
        return False
    signed = message if isinstance(message, bytes) else _encoded(message)
    return _ALGORITHM.verify_signature(secret.encode(), signed, given)


def encode_base64url(data: bytes) -> str:
    """Return base64url without padding (RFC 7515, appendix C)."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decode_base64(text: str) -> bytes:
    """Decode base64 or base64url as leniently as better-auth 1.7.25: padding ends it, bits that fill no byte are shed.

    Raises:
        ValueError: for a character of neither alphabet, or of both.
    """
    digits = text.partition("=")[0]
    # One character of base64url, though it be behind the end, is enough for the reference to take it for that.
    if "-" in text or "_" in text:
        if "+" in digits or "/" in digits:
            raise ValueError("base64 and base64url in one text")
        digits = digits.replace("-", "+").replace("_", "/")
    if len(digits) % 4 == 1:
        # The character that is shed has to be one of the alphabet all the same.
        return decode_digits(f"{digits}A")[:-1]
    return decode_digits(digits)


def decode_digits(digits: str) -> bytes:
    """Decode standard base64 without its padding.

    Raises:
        ValueError: for a character that is no digit, or one digit alone at the end.
    """
    return a2b_base64(digits + _PADDING[len(digits) % 4], strict_mode=True)


def _encoded(message: str) -> bytes:
    # A lone surrogate, which only a tampered message has, becomes something else: the signature does not match.
    return message.encode("utf-8", "replace")
