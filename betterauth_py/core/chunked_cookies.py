"""Cookies that are too large for one, in numbered chunks, as better-auth 1.7.25 writes and reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from betterauth_py.wire.chunks import chunk_index, join_chunks
from betterauth_py.wire.cookies import Cookie, CookieAttributes, set_cookie

if TYPE_CHECKING:
    from betterauth_py.core.context import EndpointContext

    Context = EndpointContext[Any, Any]

# Safari refuses cookies from 4093 bytes on; upstream stays a little below.
LARGEST_COOKIE: Final = 4050
MOST_CHUNKS: Final = 100


def expire_stored_chunks(ctx: Context, cookie: Cookie) -> None:
    """Expire the cookie and each of its chunks that the browser has."""
    for name in _stored_chunks(ctx, cookie.name):
        ctx.set_cookie(Cookie(name, cookie.attributes.with_max_age(0)), "")


def get_chunked_cookie(ctx: Context, name: str) -> str | None:
    """Return a cookie's value, put together from its chunks if it has any."""
    if name not in (ctx.headers.value("cookie") or ""):
        return None
    whole = ctx.get_cookie(name)
    if whole:
        return whole
    return join_chunks(name, ctx.strict_cookies())


def set_chunks(ctx: Context, name: str, chunks: dict[str, str], attributes: CookieAttributes) -> None:
    """Set the chunks of the cookie `name`; those that the browser has besides are expired."""
    for part_name, part in {**dict.fromkeys(_stored_chunks(ctx, name), ""), **chunks}.items():
        part_attributes = attributes if part_name in chunks else attributes.with_max_age(0)
        ctx.response_headers.add_cookie(set_cookie(part_name, part, part_attributes))


def _stored_chunks(ctx: Context, name: str) -> list[str]:
    if name not in (ctx.headers.value("cookie") or ""):
        return []
    return [stored for stored in ctx.strict_cookies() if stored == name or chunk_index(name, stored) is not None]


def chunked(name: str, value: str, attributes: CookieAttributes) -> dict[str, str]:
    """Split a value so that no cookie is too large; a value that needs too many chunks is not stored at all."""
    room = LARGEST_COOKIE - len(set_cookie(f"{name}.{MOST_CHUNKS - 1}", "", attributes))
    if len(value) <= room:
        return {name: value}
    parts = [value[start : start + room] for start in range(0, len(value), room)] if room > 0 else []
    if not parts or len(parts) > MOST_CHUNKS:
        return {}
    return {f"{name}.{index}": part for index, part in enumerate(parts)}
