"""What production and its previews send each other through the browser: encrypted, each kind for a purpose of its own.

The keys and texts are better-auth 1.7.25's, so that either may be a server of better-auth.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal

from betterauth_py.plugins import AuthContext, ConfigurationError
from betterauth_py.plugins.oauth_proxy.options import PATH, OAuthProxyOptions
from betterauth_py.plugins.tools import (
    InvalidJSONError,
    SecretConfig,
    UndecryptableError,
    decrypt,
    encrypt,
    logger,
    parse,
    secrets_for,
    stringify,
    versioned,
)

Purpose = Literal["oauth-proxy-state", "oauth-proxy-package", "oauth-proxy-profile"]

_SHORTEST: Final = 32


@dataclass(frozen=True, slots=True)
class Seals:
    """Encrypts and decrypts under the plugin's secret, or the server's own."""

    secrets: SecretConfig = field(repr=False)

    @classmethod
    def of(cls, auth: AuthContext, options: OAuthProxyOptions) -> Seals:
        """Return the seals of an auth.

        Raises:
            ConfigurationError: if the plugin's secret is empty, or a version's number is there twice or negative.
        """
        given = options.secret
        if given is None:
            return cls(auth.secrets)
        if not given:
            raise ConfigurationError(f"Option `{PATH}.secret` is empty. Make one with `betterauth secret`.")
        if isinstance(given, str):
            secrets = SecretConfig(given)
        else:
            secrets = versioned([(one.version, one.value) for one in given], f"{PATH}.secret")
        if len(secrets.current) < _SHORTEST:
            logger.warning("Option `%s.secret` is short. Make one with `betterauth secret`.", PATH)
        return cls(secrets)

    def seal(self, purpose: Purpose, text: str) -> str:
        """Return `text` encrypted for `purpose`."""
        return encrypt(text, secrets_for(purpose, self.secrets))

    def seal_object(self, purpose: Purpose, value: dict[str, Any]) -> str:
        """Return an object as JSON, encrypted for `purpose`."""
        return self.seal(purpose, stringify(value).decode())

    def open(self, purpose: Purpose, sealed: str) -> dict[str, Any] | None:
        """Return the object that was encrypted for `purpose`; empty if it was no object, None if it was not encrypted.

        Whoever holds the secret may have written it, perhaps another version of this server.
        """
        try:
            text = decrypt(sealed, secrets_for(purpose, self.secrets))
        except UndecryptableError:
            return None
        try:
            value = parse(text.encode("utf-8", "replace"))
        except InvalidJSONError:
            return {}
        return value if isinstance(value, dict) else {}
