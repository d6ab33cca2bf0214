"""Sets, reads and takes back the cookies of a session."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from betterauth_py.awaiting import resolve
from betterauth_py.core.output import without_hidden_fields
from betterauth_py.wire.chunks import chunk_index, join_chunks
from betterauth_py.wire.cookie_cache import encode_cookie_cache
from betterauth_py.wire.cookies import Cookie, CookieAttributes, set_cookie

if TYPE_CHECKING:
    from betterauth_py.core.context import EndpointContext

    Context = EndpointContext[Any, Any]

Row = dict[str, Any]

# Safari refuses cookies from 4093 bytes on; upstream stays a little below.
_LARGEST_COOKIE: Final = 4050
_MOST_CHUNKS: Final = 100
logger = logging.getLogger("betterauth")


async def set_session_cookie(ctx: Context, session: Row, user: Row, *, remember: bool | None = None) -> None:
    """Set the session's cookies; without `remember` they end with the browser session (None: as they do now).

    A session that is to be remembered ends an earlier one's marker, as better-auth 1.7.25 does.
    """
    cookies = ctx.auth.cookies
    is_marked = ctx.get_signed_cookie(cookies.dont_remember) is not None
    if remember is None:
        remember = not is_marked
    max_age = ctx.options.session.effective_expires_in
    ctx.set_signed_cookie(cookies.session_token, session["token"], max_age=max_age if remember else None)
    if not remember:
        ctx.set_signed_cookie(cookies.dont_remember, "true", max_age=cookies.dont_remember.attributes.max_age)
    elif is_marked:
        ctx.expire_cookie(cookies.dont_remember)
    await set_cookie_cache(ctx, session, user, remember=remember)
    ctx.new_session = (session, user)


async def set_cookie_cache(ctx: Context, session: Row, user: Row, *, remember: bool) -> None:
    """Set `session_data`, where the cookie cache is on."""
    options = ctx.options.session.cookie_cache
    if not options.enabled:
        return
    cookie = ctx.auth.cookies.session_data
    attributes = cookie.attributes if remember else cookie.attributes.with_max_age(None)
    shown_session = without_hidden_fields(ctx.auth.schema, "session", session)
    shown_user = without_hidden_fields(ctx.auth.schema, "user", user)
    chunks: dict[str, str] = {}
    if not _outgrows_cookies(shown_session) and not _outgrows_cookies(shown_user):
        version, now = await cookie_cache_version(ctx, session, user), ctx.auth.clock.milliseconds()
        signer = ctx.auth.cookie_cache_signer
        if signer is not None and options.strategy == "jwt":
            payload = {"session": shown_session, "user": shown_user, "updatedAt": now, "version": version}
            value = await signer.sign(ctx, payload, attributes.max_age or options.effective_max_age)
        else:
            value = encode_cookie_cache(
                options.strategy,
                shown_session,
                shown_user,
                version=version,
                secrets=ctx.auth.secrets,
                max_age=attributes.max_age,
                now=now,
            )
        chunks = _chunked(cookie.name, value, attributes)
    if not chunks:
        _warn_of_size(ctx)
    expired = dict.fromkeys(_stored_chunks(ctx, cookie.name), "")
    for name, part in {**expired, **chunks}.items():
        part_attributes = attributes if name in chunks else attributes.with_max_age(0)
        ctx.response_headers.add_cookie(set_cookie(name, part, part_attributes))


def _warn_of_size(ctx: Context) -> None:
    """Log that a session is not cached, as better-auth 1.7.25 does; once a minute, since every reading comes here."""
    name = ctx.auth.cookies.session_data.name
    if ctx.auth.cookies.size_warnings.allows(name):
        logger.warning(
            "The cookie %s is too large to be set, even in chunks, so the session is not cached. "
            "Store less on the user and the session, or hide fields with `returned = false`.",
            name,
        )


async def cookie_cache_version(ctx: Context, session: Row, user: Row) -> str:
    """Return the version that cached sessions must have."""
    version = ctx.options.session.cookie_cache.version
    if not version:
        return "1"
    if isinstance(version, str):
        return version
    resolved: str = await resolve(version(session, user))
    return resolved


def delete_session_cookie(ctx: Context) -> None:
    """Take back every cookie of the session."""
    cookies = ctx.auth.cookies
    ctx.expire_cookie(cookies.session_token)
    ctx.expire_cookie(cookies.session_data)
    expire_stored_chunks(ctx, cookies.session_data)
    ctx.expire_cookie(cookies.dont_remember)


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


def _stored_chunks(ctx: Context, name: str) -> list[str]:
    if name not in (ctx.headers.value("cookie") or ""):
        return []
    return [stored for stored in ctx.strict_cookies() if stored == name or chunk_index(name, stored) is not None]


def _outgrows_cookies(row: Row) -> bool:
    """Tell at once that no chunks could hold the row: encoding megabytes, such as an image, takes long."""
    return any(isinstance(value, str) and len(value) > _LARGEST_COOKIE * _MOST_CHUNKS for value in row.values())


def _chunked(name: str, value: str, attributes: CookieAttributes) -> dict[str, str]:
    """Split a value so that no cookie is too large; a value that needs too many chunks is not stored at all."""
    room = _LARGEST_COOKIE - len(set_cookie(f"{name}.{_MOST_CHUNKS - 1}", "", attributes))
    if len(value) <= room:
        return {name: value}
    parts = [value[start : start + room] for start in range(0, len(value), room)] if room > 0 else []
    if not parts or len(parts) > _MOST_CHUNKS:
        return {}
    return {f"{name}.{index}": part for index, part in enumerate(parts)}
