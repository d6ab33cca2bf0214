"""Sign-ins for the app: what it asks for is kept in a cookie until somebody has signed in."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.plugins import Cookie, EndpointContext, Hook
from betterauth_py.plugins.electron.options import ElectronOptions
from betterauth_py.plugins.electron.transfers import TRANSFER_COOKIE, Transfer, create_code
from betterauth_py.plugins.tools import InvalidJSONError, parse

Context = EndpointContext[Any, Any]

_SIGN_INS: Final = (
    "/sign-in",
    "/sign-up",
    "/callback",
    "/magic-link/verify",
    "/email-otp/verify-email",
    "/verify-email",
    "/one-tap/callback",
    "/passkey/verify-authentication",
    "/phone-number/verify",
)
_FORMS: Final = ("/sign-in", "/sign-up")


def after_hooks(options: ElectronOptions) -> list[Hook]:
    """Return the hooks, in better-auth's order."""

    def starts_session_elsewhere(ctx: Context) -> bool:
        return ctx.new_session is not None and not ctx.path.startswith(_SIGN_INS)

    async def keep_asked(ctx: Context) -> None:
        # Without the prefix of secure cookies, as in 1.7.5: under https nothing is kept here.
        name = f"{options.cookie_prefix}.{TRANSFER_COOKIE}"
        asked = ctx.get_signed_cookie(Cookie(name, ctx.auth.cookies.session_token.attributes))
        if asked:
            cookie = _transfer_cookie(ctx, options)
            ctx.set_signed_cookie(cookie, asked, max_age=cookie.attributes.max_age)

    async def transfer(ctx: Context) -> Any:
        cookie = _transfer_cookie(ctx, options)
        of_query = Transfer.read(ctx.query)
        of_query = of_query if of_query is not None and of_query.client_id == options.client_id else None
        if of_query is not None and ctx.path.startswith(_FORMS):
            ctx.set_signed_cookie(cookie, of_query.text(), max_age=cookie.attributes.max_age)
        if ctx.new_session is None:
            return None
        kept = ctx.get_signed_cookie(cookie)
        ctx.set_cookie(Cookie(cookie.name, cookie.attributes.with_max_age(0)), "")
        asked = _read_kept(kept) if kept else of_query
        # @better-auth/electron 1.7.5 answers another client's cookie with all it knows, its secret included.
        code = None if asked is None else await create_code(ctx, options, asked)
        # A redirect stays as it is: the page that it leads to reads the code from the cookie.
        if code is None or not isinstance(ctx.returned, dict):
            return None
        return {**ctx.returned, "electron_authorization_code": code}

    return [
        Hook(matcher=starts_session_elsewhere, handler=keep_asked),
        Hook(prefixes=_SIGN_INS, optional=True, handler=transfer),
    ]


def _transfer_cookie(ctx: Context, options: ElectronOptions) -> Cookie:
    return ctx.auth.make_cookie(TRANSFER_COOKIE, options.code_expires_in)


def _read_kept(text: str) -> Transfer | None:
    try:
        return Transfer.read(parse(text.encode("utf-8", "surrogatepass")))
    except InvalidJSONError:
        return None
