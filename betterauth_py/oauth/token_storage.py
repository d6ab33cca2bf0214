"""Tokens of providers in the database: as they are, or encrypted under the secret (`account.encrypt_oauth_tokens`)."""

from __future__ import annotations

from re import compile as compile_pattern
from typing import Final

from betterauth_py.crypto.secrets import SecretConfig
from betterauth_py.crypto.symmetric import decrypt, encrypt

_ENVELOPE: Final = "$ba$"
_HEXADECIMAL: Final = compile_pattern(r"(?:[0-9a-fA-F]{2})+")


class TokenStorage:
    """How access and refresh tokens are stored; ID tokens are stored as they are, as better-auth 1.7.25 does."""

    def __init__(self, secrets: SecretConfig, *, encrypts: bool) -> None:
        """Encrypt under `secrets`, or store tokens as they are."""
        self._secrets = secrets
        self._encrypts = encrypts

    def seal(self, token: str | None) -> str | None:
        """Return what to store for a token; nothing stays nothing."""
        return encrypt(token, self._secrets) if self._encrypts and token else token

    def unseal(self, stored: str | None) -> str | None:
        """Return the token that is stored; one that does not look encrypted is from before encryption was turned on.

        Raises:
            UndecryptableError: if it looks encrypted, but not under any secret there is.
        """
        if not self._encrypts or not stored:
            return stored
        looks_encrypted = stored.startswith(_ENVELOPE) or _HEXADECIMAL.fullmatch(stored)
        return decrypt(stored, self._secrets) if looks_encrypted else stored
