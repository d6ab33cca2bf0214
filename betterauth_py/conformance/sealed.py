"""What is signed or sealed: cookies, caches (compact, JWT, JWE), tokens of the jwt plugin, private keys at rest.

Written again from the RFCs and better-auth's source, not taken from the server under test.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import struct
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

HKDF_INFO = b"BetterAuth.js Generated Encryption Key"
SESSION_SALT = b"better-auth-session"
ACCOUNT_SALT = b"better-auth-account"
PURPOSES = (
    "",
    "oauth-state-cookie",
    "oauth-link-session-token",
    "oauth-proxy-package",
    "oauth-proxy-state",
    "oauth-proxy-profile",
)
"""What a text may be encrypted for, each with a key of its own; the first is the secret itself."""


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


def open_signed_jwt(keys: Mapping[str, Mapping[str, Any]], token: str) -> tuple[str, bool]:
    """``[header,payload]`` of a token of the jwt plugin, and whether a published key has proved it.

    BrokenSealError if the key is published and the signature is not its own.
    """
    header, payload, signature = token.split(".")
    opened = f"[{from_b64url(header).decode()},{from_b64url(payload).decode()}]"
    said = json.loads(from_b64url(header))
    key = keys.get(said.get("kid", ""))
    if key is None:
        return opened, False
    importers: dict[str, Any] = {"OKP": OKPKey, "EC": ECKey, "RSA": RSAKey}
    public = importers[key["kty"]].import_key({name: key[name] for name in key if name not in ("kid", "alg")})
    algorithm = JWSRegistry.algorithms[said["alg"]]
    if said["alg"] != key["alg"] or not algorithm.verify(
        f"{header}.{payload}".encode(), from_b64url(signature), public
    ):
        raise BrokenSealError("token has a wrong signature")
    return opened, True


def seal_jwt(secret: str, header: dict[str, Any], payload: dict[str, Any]) -> str:
    """An HS256 token."""
    signed = f"{b64url(compact_json(header).encode())}.{b64url(compact_json(payload).encode())}"
    return f"{signed}.{b64url(mac(secret, signed))}"


def open_jwe(secret: str, token: str, salt: bytes = SESSION_SALT) -> str:
    """``header payload`` of an encrypted cache, once its tag is proved."""
    head, wrapped_key, vector, ciphertext, tag = token.split(".")
    key = _encryption_key(secret, salt)
    iv, sealed = from_b64url(vector), from_b64url(ciphertext)
    if wrapped_key or from_b64url(tag) != _tag(key, head, iv, sealed):
        raise BrokenSealError("encrypted cache has a wrong tag")
    decryptor = Cipher(algorithms.AES(key[32:]), modes.CBC(iv)).decryptor()
    unpadder = padding.PKCS7(128).unpadder()
    plain = unpadder.update(decryptor.update(sealed) + decryptor.finalize()) + unpadder.finalize()
    return f"[{from_b64url(head).decode()},{plain.decode()}]"


def open_account(secret: str, token: str) -> str:
    """``header payload`` of the cookie that keeps an account's tokens."""
    return open_jwe(secret, token, ACCOUNT_SALT)


def seal_jwe(secret: str, header: dict[str, Any], payload: dict[str, Any], salt: bytes = SESSION_SALT) -> str:
    """An encrypted cache."""
    head, key, iv = b64url(compact_json(header).encode()), _encryption_key(secret, salt), os.urandom(16)
    padder = padding.PKCS7(128).padder()
    plain = padder.update(compact_json(payload).encode()) + padder.finalize()
    encryptor = Cipher(algorithms.AES(key[32:]), modes.CBC(iv)).encryptor()
    sealed = encryptor.update(plain) + encryptor.finalize()
    return f"{head}..{b64url(iv)}.{b64url(sealed)}.{b64url(_tag(key, head, iv, sealed))}"


def _encryption_key(secret: str, salt: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 64, salt, HKDF_INFO).derive(secret.encode())


def _tag(key: bytes, head: str, iv: bytes, sealed: bytes) -> bytes:
    """RFC 7518 5.2.2.1 with SHA-512: the header is the associated data."""
    associated = head.encode()
    covered = associated + iv + sealed + (len(associated) * 8).to_bytes(8, "big")
    return hmac.new(key[:32], covered, hashlib.sha512).digest()[:32]


def open_stored(secret: str, text: str) -> str:
    """What a column keeps encrypted: hexadecimal, with versions of the secret behind ``$ba$<version>$``."""
    sealed = bytes.fromhex(text.rpartition("$")[2])
    nonce, key = sealed[:24], hashlib.sha256(secret.encode()).digest()
    try:
        opened = ChaCha20Poly1305(_hchacha20(key, nonce[:16])).decrypt(bytes(4) + nonce[16:], sealed[24:], None)
    except InvalidTag:
        raise BrokenSealError("what is stored has a wrong tag") from None
    return opened.decode()


def open_for_any_purpose(secret: str, text: str) -> tuple[str, str]:
    """The purpose that something is encrypted for, and what it says. BrokenSealError if it is for none."""
    for purpose in PURPOSES:
        with suppress(BrokenSealError, ValueError):
            return purpose, open_stored(_key_for(secret, purpose), text)
    raise BrokenSealError("not encrypted for any known purpose")


def seal_for(secret: str, purpose: str, text: str) -> str:
    """A text encrypted for a purpose, as a cookie or column keeps it."""
    nonce, key = os.urandom(24), hashlib.sha256(_key_for(secret, purpose).encode()).digest()
    sealed = ChaCha20Poly1305(_hchacha20(key, nonce[:16])).encrypt(bytes(4) + nonce[16:], text.encode(), None)
    return (nonce + sealed).hex()


def _key_for(secret: str, purpose: str) -> str:
    if not purpose:
        return secret
    salt, info = b"better-auth:oauth-encryption:v1", f"better-auth:{purpose}:v1"
    return HKDF(hashes.SHA256(), 32, salt, info.encode()).derive(secret.encode()).hex()


def _hchacha20(key: bytes, nonce: bytes) -> bytes:
    """draft-irtf-cfrg-xchacha-03 2.2, step by step."""
    state = list(struct.unpack("<16I", b"expand 32-byte k" + key + nonce))
    columns = [(0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)]
    diagonals = [(0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)]
    for a, b, c, d in (columns + diagonals) * 10:
        for into, of, turned, by in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            state[into] = (state[into] + state[of]) & 0xFFFFFFFF
            mixed = state[turned] ^ state[into]
            state[turned] = (mixed << by | mixed >> (32 - by)) & 0xFFFFFFFF
    return struct.pack("<8I", *state[:4], *state[12:])
