"""`GET` and `POST /callback/:id`: where providers redirect the browser."""

from __future__ import annotations

from typing import Any, Never

from betterauth_py.core.context import EndpointContext
from betterauth_py.core.endpoint import FORM_OR_JSON, Reply, endpoint
from betterauth_py.core.origin import at_application
from betterauth_py.flows.oauth.begin import authorization_url
from betterauth_py.flows.oauth.errors import OAuthErrorCode, OAuthFailedError, error_redirect, redirecting_failures
from betterauth_py.flows.oauth.finishing import finish_oauth
from betterauth_py.flows.oauth.identity import Callback, exchange_callback, find_provider, refuses_sign_up
from betterauth_py.flows.oauth.state import State, begin_oauth, complete_oauth
from betterauth_py.flows.security import Security
from betterauth_py.javascript.values import encode_uri_component
from betterauth_py.oauth.social_provider import SocialProvider
from betterauth_py.urls.queries import encode_query
from betterauth_py.wire.errors import APIError
from betterauth_py.wire.validation import Object, Optional, String

Context = EndpointContext[Any, Any]

_PARAMETERS = Object(
    {name: Optional(String()) for name in ("code", "error", "device_id", "error_description", "state", "user", "iss")}
)


@endpoint(
    "/callback/:id",
    methods=("GET", "POST"),
    security=Security.PUBLIC,
    operation_id="handleOAuthCallback",
    query=Optional(_PARAMETERS),
    body=Optional(_PARAMETERS),
    media_types=FORM_OR_JSON,
    shown_to_clients=False,
    reply=Reply("Redirect to the application or the error page", {"type": "object"}, status=302),
)
async def callback_o_auth(ctx: Context) -> Never:
    """Finish signing in with a provider or linking its account, and redirect to the callback URL."""
    provider_id = ctx.params["id"]
    if ctx.method == "POST":
        # The browser comes from the provider's page, so its strict cookies are missing. As a GET it has them.
        given = {**(ctx.body or {}), **(ctx.query or {})}
        merged = {name: given[name] for name in _PARAMETERS.fields if name in given}
        raise APIError.redirect(f"{ctx.base_url}/callback/{encode_uri_component(provider_id)}?{encode_query(merged)}")
    query: dict[str, str] = ctx.query or {}
    provider = find_provider(ctx, provider_id)
    if "state" not in query and query.get("code") and provider is not None and provider.provider.allow_idp_initiated:
        # The provider initiated this. Its code proves nothing about this browser, so authorization starts again.
        raise APIError.redirect(await authorization_url(ctx, provider, await begin_oauth(ctx, provider)))
    if not query.get("state"):
        raise error_redirect(ctx, None, OAuthErrorCode.STATE_NOT_FOUND)
    state = await complete_oauth(ctx, query["state"], provider_id if provider is not None else None)
    with redirecting_failures(ctx, state.error_url):
        location = await _finish(ctx, provider, query, state)
    raise APIError.redirect(at_application(ctx, location))


async def _finish(ctx: Context, provider: SocialProvider | None, query: dict[str, str], state: State) -> str:
    """Return the URL to redirect to on success."""
    if query.get("error"):
        raise OAuthFailedError(query["error"], query.get("error_description"))
    if not query.get("code"):
        raise OAuthFailedError(OAuthErrorCode.NO_CODE)
    if provider is None:
        raise OAuthFailedError(OAuthErrorCode.PROVIDER_NOT_FOUND)
    callback = Callback.of(query, code_verifier=state.code_verifier, id_token_nonce=state.id_token_nonce)
    identity = await exchange_callback(ctx, provider, callback)
    return await finish_oauth(
        ctx,
        identity,
        state.link,
        callback_url=state.callback_url,
        new_user_url=state.new_user_url,
        disable_sign_up=refuses_sign_up(provider, requested=state.request_sign_up),
        override_user_info=provider.options.override_user_info_on_sign_in,
    )
