"""Codes that are sent to the user: sending and checking one."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import (
    APIError,
    BaseErrorCodes,
    Endpoint,
    EndpointContext,
    Reply,
    Security,
    endpoint,
    validation,
)
from betterauth_py.plugins.tools import SecurityEvent, logger, record
from betterauth_py.plugins.two_factor.challenges import CHALLENGE_ERRORS, Claimant, find_claimant, spend, spend_at_once
from betterauth_py.plugins.two_factor.codes import identifier_of
from betterauth_py.plugins.two_factor.completion import SESSION_REFUSED, VERIFIED_SCHEMA, complete, verified
from betterauth_py.plugins.two_factor.errors import OTP_IS_OFF, TwoFactorErrorCodes
from betterauth_py.plugins.two_factor.parts import CODE, TRUST_DEVICE, Parts
from betterauth_py.plugins.two_factor.sessions import renew_session

Context = EndpointContext[dict[str, Any], Any]


def otp_endpoints(parts: Parts) -> list[Endpoint[Any, Any]]:
    """Return the endpoints, which follow the options of `parts`."""
    codes = parts.sent_codes

    @endpoint(
        "/two-factor/send-otp",
        methods=("POST",),
        security=Security.PUBLIC,
        operation_id="sendTwoFactorOTP",
        body=validation.Optional(validation.Object({"trustDevice": TRUST_DEVICE})),
        errors=((400, OTP_IS_OFF), (401, TwoFactorErrorCodes.INVALID_TWO_FACTOR_COOKIE)),
        reply=Reply(
            "The code is sent",
            {"type": "object", "properties": {"status": {"type": "boolean"}}, "required": ["status"]},
        ),
        tags=("Two-factor",),
    )
    async def send_two_factor_otp(ctx: Context) -> dict[str, bool]:
        """Send a code to the user whose sign-in waits for it, or to the signed-in one."""
        if codes.sender(ctx) is None:
            logger.error(
                "No code can be sent. Set option `plugins.two-factor.otp_options.send_otp`, or let the server send "
                "mail (`[mail]`) and leave `mail.send.two_factor_otp` on."
            )
            raise APIError.of(400, OTP_IS_OFF)
        claimant = await find_claimant(ctx)
        await codes.send(ctx, claimant.key, claimant.user)
        return {"status": True}

    @endpoint(
        "/two-factor/verify-otp",
        methods=("POST",),
        security=Security.PUBLIC,
        operation_id="verifyTwoFactorOTP",
        body=validation.Object({"code": CODE, "trustDevice": TRUST_DEVICE}),
        errors=(
            (400, TwoFactorErrorCodes.OTP_HAS_EXPIRED),
            (400, BaseErrorCodes.FAILED_TO_CREATE_SESSION),
            (401, TwoFactorErrorCodes.INVALID_CODE),
            *CHALLENGE_ERRORS,
            (500, SESSION_REFUSED),
        ),
        reply=Reply("The code is right", VERIFIED_SCHEMA),
        tags=("Two-factor",),
    )
    async def verify_two_factor_otp(ctx: Context) -> dict[str, Any]:
        """Complete a sign-in, or turn the factor on for the signed-in user, by a code that was sent."""
        claimant = await find_claimant(ctx)
        if claimant.session is None:
            return await _sign_in(ctx, claimant)
        await _use(ctx, claimant)
        if claimant.user.get("twoFactorEnabled"):
            return await complete(ctx, parts.devices, claimant)
        async with ctx.auth.database.transaction():
            user = await renew_session(ctx, {"twoFactorEnabled": True})
        record(ctx, SecurityEvent.SECOND_FACTOR_ENABLED, user)
        session = claimant.session if ctx.new_session is None else ctx.new_session[0]
        return verified(ctx, session["token"], user)

    async def _sign_in(ctx: Context, claimant: Claimant) -> dict[str, Any]:
        factor = claimant.factor
        if factor is not None:
            factor = await parts.lockout.refuse_locked(ctx, factor)
        is_on = claimant.user.get("twoFactorEnabled")
        forms = await codes.forms(ctx.auth, ctx.body["code"]) if is_on else None
        if forms is None or not await spend_at_once(ctx, claimant, (identifier_of(claimant.key), forms)):
            try:
                await _use(ctx, claimant)
            except APIError as error:
                if factor is not None and error.code == TwoFactorErrorCodes.INVALID_CODE.code:
                    await parts.lockout.record_failure(ctx, claimant.user, factor)
                raise
            if not is_on:
                # Turned off since the sign-in began.
                raise APIError.of(400, BaseErrorCodes.FAILED_TO_CREATE_SESSION)
            await spend(ctx, claimant)
        if factor is None:
            return await complete(ctx, parts.devices, claimant)
        await parts.lockout.reset(ctx, factor)
        return await complete(ctx, parts.devices, claimant, parts.lockout.open_conditions(factor))

    async def _use(ctx: Context, claimant: Claimant) -> None:
        try:
            await codes.use(ctx, claimant.key, ctx.body["code"])
        except APIError:
            record(ctx, SecurityEvent.SECOND_FACTOR_REJECTED, claimant.user)
            raise

    return [send_two_factor_otp, verify_two_factor_otp]
