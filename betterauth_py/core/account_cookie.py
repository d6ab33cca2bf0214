"""The cookie that holds a provider's account, tokens included, where `account.store_account_cookie` is on."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from betterauth_py.core.chunked_cookies import chunked, expire_stored_chunks, get_chunked_cookie, set_chunks
from betterauth_py.crypto.jwt import decrypt_jwt, encrypt_jwt
from betterauth_py.javascript import json
from betterauth_py.javascript.values import UNDEFINED

if TYPE_CHECKING:
    from betterauth_py.core.context import EndpointContext

    Context = EndpointContext[Any, Any]

Row = dict[str, Any]

_LIFE: Final = 300
_SALT: Final = "better-auth-account"
logger = logging.getLogger("betterauth")


def set_account_cookie(ctx: Context, account: Row) -> None:
    """Keep an account in the browser, encrypted under the secret, where the options say so."""
    if not ctx.options.account.store_account_cookie:
        return
    cookie = ctx.auth.cookies.account_data
    attributes = cookie.attributes
    left_out = (UNDEFINED,) if ctx.auth.schema.shows_nulls else (UNDEFINED, None)
    claims = json.to_plain({name: value for name, value in account.items() if value not in left_out})
    now = ctx.auth.clock.milliseconds() // 1000
    value = encrypt_jwt(claims, ctx.auth.secrets.current, _SALT, attributes.max_age or _LIFE, now)
    chunks = chunked(cookie.name, value, attributes)
    if not chunks:
        logger.warning("The cookie %s is too large to be set, even in chunks, so the account is not in it", cookie.name)
    set_chunks(ctx, cookie.name, chunks, attributes)


def read_account_cookie(ctx: Context) -> Row | None:
    """Return the account that the browser keeps, or None."""
    value = get_chunked_cookie(ctx, ctx.auth.cookies.account_data.name)
    if not value:
        return None
    claims = decrypt_jwt(value, ctx.auth.secrets, _SALT, ctx.auth.clock.milliseconds() // 1000)
    account: Row | None = None if claims is None else json.revive_dates(claims)
    return account if account is None or ctx.auth.schema.shows_nulls else ctx.auth.schema.completed("account", account)


def refresh_account_cookie(ctx: Context, user_id: str) -> None:
    """Set the account's cookie anew with that of the session, whose user it must be of; else it is expired."""
    account = None if ctx.pending_cookies(ctx.auth.cookies.account_data.name) else read_account_cookie(ctx)
    if account is None:
        return
    if account.get("userId") == user_id:
        set_account_cookie(ctx, account)
    else:
        expire_account_cookie(ctx)


def expire_account_cookie(ctx: Context) -> None:
    """Take the account's cookie back, and each of its chunks."""
    ctx.expire_cookie(ctx.auth.cookies.account_data)
    expire_stored_chunks(ctx, ctx.auth.cookies.account_data)
