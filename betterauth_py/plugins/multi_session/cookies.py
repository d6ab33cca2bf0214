"""The cookies of the sessions of one browser: `<session cookie>_multi-<token in lower case>`, signed."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.plugins import Cookie, EndpointContext

Context = EndpointContext[Any, Any]

_MARK: Final = "_multi-"


def device_cookie(ctx: Context, token: str) -> Cookie:
    """Return the cookie of the session with this token."""
    cookie = ctx.auth.cookies.session_token
    return named(ctx, f"{cookie.name}{_MARK}{token.lower()}")


def named(ctx: Context, name: str) -> Cookie:
    """Return the cookie of this name, with the attributes of the session cookie."""
    return Cookie(name, ctx.auth.cookies.session_token.attributes)


def expired(ctx: Context, name: str) -> Cookie:
    """Return the cookie of this name, to be removed by the browser."""
    return Cookie(name, ctx.auth.cookies.session_token.attributes.with_max_age(0))


def device_cookie_names(ctx: Context) -> list[str]:
    """Return the names of these cookies in the request, whatever their values."""
    return [name for name in ctx.strict_cookies() if _MARK in name]


def device_tokens(ctx: Context) -> dict[str, str]:
    """Return the tokens of the request's cookies whose signatures are right, by the cookies' names."""
    tokens = {name: ctx.get_signed_cookie(named(ctx, name)) for name in device_cookie_names(ctx)}
    return {name: token for name, token in tokens.items() if token is not None}
