"""`GET /callback/:id/oauth-proxy`: a preview finishes a sign-in whose profile production has sent."""

from __future__ import annotations

from typing import Any, Final, Never

from betterauth_py.plugins import (
    APIError,
    EndpointContext,
    OAuthErrorCode,
    Reply,
    Security,
    complete_oauth,
    endpoint,
    error_redirect,
    validation,
)
from betterauth_py.plugins.oauth_proxy.options import OAuthProxyOptions
from betterauth_py.plugins.oauth_proxy.payload import Payload, read_payload
from betterauth_py.plugins.oauth_proxy.seals import Seals
from betterauth_py.plugins.tools import at_application, finish_oauth, logger, redirecting_failures

Context = EndpointContext[Any, dict[str, str]]

_CLOCK_DIFFERENCE: Final = 10
"""Seconds by which production's clock may be ahead."""
_QUERY: Final = validation.Object(
    {
        "callbackURL": validation.String("The URL to redirect to after the proxy"),
        "profile": validation.Optional(validation.String("Encrypted OAuth profile data")),
    }
)
_REPLY: Final = Reply("Redirect to the application or the error page", {"type": "object"}, status=302)


@endpoint(
    "/callback/:id/oauth-proxy",
    methods=("GET",),
    security=Security.PUBLIC,
    operation_id="oauthProxyCompletion",
    query=_QUERY,
    redirect_parameters=("callbackURL",),
    reply=_REPLY,
    shown_to_clients=False,
    tags=("OAuth proxy",),
)
async def o_auth_proxy_completion(ctx: Context) -> Never:
    """Finish a sign-in at a preview with the profile that production has sent, and redirect to the callback URL."""
    await _complete(ctx, ctx.params["id"])


@endpoint(
    "/oauth-proxy-callback",
    methods=("GET",),
    security=Security.PUBLIC,
    operation_id="oauthProxyCallback",
    query=_QUERY,
    redirect_parameters=("callbackURL",),
    reply=_REPLY,
    tags=("OAuth proxy",),
)
async def o_auth_proxy(ctx: Context) -> Never:
    """Finish a sign-in at a preview, at the URL of earlier versions."""
    await _complete(ctx, None)


async def _complete(ctx: Context, provider_id: str | None) -> Never:
    payload = _opened(ctx)
    error_url = payload.error_url if payload.error_url and await ctx.is_trusted_url(payload.error_url) else None
    for url in (payload.callback_url, payload.new_user_url):
        # It was checked when the sign-in began; but whoever has the proxy's secret can write another one.
        if url and not await ctx.is_trusted_url(url):
            raise error_redirect(ctx, error_url, "invalid_payload")
    key = payload.identity.key
    if provider_id is not None and provider_id != key.provider_id:
        logger.warning("OAuth proxy callback provider mismatch")
        raise error_redirect(ctx, error_url, "provider_mismatch")
    age = (ctx.auth.clock.milliseconds() - payload.timestamp) / 1000
    # Not the other way round: a time that is no number is too old as well.
    if not -_CLOCK_DIFFERENCE <= age <= ctx.auth.services.get(OAuthProxyOptions).max_age:
        logger.error("OAuth proxy payload expired or invalid (age: %ss)", age)
        raise error_redirect(ctx, error_url, "payload_expired")
    with redirecting_failures(ctx, error_url):
        location = await _finish(ctx, payload, error_url)
    raise APIError.redirect(at_application(ctx, location))


def _opened(ctx: Context) -> Payload:
    sealed = ctx.query.get("profile")
    if not sealed:
        logger.error("OAuth proxy callback missing profile data")
        raise error_redirect(ctx, None, "missing_profile")
    data = ctx.auth.services.get(Seals).open("oauth-proxy-profile", sealed)
    if data is None:
        logger.error("Failed to decrypt OAuth proxy profile")
        raise error_redirect(ctx, None, "invalid_profile")
    try:
        return read_payload(data)
    except validation.ValidationError as error:
        logger.error("Failed to parse OAuth proxy payload: %s", error.message[:200])
        raise error_redirect(ctx, None, "invalid_payload") from None


async def _finish(ctx: Context, payload: Payload, error_url: str | None) -> str:
    """Return the URL to redirect to on success."""
    try:
        # Only here: the browser that has begun the sign-in, and once. better-auth 1.7.25 does not ask for the cookie.
        state = await complete_oauth(ctx, payload.state, payload.identity.key.provider_id)
    except APIError:
        raise error_redirect(ctx, error_url, OAuthErrorCode.STATE_MISMATCH) from None
    return await finish_oauth(
        ctx,
        payload.identity,
        state.link,
        callback_url=payload.callback_url,
        new_user_url=payload.new_user_url,
        disable_sign_up=payload.disable_sign_up,
    )
