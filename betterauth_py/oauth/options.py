"""The options that every provider has: better-auth's `ProviderOptions` with its names in snake_case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from betterauth_py.oauth.tokens import Tokens
from betterauth_py.options.types import MaybeAwaitable


@dataclass(frozen=True, kw_only=True)
class ProviderOptions:
    """What can be said about any provider: `[social_providers.<id>]`."""

    enabled: bool = True
    """Whether users can sign in with it."""
    client_id: str | list[str] | None = None
    """The id that the provider has given to your application. A list for an application with several (web, iOS,
    Android): ID tokens for any of them are accepted, and the first one belongs to `client_secret`."""
    client_secret: str | None = field(default=None, repr=False)
    """The secret that the provider has given to your application."""
    scope: list[str] = field(default_factory=list)
    """Scopes to ask for, besides the provider's default ones."""
    disable_default_scope: bool = False
    """Whether the provider's default scopes are not asked for."""
    redirect_uri: str | None = None
    """Where the provider sends users back to, as registered there. Unset: `<base URL>/callback/<id>`."""
    authorization_endpoint: str | None = None
    """Another page of the provider to send users to, such as a sandbox's."""
    client_key: str | None = None
    """TikTok's name for the client id."""
    disable_id_token_sign_in: bool = False
    """Whether ID tokens that a client sends are refused."""
    verify_id_token: Callable[[str, str | None], MaybeAwaitable[bool]] | None = None
    """Gets an ID token that a client has sent and the nonce it should be for, or None; returns whether to believe it.
    Replaces the check of its signature and claims."""
    get_user_info: Callable[[Tokens], MaybeAwaitable[dict[str, Any] | None]] | None = None
    """Gets the tokens; returns `{"user": {...}, "data": {...}}` with the user's fields and the provider's profile, or
    None if there is no such user. Replaces the request for the profile."""
    refresh_access_token: Callable[[str], MaybeAwaitable[Tokens]] | None = None
    """Gets a refresh token; returns new tokens."""
    map_profile_to_user: Callable[[dict[str, Any]], MaybeAwaitable[dict[str, Any] | None]] | None = None
    """Gets the provider's profile; returns fields of the user that differ from what the provider's are mapped to."""
    disable_implicit_sign_up: bool = False
    """Whether only a sign-in with `requestSignUp` makes a new user."""
    disable_sign_up: bool = False
    """Whether nobody becomes a new user with it."""
    prompt: Literal["select_account", "consent", "login", "none", "select_account consent"] | None = None
    """What the provider asks of users who are signed in there already. Not every provider has it."""
    response_mode: Literal["query", "form_post"] | None = None
    """Accepted for configurations that come from better-auth; without effect on these providers, there as here."""
    override_user_info_on_sign_in: bool = False
    """Whether each sign-in writes the provider's name, image and address over the user's."""
    require_email_verification: bool = False
    """Whether nobody gets a session whose address is not verified. Providers that never vouch for an address then
    need `email_verification`."""

    @property
    def client_ids(self) -> tuple[str, ...]:
        """All client ids, the first one first."""
        ids = [self.client_id] if isinstance(self.client_id, str) else self.client_id or []
        return tuple(ids)

    @property
    def primary_client_id(self) -> str | None:
        """The client id that belongs to the secret, or None."""
        return next(iter(self.client_ids), None) or None
