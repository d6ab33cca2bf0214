"""Codes of an authenticator app: the app's URI, and checking a code."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import (
    APIError,
    Endpoint,
    EndpointContext,
    RateLimitRule,
    Reply,
    Row,
    Security,
    Where,
    endpoint,
    signed_in,
    validation,
)
from betterauth_py.plugins.tools import SecurityEvent, record
from betterauth_py.plugins.two_factor.challenges import (
    CHALLENGE_ERRORS,
    Claimant,
    factor_of,
    find_claimant,
    find_factor,
    rejected,
)
from betterauth_py.plugins.two_factor.completion import SESSION_REFUSED, VERIFIED_SCHEMA, complete
from betterauth_py.plugins.two_factor.errors import TOTP_IS_OFF, TwoFactorErrorCodes
from betterauth_py.plugins.two_factor.parts import CODE, TRUST_DEVICE, Parts, password_body
from betterauth_py.plugins.two_factor.sessions import PASSWORD_ERRORS, renew_session, require_password_of
from betterauth_py.plugins.two_factor.totp import code_at, matching_step, step_at

Context = EndpointContext[dict[str, Any], Any]


def totp_endpoints(parts: Parts) -> list[Endpoint[Any, Any]]:
    """Return the endpoints, which follow the options of `parts`."""
    totp = parts.options.totp_options

    @endpoint(
        None,
        methods=("POST",),
        security=Security.SERVER_ONLY,
        operation_id="generateTOTP",
        body=validation.Object({"secret": validation.String("The secret to generate the TOTP code")}),
        errors=((400, TOTP_IS_OFF),),
        reply=Reply("The code", {"type": "object", "properties": {"code": {"type": "string"}}, "required": ["code"]}),
        shown_to_clients=False,
        tags=("Two-factor",),
    )
    async def generate_totp(ctx: Context) -> dict[str, str]:
        """Return the present code of a secret."""
        _require_totp(parts)
        step = step_at(ctx.auth.clock.milliseconds(), totp.period)
        return {"code": code_at(ctx.body["secret"].encode(), step, totp.digits)}

    @endpoint(
        "/two-factor/get-totp-uri",
        methods=("POST",),
        security=Security.SESSION,
        operation_id="getTOTPURI",
        body=password_body(is_optional=parts.options.totp_is_passwordless, description="User password"),
        errors=((400, TOTP_IS_OFF), (400, TwoFactorErrorCodes.TOTP_NOT_ENABLED), *PASSWORD_ERRORS),
        reply=Reply(
            "The URI", {"type": "object", "properties": {"totpURI": {"type": "string"}}, "required": ["totpURI"]}
        ),
        tags=("Two-factor",),
    )
    async def get_totpuri(ctx: Context) -> dict[str, str]:
        """Return the URI of the signed-in user's authenticator app."""
        _require_totp(parts)
        user = signed_in(ctx)[1]
        factor = await find_factor(ctx, user["id"])
        if factor is None:
            raise APIError.of(400, TwoFactorErrorCodes.TOTP_NOT_ENABLED)
        await require_password_of(ctx, passwordless=parts.options.totp_is_passwordless)
        # Not the option `issuer`, as in better-auth 1.7.25.
        return {"totpURI": parts.uri_of(ctx, parts.key_of(ctx, factor), user, None)}

    @endpoint(
        "/two-factor/verify-totp",
        methods=("POST",),
        security=Security.PUBLIC,
        operation_id="verifyTOTP",
        body=validation.Object({"code": CODE, "trustDevice": TRUST_DEVICE}),
        errors=(
            (400, TOTP_IS_OFF),
            (400, TwoFactorErrorCodes.TOTP_NOT_ENABLED),
            (401, TwoFactorErrorCodes.INVALID_CODE),
            *CHALLENGE_ERRORS,
            (500, SESSION_REFUSED),
        ),
        reply=Reply("The code is right", VERIFIED_SCHEMA),
        tags=("Two-factor",),
    )
    async def verify_totp(ctx: Context) -> dict[str, Any]:
        """Complete a sign-in, or confirm the app of the signed-in user, by a code of the app."""
        _require_totp(parts)
        claimant = await find_claimant(ctx)
        factor = await factor_of(ctx, claimant)
        if factor is None or (claimant.session is None and factor["verified"] is False):
            raise APIError.of(400, TwoFactorErrorCodes.TOTP_NOT_ENABLED)
        if claimant.session is None:
            return await _sign_in(ctx, claimant, factor)
        if await _matching(ctx, claimant, factor) is None:
            raise rejected(ctx, claimant, TwoFactorErrorCodes.INVALID_CODE)
        await _confirm(ctx, claimant.user, factor)
        return await complete(ctx, parts.devices, claimant)

    async def _sign_in(ctx: Context, claimant: Claimant, factor: Row) -> dict[str, Any]:
        factor = await parts.lockout.refuse_locked(ctx, factor)
        is_right = await _matching(ctx, claimant, factor) is not None
        await parts.lockout.judge(ctx, claimant, factor, TwoFactorErrorCodes.INVALID_CODE, is_right=is_right)
        await parts.lockout.reset(ctx, factor)
        if factor["verified"] is not True:
            await ctx.auth.rows.update("twoFactor", {"verified": True}, Where("id", factor["id"]))
        return await complete(ctx, parts.devices, claimant, parts.lockout.open_conditions(factor))

    async def _matching(ctx: Context, claimant: Claimant, factor: Row) -> int | None:
        now = step_at(ctx.auth.clock.milliseconds(), totp.period)
        step = matching_step(parts.key_of(ctx, factor), ctx.body["code"], now, totp.digits)
        if step is None or not totp.single_use or claimant.session is not None:
            return step
        # For as long as the code is accepted.
        rule = RateLimitRule(window=totp.period * 3, max=1)
        used = await ctx.auth.rate_limiter.accounts.consume(f"totp|{claimant.user['id']}|{step}", rule)
        return step if used.allowed else None

    async def _confirm(ctx: Context, user: Row, factor: Row) -> None:
        """Turn the factor on, once its app has shown a right code."""
        if factor["verified"] is True:
            return
        async with ctx.auth.database.transaction():
            # As `/two-factor/enable` locks: another app may have taken this one's place.
            await ctx.auth.users.lock(user["id"])
            is_same = Where("secret", factor["secret"])
            if await ctx.auth.rows.update("twoFactor", {"verified": True}, Where("id", factor["id"]), is_same) is None:
                raise APIError.of(401, TwoFactorErrorCodes.INVALID_CODE)
            if not user.get("twoFactorEnabled"):
                await renew_session(ctx, {"twoFactorEnabled": True})
                record(ctx, SecurityEvent.SECOND_FACTOR_ENABLED, user)

    return [generate_totp, get_totpuri, verify_totp]


def _require_totp(parts: Parts) -> None:
    if parts.options.totp_options.disable:
        raise APIError.of(400, TOTP_IS_OFF)
