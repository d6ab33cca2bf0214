"""Bearer tokens in requests and answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from betterauth_py.plugins import EndpointContext
from betterauth_py.plugins.bearer.options import BearerOptions
from betterauth_py.plugins.tools import (
    decode_leniently,
    encode_uri_component,
    sign_base64,
    trim,
    verify_base64url,
)

Context = EndpointContext[Any, Any]

_SCHEME: Final = "bearer "
_HEADER: Final = "set-auth-token"


def has_authorization(ctx: Context) -> bool:
    """Return whether the request has an Authorization header."""
    return bool(ctx.headers.value("authorization"))


def taking_tokens(options: BearerOptions) -> Callable[[Context], Awaitable[Any]]:
    """Return the hook that turns the token of the Authorization header into the session cookie.

    It changes the call at once. In better-auth 1.7.25 only the endpoint sees the session, so that a hook which asks who
    is signed in, such as that of `username.immutable_username`, lets a bearer token change what it protects.
    """

    async def take_token(ctx: Context) -> None:
        name = ctx.auth.cookies.session_token.name
        cookies = ctx.strict_cookies()
        value = _signed_value(ctx, options, verify=name in cookies)
        if value is None:
            return
        # Pairs that better-auth's reader drops are lost, as in 1.7.25.
        cookies[name] = value
        header = "; ".join([f"{name}={encode_uri_component(value)}" for name, value in cookies.items()])
        ctx.replace_headers(ctx.headers.with_values({"cookie": header}))

    return take_token


def _signed_value(ctx: Context, options: BearerOptions, *, verify: bool) -> str | None:
    """Return the session cookie's value that stands for the request's token, or None.

    `verify` is whether only a valid signature may replace a session cookie; whoever reads the cookie verifies again.
    """
    authorization = ctx.headers.value("authorization") or ""
    if authorization[:7].lower() != _SCHEME:
        return None
    token = trim(authorization[7:])
    if not token:
        return None
    secret = ctx.auth.secrets.current
    if "." not in token:
        return None if options.require_signature else f"{token}.{sign_base64(secret, token)}"
    value = decode_leniently(token)
    if not verify:
        return value
    # As loosely as in 1.7.25: what only passes here replaces the session cookie, but opens no session.
    signed, signature = value.split(".", 2)[:2]
    return value if verify_base64url(secret, signed, signature) else None


def sets_cookies(ctx: Context) -> bool:
    """Return whether the answer sets cookies so far."""
    return bool(ctx.response_headers.cookies)


async def send_token(ctx: Context) -> None:
    """Send the token of a session that the answer sets in a header too, where pages of other origins may read it."""
    token = ctx.pending_cookie(ctx.auth.cookies.session_token.name)
    if token:
        ctx.set_header(_HEADER, token)
        ctx.expose_header(_HEADER)
