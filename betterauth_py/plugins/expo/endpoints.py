"""`GET /expo-authorization-proxy`: gives the browser that an app opens the state that the app has begun with."""

from __future__ import annotations

from re import compile as compile_pattern
from typing import Any, Final
from urllib.parse import parse_qsl

from betterauth_py.plugins import APIError, EndpointContext, Reply, Security, endpoint, validation
from betterauth_py.plugins.tools import get_origin, parse_url

Context = EndpointContext[Any, dict[str, str]]

_OAUTH_STATE_LIFE: Final = 600
_STATE_LIFE: Final = 300
# A signature counts for any signed cookie of this server. A state has nothing that structures other cookies' values.
_STATE: Final = compile_pattern("[A-Za-z0-9._~+/=-]+")
_CONTROL: Final = compile_pattern("[\x00-\x1f\x7f]")


@endpoint(
    "/expo-authorization-proxy",
    methods=("GET",),
    security=Security.PUBLIC,
    operation_id="expoAuthorizationProxy",
    query=validation.Object(
        {
            "authorizationURL": validation.String("The provider's URL, from the answer to a sign-in"),
            "oauthState": validation.Optional(validation.String("The app's cookie with the state, if it has one")),
        }
    ),
    reply=Reply("Redirect to the provider", {}, status=302),
    shown_to_clients=False,
    tags=("Expo",),
)
async def expo_authorization_proxy(ctx: Context) -> None:
    """Set the state's cookie in the browser that an app has opened, and redirect to the provider."""
    url = ctx.query["authorizationURL"]
    state = _state_in(ctx, url)
    sealed = ctx.query.get("oauthState")
    if sealed:
        ctx.set_cookie(ctx.auth.make_cookie("oauth_state", _OAUTH_STATE_LIFE), sealed)
        raise APIError.redirect(url)
    if not state or not _STATE.fullmatch(state) or await ctx.auth.sessions.find_with_user(state) is not None:
        raise APIError(400, {"message": "Unexpected error"})
    cookie = ctx.auth.make_cookie("state", _STATE_LIFE)
    ctx.set_signed_cookie(cookie, state, max_age=cookie.attributes.max_age)
    raise APIError.redirect(url)


def _state_in(ctx: Context, text: str) -> str | None:
    """Return the state in an https URL of another server.

    Raises:
        APIError: 400 if it is none.
    """
    url = None if "#" in text or _CONTROL.search(text) else parse_url(text)
    if url is None or url.protocol != "https:" or url.origin == get_origin(ctx.base_url):
        raise APIError(400, {"message": "Invalid authorizationURL"})
    return next((value for name, value in parse_qsl(str(url.search)[1:]) if name == "state"), None)
