"""Which sign-ins are asked for a second factor, and what those answer that redirect a browser."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.plugins import APIError, EndpointContext
from betterauth_py.plugins.tools import SECOND_FACTOR_PROVEN, at_application
from betterauth_py.plugins.two_factor.options import TwoFactorOptions

Context = EndpointContext[Any, Any]

WITH_PASSWORD: Final = ("/sign-in/email", "/sign-in/username", "/sign-in/phone-number")
"""The paths that better-auth 1.7.25 asks at."""

# These end a challenge, or hand on a session whose user has been asked before.
_HANDING_ON: Final = (
    "/get-session",
    "/two-factor/",
    "/one-time-token/",
    "/multi-session/",
    "/electron/token",
    "/admin/",
)


def is_sign_in(ctx: Context) -> bool:
    """Tell whether the call has signed somebody in by one factor, whatever the way.

    A way that nobody has thought of is asked. A session that the call has only shown again or replaced is none.
    """
    if ctx.new_session is None:
        return False
    if ctx.path in WITH_PASSWORD:
        return True
    if ctx.path.startswith(_HANDING_ON) or ctx.state.get(SECOND_FACTOR_PROVEN):
        return False
    if ctx.session is None:
        return True
    (new, _), (current, _) = ctx.new_session, ctx.session
    if new["token"] == current["token"]:
        return False
    # A cached session may have ended, and a hook's may be a key's.
    return ctx.session_source != "store" or new["userId"] != current["userId"]


def answer(ctx: Context, options: TwoFactorOptions, methods: list[str]) -> dict[str, Any]:
    """Return the answer to a sign-in that waits for its second factor.

    Raises:
        APIError: the redirect to `redirect_url`, where the sign-in would have redirected.
    """
    if options.redirect_url and isinstance(ctx.returned, APIError) and 300 <= ctx.returned.status < 400:
        raise APIError.redirect(at_application(ctx, options.redirect_url))
    return {"twoFactorRedirect": True, "twoFactorMethods": methods}
