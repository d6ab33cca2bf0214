"""The guards of the core's endpoints; plugins use them too."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.core.auth_context import logger
from betterauth_py.core.context import EndpointContext
from betterauth_py.core.guard import Guard
from betterauth_py.core.origin import check_form_origin
from betterauth_py.flows.session import find_session, is_fresh
from betterauth_py.wire.errors import UNAUTHORIZED, APIError, BaseErrorCodes

Context = EndpointContext[Any, Any]

SESSION_COOKIE: Final = {"session": {"type": "apiKey", "in": "cookie"}}
"""The session cookie, whose name OpenAPI gets from the options."""


async def _require_session(ctx: Context) -> None:
    await find_session(ctx)
    _let_pass(ctx)


async def _require_sensitive_session(ctx: Context) -> None:
    # An earlier hook may have read it from the cookie.
    ctx.session = None
    await find_session(ctx, disable_cookie_cache=True)
    _let_pass(ctx)


async def _require_session_or_server(ctx: Context) -> None:
    await find_session(ctx, disable_cookie_cache=True)
    if ctx.session is None and not ctx.is_in_process:
        raise APIError(401)


async def _require_fresh_session(ctx: Context) -> None:
    await find_session(ctx)
    if ctx.session is not None and not is_fresh(ctx, ctx.session[0]):
        logger.info("A session is too old for this endpoint")
        raise APIError.of(403, BaseErrorCodes.SESSION_NOT_FRESH)
    _let_pass(ctx)


def _let_pass(ctx: Context) -> None:
    if ctx.session is None:
        raise APIError.of(401, UNAUTHORIZED)
    # better-auth keeps only the last cookie of this read; we keep the last of each name, so that none is lost.
    ctx.response_headers.keep_last_cookie_of_each_name()


class Security:
    """Who may call an endpoint."""

    PUBLIC: Final = Guard(name="public", sentence="Everyone.")
    """Everyone. Requests that carry cookies and change something still have their origin checked."""
    SAME_ORIGIN: Final = Guard(
        name="same origin",
        sentence="Everyone, but browsers only from a trusted origin, with or without cookies.",
        check=check_form_origin,
        errors=((403, BaseErrorCodes.CROSS_SITE_NAVIGATION_LOGIN_BLOCKED),),
    )
    """Everyone, but browsers only from a trusted origin, with or without cookies. For sign-in and sign-up."""
    SESSION: Final = Guard(
        name="session",
        sentence="Signed-in users.",
        check=_require_session,
        errors=((401, UNAUTHORIZED),),
        schemes=SESSION_COOKIE,
    )
    """Signed-in users; a session in the cookie cache must still exist in the database or secondary storage."""
    SENSITIVE_SESSION: Final = Guard(
        name="sensitive session",
        sentence="Signed-in users; the cookie cache is ignored and renewed.",
        check=_require_sensitive_session,
        errors=((401, UNAUTHORIZED),),
        schemes=SESSION_COOKIE,
    )
    """Signed-in users. The cookie cache is ignored and renewed, and the session prolonged if that is due. A session
    that a hook has set (an API key's) is not accepted, as in better-auth 1.7.25."""
    FRESH_SESSION: Final = Guard(
        name="fresh session",
        sentence="Users who signed in recently (`session.fresh_age`).",
        check=_require_fresh_session,
        errors=((401, UNAUTHORIZED),),
        schemes=SESSION_COOKIE,
    )
    """Users who signed in within `session.fresh_age`; others get 403 SESSION_NOT_FRESH."""
    SESSION_OR_SERVER: Final = Guard(
        name="session or server",
        sentence="Whoever is signed in (the database is asked, not a cookie); code in this process for any user.",
        check=_require_session_or_server,
        bare_refusals=(401,),
        schemes=SESSION_COOKIE,
    )
    """Signed-in users, or in-process calls that name a user; `acting_user_id` returns which."""
    SERVER_ONLY: Final = Guard(name="server only", sentence="Only code in this process.", is_served=False)
    """In-process calls only; there is no URL."""
