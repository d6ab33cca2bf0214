"""Tokens of providers as stored in the account's row: `account.encrypt_oauth_tokens` encrypts all but the ID token."""

from __future__ import annotations

from re import IGNORECASE
from re import compile as compile_pattern
from typing import Final

from betterauth_py.core.auth_context import AuthContext
from betterauth_py.crypto.symmetric import decrypt, encrypt
from betterauth_py.oauth.tokens import Tokens
from betterauth_py.store.hooks import Row

_ENCRYPTED: Final = compile_pattern(r"\$ba\$.*|(?:[0-9a-f]{2})+", IGNORECASE)


def to_stored_token(auth: AuthContext, token: str | None) -> str | None:
    """Return a token as the account's row stores it."""
    return encrypt(token, auth.secrets) if token and auth.options.account.encrypt_oauth_tokens else token


def to_plain_token(auth: AuthContext, stored: str | None) -> str | None:
    """Return the token that a row stores; one stored before encryption was turned on is returned as it is.

    Raises:
        UndecryptableError: if it is encrypted under another secret.
    """
    if not stored or not auth.options.account.encrypt_oauth_tokens or not _ENCRYPTED.fullmatch(stored):
        return stored
    return decrypt(stored, auth.secrets)


def token_columns(auth: AuthContext, tokens: Tokens) -> Row:
    """Return the account columns that these tokens fill, without those for which there is no value."""
    columns = {
        "accessToken": to_stored_token(auth, tokens.access_token),
        "refreshToken": to_stored_token(auth, tokens.refresh_token),
        "idToken": tokens.id_token,
        "accessTokenExpiresAt": tokens.access_token_expires_at,
        "refreshTokenExpiresAt": tokens.refresh_token_expires_at,
    }
    return {name: value for name, value in columns.items() if value is not None}
