"""Signing out at the provider as well: OpenID Connect RP-Initiated Logout 1.0."""

from __future__ import annotations

from betterauth_py.core.caller import Caller
from betterauth_py.oauth.provider import LogoutRequest
from betterauth_py.oauth.social_provider import SocialProvider
from betterauth_py.store.hooks import Row
from betterauth_py.urls.parsing import resolve_url


async def find_user_to_log_out(ctx: Caller, token: str) -> str | None:
    """Return the id of the user whose session has this token; None without a provider that has a page for it.

    Must be called before the session is deleted.
    """
    if not _providers(ctx):
        return None
    found = await ctx.auth.sessions.find_with_user(token, fresh=True)
    return None if found is None else str(found[1]["id"])


async def logout_url(ctx: Caller, user_id: str, *, callback_url: str | None, state: str | None) -> str | None:
    """Return the URL at which the provider that the user has used last ends its own session; None if none has one.

    Args:
        ctx: the call that signs the user out.
        user_id: the user.
        callback_url: where the provider sends the user afterwards; None for what its options say.
        state: what the provider then returns to that URL.
    """
    providers, accounts = _providers(ctx), await ctx.auth.accounts.list_of(user_id)
    latest: dict[str, Row] = {}
    for account in sorted(accounts, key=lambda one: one["updatedAt"], reverse=True):
        if account["providerId"] in providers:
            latest.setdefault(account["providerId"], account)
    after = resolve_url(callback_url, ctx.base_url) if callback_url else None
    if callback_url and after is None:
        return None
    for provider_id, account in latest.items():
        request = LogoutRequest(id_token=account["idToken"], after=after, state=state, base_url=ctx.base_url)
        build = providers[provider_id].provider.logout_url
        url = build(request) if build is not None else None
        if url is not None:
            return url
    return None


def _providers(ctx: Caller) -> dict[str, SocialProvider]:
    known: dict[str, SocialProvider] = ctx.auth.oauth_providers
    return {name: provider for name, provider in known.items() if provider.provider.logout_url is not None}
