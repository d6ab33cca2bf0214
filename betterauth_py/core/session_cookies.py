"""Sets, reads and expires the cookies of a session."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from betterauth_py.awaiting import resolve
from betterauth_py.core.account_cookie import expire_account_cookie, refresh_account_cookie
from betterauth_py.core.chunked_cookies import LARGEST_COOKIE, MOST_CHUNKS, chunked, expire_stored_chunks, set_chunks
from betterauth_py.core.output import without_hidden_fields
from betterauth_py.options.session import CACHE_LIFE
from betterauth_py.wire.cookie_cache import encode_cookie_cache

if TYPE_CHECKING:
    from betterauth_py.core.context import EndpointContext

    Context = EndpointContext[Any, Any]

Row = dict[str, Any]

logger = logging.getLogger("betterauth")


async def set_session_cookie(ctx: Context, session: Row, user: Row, *, remember: bool | None = None) -> None:
    """Set the session's cookies; without `remember` they last until the browser closes (None: unchanged).

    A remembered session clears an earlier `dont_remember`, as better-auth 1.7.25 does.
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
    """Set `session_data`, if the cookie cache is on."""
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
            value = await signer.sign(ctx, payload, attributes.max_age or CACHE_LIFE)
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
        chunks = chunked(cookie.name, value, attributes)
    if not chunks:
        _warn_of_size(ctx)
    set_chunks(ctx, cookie.name, chunks, attributes)
    if ctx.options.account.store_account_cookie:
        refresh_account_cookie(ctx, session["userId"])


def _warn_of_size(ctx: Context) -> None:
    """Log that a session is not cached, as better-auth 1.7.25 does; once a minute, because every read comes here."""
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


def delete_session_cookie(ctx: Context, *, keep_dont_remember: bool = False) -> None:
    """Expire all cookies of the session; `keep_dont_remember` for one that is to follow, of the same sign-in."""
    cookies = ctx.auth.cookies
    ctx.expire_cookie(cookies.session_token)
    ctx.expire_cookie(cookies.session_data)
    if ctx.options.account.store_account_cookie:
        expire_account_cookie(ctx)
    if ctx.options.account.store_state_strategy == "cookie":
        ctx.expire_cookie(ctx.auth.make_cookie("oauth_state", None))
    expire_stored_chunks(ctx, cookies.session_data)
    if not keep_dont_remember:
        ctx.expire_cookie(cookies.dont_remember)


def _outgrows_cookies(row: Row) -> bool:
    """Return early whether no chunks could hold the row: encoding megabytes, such as an image, takes long."""
    return any(isinstance(value, str) and len(value) > LARGEST_COOKIE * MOST_CHUNKS for value in row.values())
