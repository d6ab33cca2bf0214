"""A provider with its options, and all that endpoints need of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from betterauth_py.awaiting import resolve
from betterauth_py.clock import Clock, now
from betterauth_py.errors import ConfigurationError
from betterauth_py.oauth.authorization import authorization_url
from betterauth_py.oauth.errors import OAuthError
from betterauth_py.oauth.exchange import (
    check_authentication,
    expiry,
    refreshed_tokens_of,
    request_code_exchange,
    request_refresh,
    tokens_of,
)
from betterauth_py.oauth.http import ProviderClient
from betterauth_py.oauth.id_token import ProviderKeys, verified_claims
from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.profile import find_user
from betterauth_py.oauth.provider import AuthorizationRequest, CodeExchange, Provider
from betterauth_py.oauth.tokens import OAuthUser, Tokens

if TYPE_CHECKING:
    import httpx

    from betterauth_py.core.auth_context import AuthContext

logger = logging.getLogger("betterauth")


class SocialProvider:
    """A provider that users can sign in with."""

    def __init__(
        self, provider: Provider, options: ProviderOptions, *, client: Callable[[], httpx.AsyncClient], clock: Clock
    ) -> None:
        """Send requests to `provider` with the client that `client` returns.

        Raises:
            ConfigurationError: if an option is missing that the provider needs.
        """
        self.provider = provider
        self.options = options
        self.http = ProviderClient(client)
        self.clock = clock
        expected = provider.id_token
        self._keys = None if expected is None else ProviderKeys(expected, self.http)
        for name in provider.requires:
            given = options.primary_client_id if name == "client_id" else getattr(options, name)
            if not given:
                raise ConfigurationError(
                    f"Option `social_providers.{provider.id}.{name}` is missing. Set it to what {provider.name} has "
                    f"given to your application, or set `social_providers.{provider.id}.enabled` to false."
                )
        check_authentication(provider.client_authentication, options.client_secret, f"social_providers.{provider.id}")

    @classmethod
    def of(cls, auth: AuthContext, provider: Provider, options: ProviderOptions) -> SocialProvider:
        """Return it for an auth, with its client and its clock.

        Raises:
            ConfigurationError: if an option is missing that the provider needs.
        """
        return cls(provider, options, client=lambda: auth.http_client, clock=auth.clock)

    @property
    def id(self) -> str:
        """The id, as in `/callback/<id>` and the accounts' `providerId`."""
        return self.provider.id

    @property
    def callback_path(self) -> str:
        """The path under the base path where users come back."""
        path = self.provider.callback_path or f"/callback/{self.id}"
        return path if path.startswith("/") else f"/{path}"

    @property
    def supports_id_token_sign_in(self) -> bool:
        """Whether a client may sign in with an ID token."""
        can = self.provider.id_token or self.provider.verify_id_token or self.options.verify_id_token
        return can is not None and not self.options.disable_id_token_sign_in

    @property
    def can_refresh(self) -> bool:
        """Whether a refresh token can get a new access token."""
        return self.provider.can_refresh or self.options.refresh_access_token is not None

    async def authorization_url(self, request: AuthorizationRequest) -> str:
        """Return the URL of the provider's page to send a user to.

        Raises:
            OAuthError: if the URL depends on an answer of the provider, and there is none.
        """
        if self.provider.build_authorization_url is not None:
            return self.provider.build_authorization_url(self, request)
        return authorization_url(self.provider, self.options, request)

    async def exchange(self, exchange: CodeExchange) -> Tokens:
        """Return the tokens for a code.

        Raises:
            OAuthError: if the provider returns none: the code is invalid, or the provider is down.
        """
        if self.provider.exchange is not None:
            return self._with_expiry(await self.provider.exchange(self, exchange))
        answer = await request_code_exchange(self.http, self.provider, self.options, exchange)
        return self._with_expiry(tokens_of(answer, now(self.clock)))

    async def refresh(self, refresh_token: str) -> Tokens:
        """Return new tokens.

        Raises:
            OAuthError: if the provider returns none.
            Exception: what the options' `refresh_access_token` raises.
        """
        if self.options.refresh_access_token is not None:
            given: Tokens = await resolve(self.options.refresh_access_token(refresh_token))
            return given
        if self.provider.refresh is not None:
            return self._with_expiry(await self.provider.refresh(self, refresh_token))
        answer = await request_refresh(self.http, self.provider, self.options, refresh_token)
        return self._with_expiry(refreshed_tokens_of(answer, now(self.clock)))

    def _with_expiry(self, tokens: Tokens) -> Tokens:
        lifetime = self.provider.access_token_lifetime
        if not lifetime or tokens.access_token_expires_at is not None:
            return tokens
        return replace(tokens, access_token_expires_at=expiry(lifetime, now(self.clock)))

    async def user(self, tokens: Tokens) -> OAuthUser | None:
        """Return the user that the tokens belong to, or None if the provider does not say.

        Raises:
            Exception: what `get_user_info` and `map_profile_to_user` of the options raise.
        """
        return await find_user(self, tokens)

    async def verify_id_token(self, token: str, nonce: str | None = None) -> bool:
        """Return whether a client's ID token was issued by the provider, for this application and for `nonce`.

        Never raises: a token that cannot be verified is refused, even if a function of the options fails.
        """
        if self.options.disable_id_token_sign_in:
            return False
        try:
            if self.options.verify_id_token is not None:
                return bool(await resolve(self.options.verify_id_token(token, nonce)))
            if self.provider.verify_id_token is not None:
                return await self.provider.verify_id_token(self, token, nonce)
            expected = self.provider.id_token
            if expected is None or self._keys is None:
                return False
            if token.count(".") != 2:
                return expected.allows_opaque
            seconds = self.clock.milliseconds() // 1000
            return await verified_claims(token, expected, self._keys, nonce=nonce, now=seconds) is not None
        except Exception as error:
            reason = error if isinstance(error, OAuthError) else type(error).__name__
            logger.error("An ID token of %s could not be verified: %s", self.provider.name, reason)
            return False
