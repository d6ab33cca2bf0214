"""What a plugin's `setup` adds to its auth."""

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
    """Signs and verifies cached sessions of the strategy `jwt`, instead of the secret."""

    async def sign(self, ctx: Context, payload: Mapping[str, Any], max_age: int) -> str:
        """Return a token of `payload` (`session`, `user`, `updatedAt`, `version`), valid for `max_age` seconds."""
        ...

    async def verify(self, ctx: Context, token: str) -> Mapping[str, Any] | None:
        """Return the claims of an authentic, unexpired token, including `exp`; None for any other."""
        ...


@dataclass(frozen=True, kw_only=True)
class PasswordCheck:
    """A check of new passwords before they are hashed."""

    check: Callable[[str, Context], Awaitable[None]]
    """Receives the password and the endpoint's context; refuses by raising an `APIError`."""
    paths: Sequence[str]
    """The paths of the endpoints whose passwords are checked, such as `/sign-up/email`."""


@dataclass(frozen=True, kw_only=True)
class Contributions:
    """What a plugin adds to an auth and can create only with it."""

    database_hooks: DatabaseHooksOptions | None = None
    """Functions around the changes of the core tables; they run after the plugin's own `database_hooks`."""
    trusted_origins: Sequence[str] = ()
    """Additional trusted origins, such as `exp://`."""
    password_checks: Sequence[PasswordCheck] = ()
    """Checks of new passwords."""
    senders: Mapping[str, Callable[[dict[str, Any], Any], MaybeAwaitable[None]]] = field(default_factory=dict)
    """Functions that replace those of the options, by path: `email_verification.send_verification_email`."""
    access_revokers: Sequence[Callable[[Row], Awaitable[None]]] = ()
    """Functions that delete a user's credentials that the plugin keeps outside of accounts and sessions, such as
    passkeys. Called in a transaction with the locked user, when the owner of an address takes over an unverified user:
    whoever has created these credentials need not be the owner. Store them, and begin sessions with them, while holding
    the user's lock too (`while_signed_in`, `users.lock`), so that none outlives a takeover at the same moment."""
    session_admissions: Sequence[Callable[[str], Awaitable[None]]] = ()
    """Functions that receive the id of a user for whom a session is about to be stored, in the transaction that stores
    it; one that raises an `APIError` refuses it."""
    cookie_cache_signer: CookieCacheSigner | None = None
    """Signs cached sessions instead of the secret."""
    oauth_providers: Sequence[Any] = ()
    """Providers that users can sign in with, besides those of the options."""
    services: Mapping[type[Any], Any] = field(default_factory=dict)
    """Services for other plugins, by type: `ctx.auth.services.get(JwtTokens)`."""
