"""Texts encrypted under the secret, as better-auth 1.7.25's `symmetricEncrypt` keeps them in the database.

XChaCha20-Poly1305 under SHA-256 of the secret, in hexadecimal, the nonce first. With versions of the secret, the text
says which one it is under: `$ba$2$<hexadecimal>`. One that names none is from before there were versions: better-auth
tries `secret` alone, this server tries every secret, so that the first rotation may name the old one as a version.
"""

from __future__ import annotations

from hashlib import sha256
from os import urandom
from typing import Final

from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt as unseal
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_encrypt as seal
from nacl.exceptions import CryptoError

from betterauth_py.crypto.secrets import SecretConfig

_ENVELOPE: Final = "$ba$"
_NONCE_BYTES: Final = 24


class UndecryptableError(Exception):
    """The text is not encrypted under any secret there is, or is no such text."""


def encrypt(text: str, secrets: SecretConfig) -> str:
    """Return `text` encrypted under the current secret."""
    nonce = urandom(_NONCE_BYTES)
    sealed = (nonce + seal(text.encode(), None, nonce, _key(secrets.current))).hex()
    return sealed if secrets.current_version is None else f"{_ENVELOPE}{secrets.current_version}${sealed}"


def decrypt(sealed: str, secrets: SecretConfig) -> str:
    """Return what `encrypt`, or better-auth with the same secrets, has encrypted.

    Raises:
        UndecryptableError: if it was encrypted under another secret, or by something else.
    """
    possible, hexadecimal = _secrets_of(sealed, secrets)
    try:
        sealed_bytes = bytes.fromhex(hexadecimal)
    except ValueError:
        raise UndecryptableError from None
    for secret in possible:
        try:
            return unseal(sealed_bytes[_NONCE_BYTES:], None, sealed_bytes[:_NONCE_BYTES], _key(secret)).decode()
        except (ValueError, CryptoError):
            continue
    raise UndecryptableError


def _secrets_of(sealed: str, secrets: SecretConfig) -> tuple[tuple[str, ...], str]:
    if secrets.current_version is None:
        return (secrets.current,), sealed
    version, dollar, hexadecimal = sealed.removeprefix(_ENVELOPE).partition("$")
    if not sealed.startswith(_ENVELOPE) or not dollar:
        return secrets.all, sealed
    named = secrets.versions.get(int(version)) if version.isdecimal() else None
    return (() if named is None else (named,)), hexadecimal


def _key(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
