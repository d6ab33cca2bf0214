"""`GET /oauth-popup/start`: the URL that a popup opens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from betterauth_py.plugins import (
    APIError,
    BaseErrorCodes,
    EndpointContext,
    Reply,
    Response,
    Security,
    authorization_url,
    begin_oauth,
    endpoint,
    find_provider,
    validation,
)
from betterauth_py.plugins.oauth_popup.marker import Marker, set_marker
from betterauth_py.plugins.oauth_popup.page import completion_page
from betterauth_py.plugins.tools import InvalidJSONError, logger, parse

Context = EndpointContext[Any, dict[str, str]]

_REDIRECTS: Final = (
    ("callbackURL", "invalid_callback_url"),
    ("errorCallbackURL", "invalid_error_callback_url"),
    ("newUserCallbackURL", "invalid_new_user_callback_url"),
)


@endpoint(
    "/oauth-popup/start",
    methods=("GET",),
    security=Security.PUBLIC,
    operation_id="oauthPopupStart",
    query=validation.Object(
        {
            "provider": validation.String("The provider's id"),
            "popupOrigin": validation.String("The origin of the page that opens the popup; it must be trusted"),
            "popupNonce": validation.Optional(validation.String("What the page recognizes the answer by")),
            "callbackURL": validation.Optional(validation.String("Told to the page as `redirectTo`")),
            "errorCallbackURL": validation.Optional(validation.String("Where errors lead to without a popup")),
            "newUserCallbackURL": validation.Optional(validation.String("`redirectTo` of a new user")),
            "scopes": validation.Optional(validation.String("Scopes to request, separated by commas")),
            "requestSignUp": validation.Optional(validation.String('"true" to sign up explicitly')),
            "additionalData": validation.Optional(validation.String("JSON to keep in the state")),
        }
    ),
    errors=((403, BaseErrorCodes.INVALID_ORIGIN),),
    reply=Reply("A page that posts an error to the opener", {"type": "string"}, media_type="text/html"),
    shown_to_clients=False,
    tags=("OAuth popup",),
)
async def oauth_popup_start(ctx: Context) -> Response:
    """Redirect a popup to the provider; its callback posts the outcome to the page that has opened it."""
    query = ctx.query
    marker = Marker(query["popupOrigin"], query.get("popupNonce", ""))
    if not await ctx.is_trusted_url(marker.popup_origin, allow_relative_paths=False):
        logger.error("The origin of a popup is not trusted. If it is right, add it to trusted_origins.")
        raise APIError.of(403, BaseErrorCodes.INVALID_ORIGIN)
    for name, code in _REDIRECTS:
        url = query.get(name)
        if url and not await ctx.is_trusted_url(url):
            logger.error("Invalid %s. If it is right, add its origin to trusted_origins.", name)
            return _failure(marker, code, f"Untrusted URL: {url}")
    provider = find_provider(ctx, query["provider"])
    if provider is None:
        return _failure(marker, "provider_not_found", f"Unknown provider: {query['provider']}")
    try:
        begun = await begin_oauth(
            ctx,
            provider,
            callback_url=query.get("callbackURL") or ctx.base_url,
            error_url=query.get("errorCallbackURL"),
            new_user_url=query.get("newUserCallbackURL"),
            request_sign_up=True if query.get("requestSignUp") == "true" else None,
            additional_data=_additional_data(query.get("additionalData")),
        )
        set_marker(ctx, marker)
        scopes = query["scopes"].split(",") if query.get("scopes") else None
        url = await authorization_url(ctx, provider, begun, {"scopes": scopes})
    except Exception:
        logger.exception("A sign-in in a popup could not begin")
        return _failure(marker, "popup_sign_in_failed", "Failed to start the OAuth flow.")
    raise APIError.redirect(url)


def _failure(marker: Marker, code: str, description: str) -> Response:
    error = {"code": code, "description": description}
    return completion_page(marker.popup_origin, {"nonce": marker.popup_nonce, "error": error})


def _additional_data(text: str | None) -> Mapping[str, Any]:
    """Return the client's additional data for the state; anything but an object is ignored."""
    try:
        data = parse((text or "").encode("utf-8", "replace"))
    except InvalidJSONError:
        return {}
    return data if isinstance(data, dict) else {}
