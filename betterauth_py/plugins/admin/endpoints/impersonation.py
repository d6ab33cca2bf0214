"""`/admin/impersonate-user` and `/admin/stop-impersonating`."""

from __future__ import annotations

from typing import Final

from betterauth_py.plugins import (
    APIError,
    Cookie,
    Guard,
    Reply,
    Row,
    client_of,
    create_session,
    endpoint,
    find_session,
    set_session_cookie,
    signed_in,
    validation,
)
from betterauth_py.plugins.admin.administration import (
    SIGNED_IN,
    Need,
    acting,
    administration_of,
    find_user,
    require,
)
from betterauth_py.plugins.admin.endpoints.shared import NO_USER, TAGS, USER_ID, Context
from betterauth_py.plugins.admin.errors import AdminErrorCodes
from betterauth_py.plugins.admin.impersonations import remember_impersonation
from betterauth_py.plugins.tools import SESSION_COOKIE, SecurityEvent, delete_session_cookie, record, session_reply

_IMPERSONATE: Final[Need] = ({"user": ["impersonate"]}, AdminErrorCodes.YOU_ARE_NOT_ALLOWED_TO_IMPERSONATE_USERS)
_ADMINS: Final[Need] = ({"user": ["impersonate-admins"]}, AdminErrorCodes.YOU_CANNOT_IMPERSONATE_ADMINS)
_SESSION_AND_USER: Final = {
    "type": "object",
    "properties": {
        "session": {"$ref": "#/components/schemas/Session"},
        "user": {"$ref": "#/components/schemas/User"},
    },
    "required": ["session", "user"],
}


@endpoint(
    "/admin/impersonate-user",
    methods=("POST",),
    security=SIGNED_IN,
    operation_id="impersonateUser",
    body=validation.Object({"userId": USER_ID}),
    errors=(
        (403, _IMPERSONATE[1]),
        (403, _ADMINS[1]),
        (403, AdminErrorCodes.BANNED_USER),
        NO_USER,
        (500, AdminErrorCodes.FAILED_TO_CREATE_USER),
    ),
    reply=Reply("The session as the other user", _SESSION_AND_USER),
    tags=TAGS,
)
async def impersonate_user(ctx: Context) -> Row:
    """Begin a session as another user, until `/admin/stop-impersonating` or its end."""
    require(ctx, _IMPERSONATE)
    own, author = signed_in(ctx)
    user = await find_user(ctx, ctx.body["userId"])
    require(ctx, *_needs_for(ctx, user))
    duration = administration_of(ctx.auth).options.effective_impersonation_duration
    async with acting(ctx, user["id"], _IMPERSONATE):
        # Who has become an admin meanwhile is one.
        user = await find_user(ctx, user["id"])
        require(ctx, *_needs_for(ctx, user))
        fields = {"impersonatedBy": author["id"], "expiresAt": ctx.auth.after(duration)}
        session = await create_session(ctx.auth, user["id"], client=client_of(ctx), fields=fields)
        if session is None:
            raise APIError.of(500, AdminErrorCodes.FAILED_TO_CREATE_USER)
        await remember_impersonation(ctx.auth, session)
    if ctx.auth.secondary_storage is not None:
        await _confirm(ctx, session)
    delete_session_cookie(ctx)
    dont_remember = ctx.get_signed_cookie(ctx.auth.cookies.dont_remember) or ""
    cookie, attributes = _admin_cookie(ctx), ctx.auth.cookies.session_token.attributes
    value = f"{own['token']}:{dont_remember}"
    ctx.set_signed_cookie(Cookie(cookie.name, attributes), value, max_age=attributes.max_age)
    await set_session_cookie(ctx, session, user, remember=False)
    record(ctx, SecurityEvent.IMPERSONATION_STARTED, author, target=user["id"])
    return session_reply(ctx.auth.schema, session, user)


async def _require_session(ctx: Context) -> None:
    if await find_session(ctx) is None:
        raise APIError(401)


_IMPERSONATED: Final = Guard(
    name="session",
    sentence="Sessions of an impersonation.",
    check=_require_session,
    bare_refusals=(401,),
    schemes=SESSION_COOKIE,
)


@endpoint(
    "/admin/stop-impersonating",
    methods=("POST",),
    security=_IMPERSONATED,
    operation_id="stopImpersonating",
    requires_headers=True,
    reply=Reply("The session and the user from before", _SESSION_AND_USER),
    tags=TAGS,
)
async def stop_impersonating(ctx: Context) -> Row:
    """End the impersonation and go on with the session from before."""
    session, _ = signed_in(ctx)
    if not session.get("impersonatedBy"):
        raise APIError(400, {"message": "You are not impersonating anyone"})
    author = await ctx.auth.users.find(session["impersonatedBy"])
    if author is None:
        raise APIError(400, {"message": "Failed to find user"})
    cookie = _admin_cookie(ctx)
    token, _, dont_remember = (ctx.get_signed_cookie(cookie) or "").partition(":")
    found = await ctx.auth.sessions.find_with_user(token, fresh=True) if token else None
    if found is None or found[0]["userId"] != author["id"]:
        raise APIError(400, {"message": "Failed to find admin session"})
    await ctx.auth.sessions.delete(session["token"])
    await set_session_cookie(ctx, *found, remember=not dont_remember)
    ctx.expire_cookie(cookie)
    record(ctx, SecurityEvent.IMPERSONATION_ENDED, author, target=session["userId"])
    return session_reply(ctx.auth.schema, *found)


def _needs_for(ctx: Context, user: Row) -> tuple[Need, ...]:
    administration = administration_of(ctx.auth)
    is_open = administration.options.allow_impersonating_admins or not administration.roles.is_admin(user)
    return (_IMPERSONATE,) if is_open else (_IMPERSONATE, _ADMINS)


async def _confirm(ctx: Context, session: Row) -> None:
    """End the new session unless its author may still act: secondary storage got it after the transaction.

    Raises:
        APIError: 401 or 403 if that is no longer so.
    """
    try:
        async with acting(ctx, None, _IMPERSONATE):
            pass
    except APIError:
        await ctx.auth.sessions.delete(session["token"])
        raise


def _admin_cookie(ctx: Context) -> Cookie:
    return ctx.auth.make_cookie("admin_session", None)
