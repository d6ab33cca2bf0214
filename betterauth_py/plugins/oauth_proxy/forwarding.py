"""Production's part: it exchanges the code of a preview's sign-in, and sends the profile to the preview.

It stores nothing, neither a user nor a session.
"""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.plugins import (
    APIError,
    Callback,
    EndpointContext,
    Hook,
    OAuthErrorCode,
    OAuthFailedError,
    SocialProvider,
    exchange_callback,
    find_provider,
    validation,
)
from betterauth_py.plugins.oauth_proxy.addresses import production_origin
from betterauth_py.plugins.oauth_proxy.payload import payload_of
from betterauth_py.plugins.oauth_proxy.seals import Seals
from betterauth_py.plugins.tools import (
    get_origin,
    logger,
    parse_url,
    redirecting_failures,
    take_query_parameter,
    text_of,
    with_query_parameter,
)

Context = EndpointContext[Any, Any]

_PARAMETERS: Final = validation.Object(
    {name: validation.Optional(validation.String()) for name in ("code", "error", "user", "iss", "device_id")}
)
_COMPLETIONS: Final = ("/oauth-proxy?callbackURL", "/oauth-proxy-callback?callbackURL")


async def forward_profile(ctx: Context) -> None:
    """Answer the callback of a sign-in that a preview has begun; leave others to the endpoint."""
    given = _parameters(ctx)
    packed = given.get("state")
    seals = ctx.auth.services.get(Seals)
    package = seals.open("oauth-proxy-package", packed) if isinstance(packed, str) and packed else None
    if package is None:
        return
    state, sealed = text_of(package, "state"), text_of(package, "stateCookie")
    if package.get("isOAuthProxy") is not True or state is None or sealed is None:
        logger.warning("Invalid OAuth proxy state package")
        return
    try:
        query = validation.validate(_PARAMETERS, given, "query")
    except validation.ValidationError:
        return
    data = seals.open("oauth-proxy-state", sealed)
    if data is None:
        logger.error("The state in an OAuth proxy's package is encrypted under another secret")
        return
    with redirecting_failures(ctx, text_of(data, "errorURL")):
        location = await _forwarded(ctx, query, state, data)
    raise APIError.redirect(location)


async def _forwarded(ctx: Context, query: dict[str, str], state: str, data: dict[str, Any]) -> str:
    """Return the URL of the preview's completion, with the profile."""
    provider = find_provider(ctx, ctx.params["id"])
    callback_url = text_of(data, "callbackURL") or ""
    completion = parse_url(callback_url)
    if completion is None or not _is_usable(ctx, provider, state, data, str(completion.pathname)):
        raise OAuthFailedError(OAuthErrorCode.STATE_MISMATCH)
    if query.get("error"):
        raise OAuthFailedError(query["error"])
    if not query.get("code"):
        raise OAuthFailedError(OAuthErrorCode.NO_CODE)
    if provider is None:
        raise OAuthFailedError(OAuthErrorCode.PROVIDER_NOT_FOUND)
    callback = Callback.of(
        query, code_verifier=text_of(data, "codeVerifier"), id_token_nonce=text_of(data, "idTokenNonce")
    )
    identity = await exchange_callback(ctx, provider, callback)
    if not identity.user.email:
        raise OAuthFailedError(OAuthErrorCode.EMAIL_NOT_FOUND)
    _, final = take_query_parameter(callback_url, "callbackURL")
    payload = payload_of(ctx, provider, identity, {**data, "state": state, "callbackURL": final or callback_url})
    sealed = ctx.auth.services.get(Seals).seal_object("oauth-proxy-profile", payload)
    return with_query_parameter(callback_url, callback_url, "profile", sealed)


def _is_usable(ctx: Context, provider: SocialProvider | None, state: str, data: dict[str, Any], path: str) -> bool:
    """Return whether a state is the package's, is current, and was made for this provider.

    better-auth 1.7.25 compares the provider only at the preview, when the code has already been sent to it: one
    provider would get the code of another (RFC 9700, 4.4). A state of better-auth does not name its provider, but its
    URL does.
    """
    if data.get("oauthState", state) != state:
        return False
    expires_at = data.get("expiresAt")
    if isinstance(expires_at, int | float) and expires_at < ctx.auth.clock.milliseconds():
        return False
    if provider is None:
        return True
    bound = text_of(data, "oauthProvider")
    return bound == provider.id if bound else not _is_completion_of_another(path, provider.id)


def _is_completion_of_another(path: str, provider_id: str) -> bool:
    *_, callback, named, completion = ["", "", *path.split("/")]
    return callback == "callback" and completion == "oauth-proxy" and named != provider_id


async def lead_home(ctx: Context) -> None:
    """Spare a browser the completion at this same server: nothing is to be completed there.

    Raises:
        APIError: the redirect to where the completion would lead to.
    """
    location = ctx.response_headers.get("location") or ""
    if not location.startswith("http") or not any(part in location for part in _COMPLETIONS):
        return
    if get_origin(location) != production_origin(ctx):
        logger.warning("OAuth proxy: cross-origin callback reached after hook unexpectedly")
        return
    _, final = take_query_parameter(location, "callbackURL")
    # Whoever began the sign-in may have chosen the whole URL. better-auth 1.7.25 redirects anywhere.
    if final and await ctx.is_trusted_url(final):
        raise APIError.redirect(final)


def _parameters(ctx: Context) -> dict[str, Any]:
    """Return the callback's parameters, of the query before those of the body."""
    body, query = (part if isinstance(part, dict) else {} for part in (ctx.body, ctx.query))
    return {**body, **query}


BEFORE_CALLBACK: Final = Hook(paths=("/callback/:id",), handler=forward_profile)
AFTER_CALLBACK: Final = Hook(paths=("/callback/:id",), handler=lead_home)
