"""Keeps a cookie for each session of the browser, and ends all of them with a sign-out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from betterauth_py.plugins import EndpointContext
from betterauth_py.plugins.multi_session.cookies import (
    device_cookie,
    device_cookie_names,
    device_tokens,
    expired,
    named,
)
from betterauth_py.plugins.multi_session.options import MultiSessionOptions

Context = EndpointContext[Any, Any]

_SECURE: Final = "__Secure-"


def sets_session(ctx: Context) -> bool:
    """Return whether the call has started or prolonged a session, and its answer sets cookies."""
    return ctx.new_session is not None and bool(ctx.response_headers.cookies)


def keeping_sessions(options: MultiSessionOptions) -> Callable[[Context], Awaitable[None]]:
    """Return the hook that sets the cookie of a new session, and ends older ones of the same user."""

    async def keep_session(ctx: Context) -> None:
        if ctx.new_session is None:
            return
        session, user = ctx.new_session
        cookie = device_cookie(ctx, session["token"])
        if cookie.name in ctx.pending_cookies() or ctx.strict_cookies().get(cookie.name):
            return
        names = device_cookie_names(ctx)
        tokens = device_tokens(ctx)
        found = await ctx.auth.sessions.find_many(list(tokens.values())) if tokens else []
        replaced = {older["token"] for older, owner in found if owner["id"] == user["id"]}
        for name, token in tokens.items():
            if token in replaced:
                ctx.set_cookie(expired(ctx, name), "")
        if replaced:
            await ctx.auth.sessions.delete_many(list(replaced))
        kept = len(names) - sum(token in replaced for token in tokens.values())
        session_cookie = ctx.auth.cookies.session_token
        sets_cookie = any(session_cookie.name in line for line in ctx.response_headers.cookies)
        if kept + sets_cookie <= options.maximum_sessions:
            ctx.set_signed_cookie(cookie, session["token"], max_age=cookie.attributes.max_age)

    return keep_session


async def end_sessions(ctx: Context) -> None:
    """End every session of the browser, whoever has signed out."""
    tokens = device_tokens(ctx)
    for name in tokens:
        # In lower case, as in 1.7.25: a cookie prefix with capitals keeps its cookies, whose sessions have ended.
        ctx.expire_cookie(named(ctx, name.lower().replace(_SECURE.lower(), _SECURE, 1)))
    if tokens:
        await ctx.auth.sessions.delete_many(list(tokens.values()))
