"""Starting, reading and prolonging sessions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from betterauth_py.core.auth_context import AuthContext
from betterauth_py.core.caller import Caller
from betterauth_py.core.chunked_cookies import expire_stored_chunks, get_chunked_cookie
from betterauth_py.core.context import EndpointContext
from betterauth_py.core.output import session_reply
from betterauth_py.core.session_cookies import (
    delete_session_cookie,
    set_cookie_cache,
    set_session_cookie,
)
from betterauth_py.crypto.random import generate_id
from betterauth_py.flows.cached_session import learn_session, read_cached_session
from betterauth_py.flows.input import additional_defaults
from betterauth_py.flows.stateless import find_as_cookies_say, know_user
from betterauth_py.javascript.dates import to_milliseconds
from betterauth_py.options.session import FORGOTTEN_LIFE
from betterauth_py.store.hooks import Row
from betterauth_py.store.inserts import Holding
from betterauth_py.wire.cookie_cache import is_expired
from betterauth_py.wire.errors import UNAUTHORIZED, APIError, BaseErrorCodes

Context = EndpointContext[Any, Any]

_LONGEST_USER_AGENT = 4_096


class SessionEndedError(Exception):
    """The session of the request has ended in the meantime."""


@dataclass(frozen=True, slots=True)
class SessionClient:
    """The client of a session, as its row stores it: IP address and user agent."""

    ip_address: str = ""
    user_agent: str = ""


NOBODY = SessionClient()
"""The client of a session that is created without a request."""


def client_of(caller: Caller) -> SessionClient:
    """Return the client of a call."""
    user_agent = (caller.headers.value("user-agent") or "")[:_LONGEST_USER_AGENT]
    return SessionClient(caller.client_ip() or "", user_agent)


async def create_session(
    auth: AuthContext,
    user_id: str,
    *,
    client: SessionClient = NOBODY,
    remember: bool = True,
    fields: Row | None = None,
    holding: Holding | None = None,
) -> Row | None:
    """Store a new session of the user; None if a hook refuses it.

    Args:
        auth: the auth.
        user_id: the user of the session.
        client: the client: `client_of(ctx)` for a request.
        remember: whether it lives for `session.expires_in`; if not, it lives one day.
        fields: further columns, such as a plugin's, or values that replace the defaults, such as `expiresAt`.
        holding: what must hold in the same moment, such as the account that the user has signed in with.

    Raises:
        NotHeldError: if `holding` does not hold.
        NotStoredError: if the database refuses it, for example because the user is gone.
    """
    now = auth.now()
    life = auth.options.session.effective_expires_in if remember else FORGOTTEN_LIFE
    return await auth.sessions.create(
        {
            "id": auth.generate_id("session"),
            "ipAddress": client.ip_address,
            "userAgent": client.user_agent,
            **(fields or {}),  # Their place in answers, as upstream; their values count at the end.
            "expiresAt": now + timedelta(seconds=life),
            "userId": user_id,
            "token": generate_id(32),
            "createdAt": now,
            "updatedAt": now,
            **additional_defaults(auth.schema, "session"),
            **(fields or {}),
        },
        holding,
    )


async def read_session(
    ctx: Context,
    *,
    disable_cookie_cache: bool = False,
    disable_refresh: bool = False,
    may_write: bool = True,
    fresh: bool = False,
) -> Row | None:
    """Return the answer of `/get-session`: the session and its user, or None. Sets and clears cookies.

    `fresh` bypasses this process's memory cache, `disable_cookie_cache` bypasses that and the cookie cache; without a
    database, it still tells this process of sessions that it does not know. With deferred refresh and without
    `may_write`, nothing is written and `needsRefresh` says whether a refresh is due.

    Raises:
        APIError: 401 if the session vanishes while it is prolonged.
    """
    cookies = ctx.auth.cookies
    cache_enabled = ctx.options.session.cookie_cache.enabled
    token = ctx.get_signed_cookie(cookies.session_token)
    if not token and cache_enabled:
        return None
    cached = get_chunked_cookie(ctx, cookies.session_data.name)
    if cached and not cache_enabled:
        expire_stored_chunks(ctx, cookies.session_data)
    if not token:
        return None
    if cached and cache_enabled and not disable_cookie_cache:
        reply = await read_cached_session(ctx, cached, token)
        if reply is not None:
            return reply
        ctx.expire_cookie(cookies.session_data)
    found = await learn_session(ctx) if disable_cookie_cache else None
    if found is None:
        found = await ctx.auth.sessions.find_with_user(token, fresh=fresh or disable_cookie_cache)
    return await _read_stored(ctx, token, found, disable_refresh=disable_refresh, may_write=may_write)


async def _read_stored(
    ctx: Context, token: str, found: tuple[Row, Row] | None, *, disable_refresh: bool, may_write: bool
) -> Row | None:
    auth, options = ctx.auth, ctx.options.session
    remembered = ctx.get_signed_cookie(auth.cookies.dont_remember) is None
    deferred = options.defer_session_refresh and not may_write
    now = auth.clock.milliseconds()
    if found is None or is_expired(found[0]["expiresAt"], now):
        ctx.session = None
        delete_session_cookie(ctx)
        if found is not None and not deferred:
            await auth.sessions.delete(token)
        return None
    ctx.session = session, user = found
    ctx.session_source = "store"
    if not remembered or disable_refresh:
        return session_reply(auth.schema, session, user)
    life = options.effective_expires_in
    is_due = to_milliseconds(session["expiresAt"]) - life * 1000 + options.update_age * 1000 <= now
    # An impersonation ends when it was to end; better-auth 1.7.25 prolongs it once the client drops `dont_remember`.
    needs_refresh = is_due and not options.disable_session_refresh and not session.get("impersonatedBy")
    if deferred:
        await set_cookie_cache(ctx, session, user, remember=True)
        return session_reply(auth.schema, session, user, needsRefresh=needs_refresh)
    if needs_refresh:
        session = await _prolong(ctx, token, user, life)
    else:
        await set_cookie_cache(ctx, session, user, remember=True)
    return session_reply(auth.schema, session, user)


async def _prolong(ctx: Context, token: str, user: Row, life: int) -> Row:
    now = ctx.auth.now()
    session = await ctx.auth.sessions.update(token, {"expiresAt": now + timedelta(seconds=life), "updatedAt": now})
    if session is None:
        # Signed out elsewhere in the meantime.
        delete_session_cookie(ctx)
        raise APIError.of(401, BaseErrorCodes.FAILED_TO_GET_SESSION)
    ctx.session = (session, user)
    await set_session_cookie(ctx, session, user, remember=True)
    return session


async def find_session(
    ctx: Context, *, disable_cookie_cache: bool = False, disable_refresh: bool = False
) -> tuple[Row, Row] | None:
    """Return the stored session and user of the call, or None; reads them once.

    Use this before writing, signing or showing more than the cookie cache holds, so that an ended session cannot live
    on in its cache. If the cache is right, the cookies stay as in better-auth 1.7.25, which trusts the cache.
    """
    if ctx.session is None:
        # The validated query: an endpoint with its own query schema knows no other parameters.
        query = ctx.query if isinstance(ctx.query, dict) else {}
        try:
            await read_session(
                ctx,
                # Without a database the cookie is the session, and no cache of it.
                disable_cookie_cache=(disable_cookie_cache and not ctx.auth.is_stateless)
                or bool(query.get("disableCookieCache")),
                disable_refresh=disable_refresh or bool(query.get("disableRefresh")),
                # Treated as a GET: with deferred refresh, only POST /get-session writes.
                may_write=False,
                fresh=True,
            )
        except APIError:
            ctx.session = None
    if ctx.session is not None and ctx.session_source == "cache":
        await _confirm_session(ctx, *ctx.session)
    elif ctx.session is not None and ctx.session_source == "store":
        await know_user(ctx, ctx.session[1])
    return ctx.session


def stored_token(ctx: Context) -> str | None:
    """Return the token of the call's session; None if a hook has set the session, which then is not stored."""
    return signed_in(ctx)[0]["token"] if ctx.session_source == "store" else None


async def require_living_session(auth: AuthContext, token: str | None) -> None:
    """Require that a session has not ended, bypassing all caches; None passes, because there is no session to check.

    Raises:
        SessionEndedError: if it has.
    """
    if token is None:
        return
    found = await auth.sessions.find_with_user(token, fresh=True)
    if found is None or is_expired(found[0]["expiresAt"], auth.clock.milliseconds()):
        raise SessionEndedError


def end_session_of_call(ctx: Context) -> APIError:
    """Clear the cookies of a session that has ended meanwhile; return the 401 to raise."""
    ctx.session = None
    delete_session_cookie(ctx)
    return APIError.of(401, UNAUTHORIZED)


async def require_session(ctx: Context) -> None:
    """Look up the session of the call once more.

    Raises:
        APIError: 401 if it has ended; its cookies are cleared.
    """
    if ctx.session_source != "hook":
        await _confirm_session(ctx, *signed_in(ctx))
        signed_in(ctx)


@asynccontextmanager
async def while_signed_in(ctx: Context) -> AsyncIterator[None]:
    """Store what gives access later, such as a passkey, only while the call's session lives: a transaction, or a 401.

    It locks the user, as a takeover does: what is stored before that is revoked by it, and nothing is stored after it.
    """
    async with ctx.auth.database.transaction():
        await ctx.auth.users.lock(signed_in(ctx)[1]["id"])
        await require_session(ctx)
        yield


async def _confirm_session(ctx: Context, session: Row, user: Row) -> None:
    """Replace the call's session by the stored one; if it has ended, by none, and clear its cookies."""
    found: tuple[Row, Row] | None
    if ctx.auth.is_stateless:
        found = await find_as_cookies_say(ctx, session, user)
        if found[0] is session:
            # It could not be stored here; the cookie is all there is.
            return
    else:
        found = await ctx.auth.sessions.find_with_user(session["token"], fresh=True)
    ctx.session, ctx.session_source = None, "store"
    if found is None or is_expired(found[0]["expiresAt"], ctx.auth.clock.milliseconds()):
        delete_session_cookie(ctx)
    else:
        ctx.session = _ordered_as(session, found[0]), _ordered_as(user, found[1])


def _ordered_as(cached: Row, stored: Row) -> Row:
    """Return the stored fields in the order of the cache, which better-auth keeps when it writes the next one."""
    return {name: stored[name] for name in cached if name in stored} | stored


def is_fresh(ctx: Context, session: Row) -> bool:
    """Return whether the session is younger than `session.fresh_age` (seconds; 0 turns the check off)."""
    limit = ctx.options.session.fresh_age * 1000
    return limit == 0 or ctx.auth.clock.milliseconds() - to_milliseconds(session["createdAt"]) < limit


def signed_in(ctx: Context) -> tuple[Row, Row]:
    """Return the session and user that the guard has accepted."""
    if ctx.session is None:
        raise APIError.of(401, UNAUTHORIZED)
    return ctx.session
