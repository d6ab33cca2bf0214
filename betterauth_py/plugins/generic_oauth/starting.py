"""Discovery of providers: at the start, and again at the first use of one that failed then."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import Any, Final

from betterauth_py.plugins import AuthContext, EndpointContext, Hook, SocialProvider
from betterauth_py.plugins.generic_oauth.discovery import discover
from betterauth_py.plugins.generic_oauth.providers import Configured, make_provider
from betterauth_py.plugins.tools import OAuthError, ProviderClient, logger

_RESPITE: Final = 5.0
"""Seconds before discovery is retried after a failure: unauthenticated requests can trigger it."""
_PATHS: Final = (
    "/sign-in/social", "/callback/:id", "/link-social", "/refresh-token", "/get-access-token", "/account-info",
)  # fmt: skip


class PendingProviders:
    """The providers of one auth that are not discovered yet."""

    def __init__(self, auth: AuthContext, configured: list[Configured]) -> None:
        """Start with all of them pending."""
        self._auth = auth
        self._http = ProviderClient.of(auth)
        self._waiting = {one.id: one for one in configured}
        self._failed_at: dict[str, float] = {}

    def is_waiting(self, provider_id: Any) -> bool:
        """Return whether this is a configured provider that is not discovered yet."""
        return isinstance(provider_id, str) and provider_id in self._waiting

    async def ask_all(self) -> None:
        """Discover all of them. Those that fail stay pending, and the reason is logged."""
        await asyncio.gather(*map(self.ask, list(self._waiting)))
        self._failed_at.clear()

    async def ask(self, provider_id: str) -> None:
        """Discover one of them, unless it has just failed, and offer it on success."""
        async with self._auth.turns.of(f"discovery {provider_id}"):
            if not self.is_waiting(provider_id) or self._has_just_failed(provider_id):
                return
            configured = self._waiting[provider_id]
            try:
                discovered = await discover(configured.options, self._http)
                made = make_provider(configured, discovered)
            except OAuthError as error:
                self._failed_at[provider_id] = monotonic()
                logger.error("The provider %s is not offered yet: %s", provider_id, error)
                return
            provider = SocialProvider.of(self._auth, *made)
            del self._waiting[provider_id]
            offered = self._auth.oauth_providers
            others = {name: offered[name] for name in offered if name != provider_id}
            offered.clear()
            offered.update({provider_id: provider, **others})

    def _has_just_failed(self, provider_id: str) -> bool:
        return monotonic() - self._failed_at.get(provider_id, float("-inf")) < _RESPITE


def _wanted(ctx: EndpointContext[Any, Any]) -> Any:
    body = ctx.body if isinstance(ctx.body, dict) else {}
    for place, name in ((body, "provider"), (body, "providerId"), (ctx.query, "provider"), (ctx.params, "id")):
        if place.get(name) is not None:
            return place[name]
    return None


def _is_waited_for(ctx: EndpointContext[Any, Any]) -> bool:
    return bool(ctx.auth.services.get(PendingProviders).is_waiting(_wanted(ctx)))


async def _ask(ctx: EndpointContext[Any, Any]) -> None:
    await ctx.auth.services.get(PendingProviders).ask(_wanted(ctx))


RETRY: Final = Hook(handler=_ask, paths=_PATHS, matcher=_is_waited_for, optional=True)
"""Retries the discovery of a pending provider that a request needs."""
