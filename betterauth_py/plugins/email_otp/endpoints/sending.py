"""`POST /email-otp/send-verification-otp`."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import APIError, BaseErrorCodes, Endpoint, Security, endpoint, validation
from betterauth_py.plugins.email_otp.codes import Codes
from betterauth_py.plugins.email_otp.endpoints.shared import TAGS, Context, address_of, purpose_schema, success
from betterauth_py.plugins.tools import logger


def endpoints_for(codes: Codes) -> list[Endpoint[Any, Any]]:
    """Return the endpoint."""

    @endpoint(
        "/email-otp/send-verification-otp",
        methods=("POST",),
        security=Security.SAME_ORIGIN,
        operation_id="sendEmailVerificationOTP",
        body=validation.Object({"email": validation.String("Email address to send the OTP"), "type": purpose_schema()}),
        errors=((400, BaseErrorCodes.INVALID_EMAIL),),
        reply=success("Success, whether a code was sent or not"),
        tags=TAGS,
    )
    async def send_verification_otp(ctx: Context) -> dict[str, bool]:
        """Send a verification OTP to an email."""
        purpose = ctx.body["type"]
        codes.require_sender(ctx, purpose)
        email = address_of(ctx.body["email"])
        if purpose == "change-email":
            logger.error("Use /email-otp/request-email-change to send a code that changes an address")
            raise APIError(400, {"message": "Invalid OTP type"})
        user = await ctx.auth.users.find_by_email(email)
        may_sign_up = purpose == "sign-in" and not codes.options.disable_sign_up
        await codes.send(ctx, email, purpose, user=user, pretend=user is None and not may_sign_up)
        return {"success": True}

    return [send_verification_otp]
