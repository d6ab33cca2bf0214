"""The session in the cookie cache: opening it, renewing its cookies, learning from it."""

from __future__ import annotations

from typing import Any

from betterauth_py.core.chunked_cookies import get_chunked_cookie
from betterauth_py.core.context import EndpointContext
from betterauth_py.core.output import session_reply
from betterauth_py.core.session_cookies import cookie_cache_version, set_cookie_cache
from betterauth_py.flows.stateless import find_as_cookies_say
from betterauth_py.store.hooks import Row
from betterauth_py.wire.cookie_cache import CachedSession, decode_cookie_cache, is_expired
from betterauth_py.wire.cookie_cache_reader import read_claims

Context = EndpointContext[Any, Any]


async def read_cached_session(ctx: Context, cached: str, token: str) -> Row | None:
    """Return the answer from the cached session, if that counts; without a database, prolong it when it is time."""
    payload = await open_cached_session(ctx, cached, token)
    if payload is None:
        return None
    auth, session, user = ctx.auth, payload.session, payload.user
    ctx.session, ctx.session_source = (session, user), "cache"
    refresh_age = auth.cookie_refresh_age
    if refresh_age is not None and payload.expires_at - auth.clock.milliseconds() < refresh_age:
        await _renew_cookies(ctx, session, user)
    return session_reply(auth.schema, session, user)


async def open_cached_session(ctx: Context, cached: str, token: str) -> CachedSession | None:
    """Return the cached session, if it is authentic, current and for this token."""
    auth = ctx.auth
    now = auth.clock.milliseconds()
    strategy = auth.options.session.cookie_cache.strategy
    signer = auth.cookie_cache_signer
    if signer is not None and strategy == "jwt":
        claims = await signer.verify(ctx, cached)
        payload = read_claims(claims, now) if claims is not None else None
    else:
        payload = decode_cookie_cache(strategy, cached, secrets=auth.secrets, now=now)
    if payload is None:
        return None
    session, user, version, expires_at, _ = payload
    if session["token"] != token or version != await cookie_cache_version(ctx, session, user):
        return None
    if expires_at < now or is_expired(session["expiresAt"], now):
        return None
    schema = auth.schema
    if schema.shows_nulls:
        return payload
    return payload._replace(session=schema.completed("session", session), user=schema.completed("user", user))


async def _renew_cookies(ctx: Context, session: Row, user: Row) -> None:
    """Set the session's cookies anew; the session itself lives no longer, as in better-auth 1.7.25."""
    cookies = ctx.auth.cookies
    await set_cookie_cache(ctx, session, user, remember=True)
    is_remembered = ctx.get_signed_cookie(cookies.dont_remember) is None
    max_age = ctx.options.session.effective_expires_in if is_remembered else None
    ctx.set_signed_cookie(cookies.session_token, session["token"], max_age=max_age)


async def learn_session(ctx: Context) -> tuple[Row, Row] | None:
    """Make sure that this process knows the session of the call; without a database another one may have begun it.

    Return the session and its user, as `find_as_cookies_say`; None with a database, or without an authentic cookie.
    """
    if not ctx.auth.is_stateless:
        return None
    token = ctx.get_signed_cookie(ctx.auth.cookies.session_token)
    cached = get_chunked_cookie(ctx, ctx.auth.cookies.session_data.name)
    known = await open_cached_session(ctx, cached, token) if token and cached else None
    return None if known is None else await find_as_cookies_say(ctx, known.session, known.user)
