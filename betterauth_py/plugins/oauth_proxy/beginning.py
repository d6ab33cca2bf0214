"""A sign-in or link that begins at a preview: it names production's redirect URL, and takes its state along."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.plugins import EndpointContext, Hook, oauth_state
from betterauth_py.plugins.oauth_proxy.addresses import current_origin, needs_proxy
from betterauth_py.plugins.oauth_proxy.options import OAuthProxyOptions
from betterauth_py.plugins.oauth_proxy.seals import Seals
from betterauth_py.plugins.tools import (
    encode_uri_component,
    logger,
    parse_url,
    stringify,
    take_query_parameter,
    to_text,
    with_query_parameter,
)

Context = EndpointContext[Any, Any]

_PATHS: Final = ("/sign-in/social", "/link-social")


async def redirect_to_production(ctx: Context) -> None:
    """Have the provider send the browser to production, and production send it to this server's completion."""
    body = ctx.body if isinstance(ctx.body, dict) else {}
    provider_id = body.get("provider")
    if not provider_id or not needs_proxy(ctx):
        return
    final = body.get("callbackURL") or ctx.base_url
    production_url = ctx.auth.services.get(OAuthProxyOptions).production_url
    origin = await current_origin(ctx)
    if production_url:
        ctx.base_url = f"{production_url.rstrip('/')}{ctx.auth.base_path}"
    completion = f"{origin}{ctx.auth.base_path}/callback/{to_text(provider_id)}/oauth-proxy"
    ctx.body = {**body, "callbackURL": f"{completion}?callbackURL={encode_uri_component(to_text(final))}"}


async def pack_state(ctx: Context) -> Any:
    """Replace the state in the provider's URL by one that production can read."""
    returned, data = ctx.returned, oauth_state(ctx)
    url = returned.get("url") if isinstance(returned, dict) else None
    if not isinstance(url, str) or not url or not needs_proxy(ctx):
        return None
    state = take_query_parameter(url, "state")[1] if parse_url(url) else None
    if not state:
        return None
    if data is None:
        logger.warning("No OAuth state found for proxy")
        return None
    seals = ctx.auth.services.get(Seals)
    text = stringify({**data, "oauthState": state}).decode()
    package = {"state": state, "stateCookie": seals.seal("oauth-proxy-state", text), "isOAuthProxy": True}
    packed = seals.seal_object("oauth-proxy-package", package)
    return {**returned, "url": with_query_parameter(url, url, "state", packed)}


BEFORE_BEGINNING: Final = Hook(paths=_PATHS, handler=redirect_to_production)
AFTER_BEGINNING: Final = Hook(paths=_PATHS, handler=pack_state)
