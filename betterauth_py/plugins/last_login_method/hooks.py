"""Tells the browser, and where that is on the user's row, which method was used."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from betterauth_py.plugins import (
    AuthContext,
    Cookie,
    DatabaseHooksOptions,
    EndpointContext,
    Hook,
    Row,
    RowHooks,
    TableHooks,
)
from betterauth_py.plugins.last_login_method.methods import CALLBACK, PATHS, PREFIXES, method_of
from betterauth_py.plugins.last_login_method.options import LastLoginMethodOptions
from betterauth_py.plugins.tools import logger, resolve

Context = EndpointContext[Any, Any]


def cookie_hook(options: LastLoginMethodOptions) -> Hook:
    """Return the hook that sets the cookie with that of a session."""

    async def set_method_cookie(ctx: Context) -> None:
        session_cookie = ctx.auth.cookies.session_token
        # Also where a session is prolonged or ended, as better-auth 1.7.25, if a function of the deployment says so.
        if not any(session_cookie.name in cookie for cookie in ctx.response_headers.cookies):
            return
        method = await method_of(ctx, options)
        if not method or not await _may_set_cookie(ctx, options, method):
            return
        attributes = replace(session_cookie.attributes, max_age=options.max_age, http_only=False)
        ctx.set_cookie(Cookie(options.cookie_name, attributes), method)

    if options.custom_resolve_method is not None:
        return Hook(handler=set_method_cookie)
    return Hook(handler=set_method_cookie, paths=PATHS, prefixes=(CALLBACK, *PREFIXES), optional=True)


async def _may_set_cookie(ctx: Context, options: LastLoginMethodOptions, method: str) -> bool:
    if options.before_store_cookie is None:
        return True
    try:
        return bool(await resolve(options.before_store_cookie(ctx, method)))
    except Exception:
        logger.exception("plugins.last-login-method.before_store_cookie failed")
        return False


def row_hooks(auth: AuthContext, options: LastLoginMethodOptions) -> DatabaseHooksOptions:
    """Return the hooks that store the method: in a new user, and in the user of a new session."""

    async def before_user(_: Row, ctx: Context | None) -> Row | None:
        method = await method_of(ctx, options) if ctx is not None else None
        return {"lastLoginMethod": method} if method else None

    async def after_session(session: Row, ctx: Context | None) -> None:
        method = await method_of(ctx, options) if ctx is not None else None
        if not method:
            return
        try:
            await auth.users.update(session["userId"], {"lastLoginMethod": method})
        except Exception as error:
            # The session is there: the sign-in goes on.
            auth.log_failure("store the last login method", error)

    return DatabaseHooksOptions(
        user=TableHooks(create=RowHooks(before=before_user)),
        session=TableHooks(create=RowHooks(after=after_session)),
    )
