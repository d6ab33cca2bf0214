"""Texts encrypted under the secret, as better-auth 1.7.7's `symmetricEncrypt` keeps them in the database.

XChaCha20-Poly1305 under SHA-256 of the secret, in hexadecimal, the nonce first. With versions of the secret, the text
says which one it is under: `$ba$2$<hexadecimal>`.
"""

from __future__ import annotations

from hashlib import sha256
from os import urandom
from struct import Struct
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.ciphers.algorithms import ChaCha20

from betterauth_py.crypto.secrets import SecretConfig

_ENVELOPE: Final = "$ba$"
_NONCE_BYTES: Final = 24
_WORDS: Final = Struct("<16I")
_EIGHT_WORDS: Final = Struct("<8I")
_FOUR_WORDS: Final = Struct("<4I")
_CONSTANTS: Final = _FOUR_WORDS.unpack(b"expand 32-byte k")


class UndecryptableError(Exception):
    """The text is not encrypted under any secret there is, or is no such text."""


def encrypt(text: str, secrets: SecretConfig) -> str:
    """Return `text` encrypted under the current secret."""
    nonce = urandom(_NONCE_BYTES)
    sealed = (nonce + _cipher(secrets.current, nonce).encrypt(_inner_nonce(nonce), text.encode(), None)).hex()
    return sealed if secrets.current_version is None else f"{_ENVELOPE}{secrets.current_version}${sealed}"


def decrypt(sealed: str, secrets: SecretConfig) -> str:
    """Return what `encrypt`, or better-auth with the same secrets, has encrypted.

    Raises:
        UndecryptableError: if it was encrypted under another secret, or by something else.
    """
    secret, hexadecimal = _secret_of(sealed, secrets)
    if secret is None:
        raise UndecryptableError
    try:
        data = bytes.fromhex(hexadecimal)
        nonce = data[:_NONCE_BYTES]
        return _cipher(secret, nonce).decrypt(_inner_nonce(nonce), data[_NONCE_BYTES:], None).decode()
    except (ValueError, InvalidTag):
        raise UndecryptableError from None


def _secret_of(sealed: str, secrets: SecretConfig) -> tuple[str | None, str]:
    if secrets.current_version is None:
        return secrets.current, sealed
    version, dollar, hexadecimal = sealed.removeprefix(_ENVELOPE).partition("$")
    if not sealed.startswith(_ENVELOPE) or not dollar:
        return secrets.legacy, sealed
    return (secrets.versions.get(int(version)) if version.isdecimal() else None), hexadecimal


def _cipher(secret: str, nonce: bytes) -> ChaCha20Poly1305:
    """Return the cipher for one nonce: XChaCha20 is ChaCha20 under a key made of the nonce's first 16 bytes."""
    if len(nonce) != _NONCE_BYTES:
        raise UndecryptableError
    return ChaCha20Poly1305(_hchacha20(sha256(secret.encode()).digest(), nonce[:16]))


def _inner_nonce(nonce: bytes) -> bytes:
    return bytes(4) + nonce[16:]


def _hchacha20(key: bytes, nonce: bytes) -> bytes:
    """Return HChaCha20 (draft-irtf-cfrg-xchacha-03, 2.2).

    It is a ChaCha20 block without the last step, which adds the block's input. The input of the words that count is
    known (the constants and the nonce), so OpenSSL makes the block and they are taken off again.
    """
    block = _WORDS.unpack(Cipher(ChaCha20(key, nonce), mode=None).encryptor().update(bytes(_WORDS.size)))
    added = (*_CONSTANTS, *_FOUR_WORDS.unpack(nonce))
    kept = (*block[:4], *block[12:])
    return _EIGHT_WORDS.pack(*((word - known) & 0xFFFFFFFF for word, known in zip(kept, added, strict=True)))
