"""The secret that the verifier shares with the auth server."""

from __future__ import annotations

from collections.abc import Sequence
from os import environ
from typing import Any

from betterauth_py.crypto.secrets import SecretConfig
from betterauth_py.errors import ConfigurationError


def shared_secrets(secret: str | Sequence[str] | None, source: str) -> SecretConfig:
    """Return the secrets: those given, the current one first, or `BETTER_AUTH_SECRET` of the environment.

    Raises:
        ConfigurationError: if there is none, or one that is empty or no text.
    """
    if secret is None:
        secret = environ.get("BETTER_AUTH_SECRET") or environ.get("AUTH_SECRET") or ()
    values: tuple[Any, ...] = (secret,) if isinstance(secret, str) else tuple(secret)
    if not values or not all(isinstance(value, str) and value for value in values):
        raise ConfigurationError(
            f"{source}: the secret is missing. Give the auth server's own as `secret`, or set BETTER_AUTH_SECRET to it."
        )
    return SecretConfig(values[0], values[1:])
