"""The options of the one-time-token plugin: better-auth's `oneTimeToken({...})` with its names in snake_case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from betterauth_py.plugins import ConfigurationError, MaybeAwaitable, Row

PATH: Final = "plugins.one-time-token"


@dataclass(frozen=True, kw_only=True)
class TokenHasher:
    """A function that hashes tokens before they are stored."""

    hash: Callable[[str], MaybeAwaitable[str]]
    """Gets the token and returns what is stored: the same text for the same token, and no way back."""
    type: Literal["custom-hasher"] = "custom-hasher"
    """As in better-auth."""


@dataclass(frozen=True, kw_only=True)
class OneTimeTokenOptions:
    """Opening a session in another place, from the `one-time-token` plugin: [its page](plugins/one-time-token.md)."""

    expires_in: float = 3
    """Minutes for which a token counts."""
    disable_client_request: bool = False
    """Whether only in-process calls generate tokens, `auth.api.generate_one_time_token(headers=...)`."""
    generate_token: Callable[[Row, Any], MaybeAwaitable[str]] | None = None
    """Returns a new token. It gets `{"session": ..., "user": ...}` and the call's context. Unset: 32 random letters and
    digits. Tokens must not be guessable."""
    disable_set_session_cookie: bool = False
    """Whether `/one-time-token/verify` only returns the session, without setting its cookie."""
    store_token: Literal["plain", "hashed"] | TokenHasher = "plain"
    """How tokens are stored: as they are, hashed with SHA-256, or with a function (`type = "custom-hasher"` and
    `hash`)."""
    set_ott_header_on_new_session: bool = False
    """Whether every answer that sets a session has a token for it in the header `set-ott`."""


def check_options(options: OneTimeTokenOptions) -> None:
    """Refuse what cannot work.

    Raises:
        ConfigurationError: naming the option, the problem and the fix.
    """
    if options.expires_in < 0:
        raise ConfigurationError(f"Option `{PATH}.expires_in` is below 0. Give a number of minutes, such as 3.")
