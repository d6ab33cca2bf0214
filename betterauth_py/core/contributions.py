"""What the `setup` of a plugin adds to its auth."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from betterauth_py.options.hooks import DatabaseHooksOptions
from betterauth_py.options.types import MaybeAwaitable

if TYPE_CHECKING:
    from betterauth_py.core.context import EndpointContext

    Context = EndpointContext[Any, Any]

Row = dict[str, Any]


class CookieCacheSigner(Protocol):
    """Signs and reads cached sessions of the strategy `jwt`, in the place of the secret."""

    async def sign(self, ctx: Context, payload: Mapping[str, Any], max_age: int) -> str:
        """Return a token of `payload` (`session`, `user`, `updatedAt`, `version`) that ends after `max_age` seconds."""
        ...

    async def verify(self, ctx: Context, token: str) -> Mapping[str, Any] | None:
        """Return what an authentic token that has not expired holds, `exp` included, else None."""
        ...


@dataclass(frozen=True, kw_only=True)
class PasswordCheck:
    """A check of new passwords before they are hashed."""

    check: Callable[[str, Context], Awaitable[None]]
    """Gets the password and the endpoint's context; refuses by raising an `APIError`."""
    paths: Sequence[str]
    """The paths of the endpoints whose passwords are checked, such as `/sign-up/email`."""


@dataclass(frozen=True, kw_only=True)
class Contributions:
    """What a plugin adds to an auth and can make only once it knows it."""

    database_hooks: DatabaseHooksOptions | None = None
    """Functions around the changes of the core tables; they run after the plugin's own `database_hooks`."""
    trusted_origins: Sequence[str] = ()
    """Origins that are trusted besides those of the options, such as `exp://`."""
    password_checks: Sequence[PasswordCheck] = ()
    """Checks of new passwords."""
    senders: Mapping[str, Callable[[dict[str, Any], Any], MaybeAwaitable[None]]] = field(default_factory=dict)
    """Functions in the place of those that options name, by path: `email_verification.send_verification_email`."""
    cookie_cache_signer: CookieCacheSigner | None = None
    """Signs cached sessions in the place of the secret."""
    oauth_providers: Sequence[Any] = ()
    """Providers that users can sign in with, besides those of the options."""
    services: Mapping[type[Any], Any] = field(default_factory=dict)
    """What other plugins may use, by the type that they ask for: `ctx.auth.services.get(JwtTokens)`."""
