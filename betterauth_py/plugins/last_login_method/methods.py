"""Which method a call signs in with."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.plugins import EndpointContext
from betterauth_py.plugins.last_login_method.options import LastLoginMethodOptions
from betterauth_py.plugins.tools import resolve

Context = EndpointContext[Any, Any]

PATHS: Final = {
    "/one-tap/callback": "google",
    "/sign-in/email": "email",
    "/sign-up/email": "email",
    "/sign-in/email-otp": "email-otp",
}
"""Methods by path."""
CALLBACK: Final = "/callback/"
"""The beginning of providers' callbacks; the provider's id is the method."""
PREFIXES: Final = {
    "/siwe/": "siwe",
    "/passkey/verify-authentication": "passkey",
    "/magic-link/verify": "magic-link",
}
"""Methods by the beginning of the path."""


async def method_of(ctx: Context, options: LastLoginMethodOptions) -> str | None:
    """Return the method that a call signs in with; None if it is not known, or the call does not sign in."""
    if options.custom_resolve_method is not None:
        method: str | None = await resolve(options.custom_resolve_method(ctx))
        if method is not None:
            return method
    return _usual_method_of(ctx)


def _usual_method_of(ctx: Context) -> str | None:
    if ctx.path.startswith(CALLBACK):
        return ctx.params.get("id") or ctx.path.rpartition("/")[2]
    if ctx.path in PATHS:
        return PATHS[ctx.path]
    return next((method for prefix, method in PREFIXES.items() if ctx.path.startswith(prefix)), None)
