"""The two-factor plugin: a code of an app, a code that is sent, or one on paper, besides the password."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import (
    AuthContext,
    Contributions,
    EndpointContext,
    Hook,
    NoRequest,
    PathRule,
    Plugin,
    RateLimitRule,
    plugin_factory,
)
from betterauth_py.plugins.tools import Holdings, StoreOTPOptions, logger
from betterauth_py.plugins.two_factor.challenges import find_factor, hold_back_session
from betterauth_py.plugins.two_factor.endpoints import endpoints_for
from betterauth_py.plugins.two_factor.errors import TwoFactorErrorCodes
from betterauth_py.plugins.two_factor.mails import CODE
from betterauth_py.plugins.two_factor.options import (
    AccountLockoutOptions,
    BackupCodeOptions,
    OTPOptions,
    StoreBackupCodesOptions,
    TOTPOptions,
    TwoFactorOptions,
    check_options,
)
from betterauth_py.plugins.two_factor.parts import Parts
from betterauth_py.plugins.two_factor.sign_ins import WITH_PASSWORD, answer, is_sign_in
from betterauth_py.plugins.two_factor.tables import COLUMNS, table

__all__ = [
    "AccountLockoutOptions",
    "BackupCodeOptions",
    "OTPOptions",
    "StoreBackupCodesOptions",
    "StoreOTPOptions",
    "TOTPOptions",
    "TwoFactorErrorCodes",
    "TwoFactorOptions",
    "two_factor",
]

Context = EndpointContext[Any, Any]


@plugin_factory(TwoFactorOptions)
def two_factor(options: TwoFactorOptions) -> Plugin:
    """Return the two-factor plugin, as better-auth's `twoFactor({...})`.

    Example:
        ```python
        auth = BetterAuth(plugins=[two_factor(issuer="Example")])
        ```

    Raises:
        ConfigurationError: if an option is wrong.
    """
    check_options(options)
    parts = Parts(options)

    async def start(auth: AuthContext) -> None:
        if parts.sent_codes.sender(NoRequest(auth)) is None and options.totp_options.disable:
            logger.warning(
                "The plugin two-factor can neither send codes nor take those of apps. Set option "
                "`plugins.two-factor.otp_options.send_otp`, or let the server send mail (`[mail]`)."
            )

    return Plugin(
        id="two-factor",
        endpoints=endpoints_for(parts),
        schema={"twoFactor": table(options.two_factor_table)},
        columns={"user": COLUMNS},
        after=[_challenges(parts)],
        holds_back_sessions=True,
        rate_limit=[
            PathRule(matcher=lambda path: path.startswith("/two-factor/"), rule=RateLimitRule(window=10, max=3))
        ],
        error_codes=TwoFactorErrorCodes,
        mails=(CODE,),
        setup=lambda auth: Contributions(services={Holdings: Holdings(auth.database)}),
        start=start,
    )


def _challenges(parts: Parts) -> Hook:
    """Return the hook that answers a sign-in with a challenge, unless the device is trusted."""

    async def challenge(ctx: Context) -> dict[str, Any] | None:
        if ctx.new_session is None or not ctx.new_session[1].get("twoFactorEnabled"):
            return None
        user = ctx.new_session[1]
        if await parts.devices.use(ctx, user):
            return None
        await hold_back_session(ctx, parts.options)
        return answer(ctx, parts.options, await _methods(ctx, parts, user["id"]))

    if parts.options.challenged_sign_ins == "all":
        return Hook(matcher=is_sign_in, handler=challenge)
    return Hook(paths=WITH_PASSWORD, optional=True, handler=challenge)


async def _methods(ctx: Context, parts: Parts, user_id: str) -> list[str]:
    """Return the ways in which the user can complete the sign-in, besides backup codes."""
    methods = []
    if not parts.options.totp_options.disable:
        factor = await find_factor(ctx, user_id)
        if factor is not None and factor["verified"] is not False:
            methods.append("totp")
    if parts.sent_codes.sender(ctx) is not None:
        methods.append("otp")
    return methods
