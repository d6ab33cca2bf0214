"""Redirecting a user to a provider."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from betterauth_py.core.context import EndpointContext
from betterauth_py.flows.oauth.identity import find_provider, redirect_uri
from betterauth_py.flows.oauth.state import BegunState, LinkIntent, begin_oauth
from betterauth_py.oauth.provider import AuthorizationRequest
from betterauth_py.oauth.social_provider import SocialProvider
from betterauth_py.wire.errors import APIError, BaseErrorCodes

Context = EndpointContext[Any, Any]


def require_provider(ctx: Context, provider_id: str) -> SocialProvider:
    """Return the provider called `provider_id`.

    Raises:
        APIError: 404 if there is none.
    """
    provider = find_provider(ctx, provider_id)
    if provider is None:
        raise APIError.of(404, BaseErrorCodes.PROVIDER_NOT_FOUND)
    return provider


async def authorization_url(
    ctx: Context, provider: SocialProvider, begun: BegunState, asked: Mapping[str, Any] | None = None
) -> str:
    """Return the authorization URL of a begun sign-in; `asked` has `scopes`, `loginHint`, `additionalParams`.

    Raises:
        OAuthError: if the URL depends on an answer of the provider, and there is none.
    """
    asked = asked or {}
    return await provider.authorization_url(
        AuthorizationRequest(
            state=begun.state,
            code_verifier=begun.code_verifier,
            redirect_uri=redirect_uri(ctx, provider),
            scopes=tuple(asked.get("scopes") or ()),
            login_hint=asked.get("loginHint"),
            nonce=begun.id_token_nonce,
            additional_parameters=asked.get("additionalParams") or {},
        )
    )


async def send_to_provider(
    ctx: Context, provider: SocialProvider, body: Mapping[str, Any], link: LinkIntent | None = None
) -> dict[str, Any]:
    """Begin the sign-in or link that a request's body asks for; return the answer, and set `Location` for a redirect.

    Raises:
        APIError: 400 if there is no callback URL.
    """
    begun = await begin_oauth(
        ctx,
        provider,
        callback_url=body.get("callbackURL"),
        error_url=body.get("errorCallbackURL"),
        new_user_url=body.get("newUserCallbackURL"),
        request_sign_up=body.get("requestSignUp"),
        link=link,
        additional_data=body.get("additionalData"),
    )
    url = await authorization_url(ctx, provider, begun, body)
    redirects = not body.get("disableRedirect")
    if redirects:
        ctx.set_header("location", url)
    return {"url": url, "redirect": redirects}
