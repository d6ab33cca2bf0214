"""Around requests of an app: its origin, and its cookies in the deep link that leads back to it."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import APIError, AuthContext, EndpointContext, Hook, Request
from betterauth_py.plugins.tools import parse_url, with_query_parameter

Context = EndpointContext[Any, Any]


async def take_expo_origin(request: Request, _: AuthContext) -> Request | None:
    """Take the header `expo-origin` as the origin of a request that has none: apps cannot set `origin`.

    Pages of other sites cannot abuse it: browsers send `Origin`, and ask before they send a header of this name.
    """
    origin = request.headers.get("expo-origin")
    return request.with_headers({"origin": origin}) if origin and not request.headers.get("origin") else None


async def give_cookies_to_app(ctx: Context) -> APIError | None:
    """Add the cookies of the answer to a redirect that leads to an app, whose browser keeps them from it."""
    location, cookies = ctx.response_headers.get("location"), ctx.response_headers.cookies
    if not location or not cookies or "/oauth-proxy-callback" in location:
        return None
    url = parse_url(location)
    if url is None or url.protocol in {"http:", "https:"}:
        return None
    if not await ctx.is_trusted_url(location, allow_relative_paths=False):
        return None
    return APIError.redirect(with_query_parameter(location, location, "cookie", ", ".join(cookies)))


GIVE_COOKIES_TO_APP = Hook(
    prefixes=("/callback", "/magic-link/verify", "/verify-email"), optional=True, handler=give_cookies_to_app
)
