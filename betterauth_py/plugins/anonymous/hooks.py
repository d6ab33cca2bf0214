"""Hooks around the other ways to sign in: an anonymous user who takes one is linked to the user that it leads to."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.plugins import EndpointContext, Hook, Row, add_server_context, find_session, oauth_state
from betterauth_py.plugins.anonymous.claims import claim, delete_claimed, delete_sessions, giving_back
from betterauth_py.plugins.anonymous.options import AnonymousOptions
from betterauth_py.plugins.tools import resolve

Context = EndpointContext[Any, Any]
SessionAndUser = tuple[Row, Row]

_KEY: Final = "anonymousUserId"
# Those of better-auth 1.7.25: siwe and `/oauth2/callback/` are not among them.
_WAYS: Final = (
    "/sign-in",
    "/sign-up",
    "/callback",
    "/magic-link/verify",
    "/email-otp/verify-email",
    "/one-tap/callback",
    "/passkey/verify-authentication",
    "/phone-number/verify",
    "/verify-email",
)


async def remember_anonymous_user(ctx: Context) -> None:
    """Keep the anonymous user in the OAuth state: the callback may come without the session cookie, as in Expo."""
    found = await find_session(ctx, disable_refresh=True)
    if found is not None and found[1].get("isAnonymous"):
        add_server_context(ctx, {_KEY: found[1]["id"]})


REMEMBER_ANONYMOUS_USER = Hook(paths={"/sign-in/social"}, handler=remember_anonymous_user)


def linking(options: AnonymousOptions) -> Hook:
    """Return the hook that links, and deletes the anonymous user."""

    async def link(ctx: Context) -> None:
        if not ctx.pending_cookie(ctx.auth.cookies.session_token.name) or ctx.new_session is None:
            return
        found = await _anonymous_session(ctx)
        if found is None:
            return
        new_user = ctx.new_session[1]
        stays = options.disable_delete_anonymous_user or new_user["id"] == found[1]["id"] or new_user.get("isAnonymous")
        if stays:
            await _tell(options, ctx, found, ctx.new_session)
        elif await claim(ctx.auth, found[1]):
            await _link_and_delete(options, ctx, found, ctx.new_session)

    return Hook(prefixes=_WAYS, optional=True, handler=link)


async def _link_and_delete(
    options: AnonymousOptions, ctx: Context, found: SessionAndUser, new_session: SessionAndUser
) -> None:
    """Link a claimed user and delete it; if that fails, it is anonymous as before."""
    async with giving_back(ctx.auth, found[1]):
        await _tell(options, ctx, found, new_session)
    try:
        async with giving_back(ctx.auth, found[1]):
            await delete_sessions(ctx.auth, found[1])
            await delete_claimed(ctx.auth, found[1])
    except Exception as error:
        ctx.auth.log_failure("delete an anonymous user that is linked", error)


async def _tell(options: AnonymousOptions, ctx: Context, found: SessionAndUser, new_session: SessionAndUser) -> None:
    if options.on_link_account is None:
        return
    data = {
        "anonymous_user": {"session": found[0], "user": {**found[1], "isAnonymous": True}},
        "new_user": {"session": new_session[0], "user": new_session[1]},
    }
    await resolve(options.on_link_account(data, ctx))


async def _anonymous_session(ctx: Context) -> SessionAndUser | None:
    """Return the anonymous user that the client was, with its session; None if it was none.

    Reads the cookie's session without touching cookies: the answer has the new session's already.
    """
    token = ctx.get_signed_cookie(ctx.auth.cookies.session_token)
    found = await ctx.auth.sessions.find_with_user(token, fresh=True) if token else None
    if found is not None and found[1].get("isAnonymous") and found[0]["expiresAt"] >= ctx.auth.now():
        return found
    state = oauth_state(ctx) or {}
    user_id = (state.get("serverContext") or {}).get(_KEY)
    user = await ctx.auth.users.find(user_id) if isinstance(user_id, str) else None
    if user is None or not user.get("isAnonymous"):
        return None
    sessions = await ctx.auth.sessions.list_active(user["id"], ctx.auth.now())
    return (sessions[0], user) if sessions else None
