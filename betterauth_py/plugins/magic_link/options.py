"""The options of the magic-link plugin: better-auth's `magicLink({...})` with its names in snake_case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from betterauth_py.plugins import ConfigurationError, EndpointContext, MaybeAwaitable, RateLimitRule, Seconds
from betterauth_py.plugins.tools import logger

PATH = "plugins.magic-link"
_LIFE, _WINDOW, _MOST = 300, 60, 5


@dataclass(frozen=True, kw_only=True)
class CustomHasher:
    """A function that hashes tokens before they are stored."""

    type: Literal["custom-hasher"] = "custom-hasher"
    """Says that tokens are hashed by `hash`."""
    hash: Callable[[str], MaybeAwaitable[str]]
    """Returns what is stored of a token: always the same for the same token, and nothing that reveals it."""


@dataclass(frozen=True, kw_only=True)
class RateLimit:
    """How often one client may use the plugin's endpoints; both are counted together for each path."""

    window: Seconds = _WINDOW
    """Length of the window in seconds. 0 stands for 60."""
    max: int = _MOST
    """Maximum number of requests in a window. 0 stands for 5."""

    @property
    def rule(self) -> RateLimitRule:
        """The rule that counts."""
        return RateLimitRule(window=self.window or _WINDOW, max=self.max or _MOST)


@dataclass(frozen=True, kw_only=True)
class MagicLinkOptions:
    """Mailed links, from the `magic-link` plugin; see [plugins/magic-link.md](plugins/magic-link.md)."""

    expires_in: Seconds = _LIFE
    """Seconds for which a link works. 0 stands for 300."""
    send_magic_link: Callable[[dict[str, Any], EndpointContext[Any, Any]], MaybeAwaitable[None]] | None = None
    """Sends a link. Gets `email`, `url`, `token` and `metadata`, then the call's context; an error that it raises is
    the answer. Unset: the server sends the mail `magic-link` itself (`[mail]`)."""
    disable_sign_up: bool = False
    """Whether a link to an address that is nobody's creates no user. It is mailed all the same."""
    rate_limit: RateLimit = field(default_factory=RateLimit)
    """How often one client may use the plugin's endpoints."""
    generate_token: Callable[[str], MaybeAwaitable[str]] | None = None
    """Makes the token of a link to an address. It must be impossible to guess. Unset: 32 random letters (182 bits)."""
    store_token: Literal["plain", "hashed"] | CustomHasher = "plain"
    """How tokens are stored: `plain`, `hashed` (SHA-256), or by a function, `{ type = "custom-hasher", hash = "..." }`.
    Hashed, nobody who reads the database can use a link."""
    allowed_attempts: int = 1
    """Without effect, as in better-auth 1.7.25: a link works once, whatever this says."""

    @property
    def life(self) -> int:
        """Seconds for which a link works."""
        return self.expires_in or _LIFE


def check_options(options: MagicLinkOptions) -> None:
    """Refuse what cannot work.

    Raises:
        ConfigurationError: naming the option, the problem and the fix.
    """
    numbers = {
        "expires_in": options.expires_in,
        "rate_limit.window": options.rate_limit.window,
        "rate_limit.max": options.rate_limit.max,
    }
    for name, number in numbers.items():
        if number < 0:
            raise ConfigurationError(f"Option `{PATH}.{name}` must be 0 or more.")
    if options.allowed_attempts != 1:
        logger.warning("Option `%s.allowed_attempts` has no effect: a link works once. Remove it.", PATH)
