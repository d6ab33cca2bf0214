"""Where this server and production are, as better-auth 1.7.25 finds out."""

from __future__ import annotations

from os import environ
from typing import Any, Final

from betterauth_py.plugins import EndpointContext
from betterauth_py.plugins.oauth_proxy.options import OAuthProxyOptions
from betterauth_py.plugins.tools import get_origin

Context = EndpointContext[Any, Any]

_SKIPS: Final = "x-skip-oauth-proxy"
_HOSTS: Final = (
    "NETLIFY_URL", "RENDER_URL", "AWS_LAMBDA_FUNCTION_NAME", "GOOGLE_CLOUD_FUNCTION_NAME", "AZURE_FUNCTION_NAME",
)  # fmt: skip


def needs_proxy(ctx: Context) -> bool:
    """Return whether a sign-in goes through production: this server is not production, and no header opts out."""
    request, options = ctx.request, ctx.auth.services.get(OAuthProxyOptions)
    if request is not None and request.headers.value(_SKIPS):
        return False
    production = options.production_url or environ.get("BETTER_AUTH_URL") or ctx.base_url
    current = options.current_url or (request.url if request is not None else None) or _hosted_at()
    return not current or get_origin(production) != get_origin(current)


async def current_origin(ctx: Context) -> str:
    """Return this server's origin, to which production sends the profile.

    A stranger chooses the request's host, so that it counts only if it is a trusted origin.
    """
    options = ctx.auth.services.get(OAuthProxyOptions)
    if options.current_url:
        return get_origin(options.current_url) or ""
    requested = get_origin(ctx.request.url) if ctx.request is not None else None
    if requested and await ctx.is_trusted_url(requested):
        return requested
    return get_origin(_hosted_at() or "") or get_origin(ctx.base_url) or ""


def production_origin(ctx: Context) -> str | None:
    """Return production's origin."""
    return get_origin(ctx.auth.services.get(OAuthProxyOptions).production_url or ctx.base_url)


def _hosted_at() -> str | None:
    """Return what the host of this process says of its URL; some say something else, which is no URL."""
    vercel = environ.get("VERCEL_URL")
    if vercel:
        return f"https://{vercel}"
    return next((value for name in _HOSTS if (value := environ.get(name))), None)
