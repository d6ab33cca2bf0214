"""Who may administrate, demanded when a call begins and again in the transaction that changes something."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from betterauth_py.plugins import (
    APIError,
    AuthContext,
    BaseErrorCodes,
    EndpointContext,
    ErrorCode,
    Guard,
    Row,
    Where,
    find_session,
    signed_in,
)
from betterauth_py.plugins.admin.bans import is_banned
from betterauth_py.plugins.admin.options import AdminOptions
from betterauth_py.plugins.admin.roles import Permissions, Roles
from betterauth_py.plugins.tools import (
    SESSION_COOKIE,
    Pages,
    SessionEndedError,
    SharedReads,
    end_session_of_call,
    require_living_session,
)

Context = EndpointContext[Any, Any]
Need = tuple[Permissions, ErrorCode]
"""A permission, and the error for those who lack it."""


class Administration:
    """The service of the plugin: its options and roles."""

    def __init__(self, auth: AuthContext, options: AdminOptions, roles: Roles) -> None:
        """Keep options and roles; read the users of `auth`."""
        self.options = options
        self.roles = roles
        self.pages = Pages(auth.rows, "user")
        """Pages of users."""
        self.counts: SharedReads[int] = SharedReads()
        """Users that are being counted."""


def administration_of(auth: AuthContext) -> Administration:
    """Return the plugin's service."""
    return auth.services.get(Administration)


async def read_stored_session(ctx: Context) -> tuple[Row, Row] | None:
    """Read the session of the call from the store, whatever hooks or cookies say; None if there is none.

    A banned user has none, even if the ban was written into the database without ending sessions.
    """
    # An earlier hook may have read it from the cookie.
    ctx.session = None
    found = await find_session(ctx, disable_cookie_cache=True)
    if found is not None and is_banned(found[1], ctx.auth.now()):
        found = ctx.session = None
    ctx.response_headers.keep_last_cookie_of_each_name()
    return found


async def _require_stored_session(ctx: Context) -> None:
    if await read_stored_session(ctx) is None:
        raise APIError(401)


SIGNED_IN: Final = Guard(
    name="administration",
    sentence="Signed-in users whose role, as the database has it, has the permission.",
    check=_require_stored_session,
    bare_refusals=(401,),
    schemes=SESSION_COOKIE,
)
"""Signed-in users. The cookie cache is ignored and renewed; the endpoint demands the permission."""


SELF_CHECKED: Final = Guard(
    name="session or server",
    sentence="Signed-in users; code in this process needs no session.",
    bare_refusals=(401,),
    schemes=SESSION_COOKIE,
)
"""Signed-in users, and code in this process. The endpoint checks: as upstream, after it has read its body."""


def require(ctx: Context, *needs: Need) -> None:
    """Demand permissions of the signed-in user.

    Raises:
        APIError: 403, or 401 without a session.
    """
    _require(ctx, signed_in(ctx)[1], needs)


def _require(ctx: Context, user: Row, needs: tuple[Need, ...]) -> None:
    roles = administration_of(ctx.auth).roles
    for permissions, error in needs:
        if not roles.may(user, permissions):
            raise APIError.of(403, error)


async def find_user(ctx: Context, user_id: str) -> Row:
    """Return the user with this id.

    Raises:
        APIError: 404 if there is none.
    """
    user = await ctx.auth.rows.find_one("user", Where("id", user_id))
    if user is None:
        raise APIError.of(404, BaseErrorCodes.USER_NOT_FOUND)
    return user


@asynccontextmanager
async def acting(ctx: Context, user_id: str | None, *needs: Need) -> AsyncIterator[None]:
    """Open a transaction in which the signed-in user stays as permitted to act as now, and the other user unchanged.

    Both are locked, so that of an action and a concurrent ban or change of role of its author one comes first.

    Raises:
        APIError: 401 if the session has ended meanwhile, 403 without the permissions, 404 if the other user is gone.
    """
    auth = ctx.auth
    session, author = signed_in(ctx)
    async with auth.database.transaction():
        # In one order, so that two admins who act on each other do not wait for each other.
        for one in sorted({author["id"], user_id or author["id"]}):
            if not await auth.users.lock(one) and one != author["id"]:
                raise APIError.of(404, BaseErrorCodes.USER_NOT_FOUND)
        try:
            await require_living_session(auth, session["token"])
        except SessionEndedError:
            raise end_session_of_call(ctx) from None
        current = await auth.users.find(author["id"])
        if current is None or is_banned(current, auth.now()):
            raise end_session_of_call(ctx)
        _require(ctx, current, needs)
        yield
