"""The cookie that marks this browser's sign-in as running in a popup, and names the page that opened it."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from betterauth_py.plugins import EndpointContext
from betterauth_py.plugins.tools import InvalidJSONError, parse, stringify_plainly

Context = EndpointContext[Any, Any]

_COOKIE: Final = "oauth_popup"
_LIFE: Final = 600


class Marker(NamedTuple):
    """The page that opened a popup."""

    popup_origin: str
    popup_nonce: str
    """The value by which the page recognizes the answer."""


def set_marker(ctx: Context, marker: Marker) -> None:
    """Set the cookie that lets this browser's callback answer the popup's opener."""
    text = stringify_plainly({"popupOrigin": marker.popup_origin, "popupNonce": marker.popup_nonce}).decode()
    ctx.set_signed_cookie(ctx.auth.make_cookie(_COOKIE, _LIFE), text, max_age=_LIFE)


async def take_marker(ctx: Context) -> Marker | None:
    """Return the opener to answer, and clear the cookie; None without a popup, or if the opener is not trusted now."""
    cookie = ctx.auth.make_cookie(_COOKIE, None)
    text = ctx.get_signed_cookie(cookie)
    if text is None:
        return None
    ctx.expire_cookie(cookie)
    try:
        data = parse(text.encode("utf-8", "replace"))
    except InvalidJSONError:
        return None
    # Every signed cookie of this server has a valid signature, so the value must have the right format too.
    given = data if isinstance(data, dict) else {}
    origin, nonce = given.get("popupOrigin"), given.get("popupNonce", "")
    if not isinstance(origin, str) or not isinstance(nonce, str):
        return None
    return Marker(origin, nonce) if await ctx.is_trusted_url(origin, allow_relative_paths=False) else None
