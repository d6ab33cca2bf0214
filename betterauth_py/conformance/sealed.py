"""Signatures and sealed cookies: HMAC-signed values, compact caches, JWT (HS256) and JWE (dir, A256CBC-HS512).

Written again from the RFCs and better-auth's source, not taken from the server under test.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from typing import Any

from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

HKDF_INFO = b"BetterAuth.js Generated Encryption Key"
SESSION_SALT = b"better-auth-session"


class BrokenSealError(Exception):
    """The value is not what a server holding the secret would have made."""


def b64url(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_b64url(text: str) -> bytes:
    """base64url, padding optional."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def compact_json(value: Any) -> str:
    """JSON exactly as ``JSON.stringify`` writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def mac(secret: str, text: str) -> bytes:
    """HMAC-SHA256 of a text."""
    return hmac.new(secret.encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()


def cookie_signature(secret: str, value: str) -> str:
    """The signature better-call appends to a signed cookie."""
    return base64.b64encode(mac(secret, value)).decode()


def open_compact(secret: str, text: str) -> str:
    """The JSON of a compact cache, once its HMAC and its formatting are proved."""
    raw = from_b64url(text).decode()
    data = json.loads(raw)
    if compact_json(data) != raw or b64url(raw.encode()) != text or list(data) != ["session", "expiresAt", "signature"]:
        raise BrokenSealError("compact cache is not formatted as JSON.stringify would")
    signature = data.pop("signature")
    if signature != _compact_signature(secret, data):
        raise BrokenSealError("compact cache has a wrong signature")
    return compact_json(data)


def seal_compact(secret: str, data: dict[str, Any]) -> str:
    """A compact cache from ``{"session": ..., "expiresAt": ...}``."""
    return b64url(compact_json({**data, "signature": _compact_signature(secret, data)}).encode())


def _compact_signature(secret: str, data: dict[str, Any]) -> str:
    return b64url(mac(secret, compact_json({**data["session"], "expiresAt": data["expiresAt"]})))


def open_jwt(secret: str, token: str) -> str:
    """``header payload`` of an HS256 token, once the signature is proved."""
    header, payload, signature = token.split(".")
    if b64url(mac(secret, f"{header}.{payload}")) != signature:
        raise BrokenSealError("token has a wrong signature")
    return f"[{from_b64url(header).decode()},{from_b64url(payload).decode()}]"


def seal_jwt(secret: str, header: dict[str, Any], payload: dict[str, Any]) -> str:
    """An HS256 token."""
    signed = f"{b64url(compact_json(header).encode())}.{b64url(compact_json(payload).encode())}"
    return f"{signed}.{b64url(mac(secret, signed))}"


def open_jwe(secret: str, token: str) -> str:
    """``header payload`` of an encrypted cache, once its tag is proved."""
    head, wrapped_key, vector, ciphertext, tag = token.split(".")
    key = _encryption_key(secret)
    iv, sealed = from_b64url(vector), from_b64url(ciphertext)
    if wrapped_key or from_b64url(tag) != _tag(key, head, iv, sealed):
        raise BrokenSealError("encrypted cache has a wrong tag")
    decryptor = Cipher(algorithms.AES(key[32:]), modes.CBC(iv)).decryptor()
    unpadder = padding.PKCS7(128).unpadder()
    plain = unpadder.update(decryptor.update(sealed) + decryptor.finalize()) + unpadder.finalize()
    return f"[{from_b64url(head).decode()},{plain.decode()}]"


def seal_jwe(secret: str, header: dict[str, Any], payload: dict[str, Any]) -> str:
    """An encrypted cache."""
    head, key, iv = b64url(compact_json(header).encode()), _encryption_key(secret), os.urandom(16)
    padder = padding.PKCS7(128).padder()
    plain = padder.update(compact_json(payload).encode()) + padder.finalize()
    encryptor = Cipher(algorithms.AES(key[32:]), modes.CBC(iv)).encryptor()
    sealed = encryptor.update(plain) + encryptor.finalize()
    return f"{head}..{b64url(iv)}.{b64url(sealed)}.{b64url(_tag(key, head, iv, sealed))}"


def _encryption_key(secret: str) -> bytes:
    return HKDF(hashes.SHA256(), 64, SESSION_SALT, HKDF_INFO).derive(secret.encode())


def _tag(key: bytes, head: str, iv: bytes, sealed: bytes) -> bytes:
    """RFC 7518 5.2.2.1 with SHA-512: the header is the associated data."""
    associated = head.encode()
    covered = associated + iv + sealed + (len(associated) * 8).to_bytes(8, "big")
    return hmac.new(key[:32], covered, hashlib.sha512).digest()[:32]
