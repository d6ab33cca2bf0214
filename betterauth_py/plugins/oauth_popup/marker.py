"""The cookie that says whose popup this browser's sign-in goes on in."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from betterauth_py.plugins import EndpointContext
from betterauth_py.plugins.tools import InvalidJSONError, parse, stringify_plainly

Context = EndpointContext[Any, Any]

_COOKIE: Final = "oauth_popup"
_LIFE: Final = 600


class Marker(NamedTuple):
    """The page that has opened a popup."""

    popup_origin: str
    popup_nonce: str
    """What the page recognizes the answer by."""


def set_marker(ctx: Context, marker: Marker) -> None:
    """Let the callback of this browser answer the popup's opener."""
    text = stringify_plainly({"popupOrigin": marker.popup_origin, "popupNonce": marker.popup_nonce}).decode()
    ctx.set_signed_cookie(ctx.auth.make_cookie(_COOKIE, _LIFE), text, max_age=_LIFE)


async def take_marker(ctx: Context) -> Marker | None:
    """Return whom to answer, once; None if there is no popup, or its opener is not trusted any more."""
    cookie = ctx.auth.make_cookie(_COOKIE, None)
    text = ctx.get_signed_cookie(cookie)
    if text is None:
        return None
    ctx.expire_cookie(cookie)
    try:
        data = parse(text.encode("utf-8", "replace"))
    except InvalidJSONError:
        return None
    # Any cookie of this server has a good signature: its value must be of the right form.
    given = data if isinstance(data, dict) else {}
    origin, nonce = given.get("popupOrigin"), given.get("popupNonce", "")
    if not isinstance(origin, str) or not isinstance(nonce, str):
        return None
    return Marker(origin, nonce) if await ctx.is_trusted_url(origin, allow_relative_paths=False) else None
