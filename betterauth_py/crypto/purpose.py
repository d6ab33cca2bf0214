"""Secrets of one purpose: what is encrypted for one is nothing to another. As better-auth 1.7.25 derives them."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from betterauth_py.crypto.secrets import SecretConfig

_SALT: Final = b"better-auth:oauth-encryption:v1"


def secrets_for(purpose: str, secrets: SecretConfig) -> SecretConfig:
    """Return what stands for `secrets` where texts of one purpose are encrypted; versions keep their numbers."""
    return SecretConfig(
        _derived(secrets.current, purpose),
        tuple(_derived(secret, purpose) for secret in secrets.older),
        {version: _derived(secret, purpose) for version, secret in secrets.versions.items()},
        secrets.current_version,
    )


@lru_cache(maxsize=64)
def _derived(secret: str, purpose: str) -> str:
    """Return the secret of a purpose: HKDF-SHA-256 (RFC 5869), in hexadecimal."""
    # Loaded where OAuth is used: most servers have no use for it.
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415

    return HKDF(SHA256(), 32, _SALT, f"better-auth:{purpose}:v1".encode()).derive(secret.encode()).hex()
