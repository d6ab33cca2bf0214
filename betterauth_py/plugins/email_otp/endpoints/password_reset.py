"""`POST /email-otp/request-password-reset`, `/forget-password/email-otp` and `/email-otp/reset-password`."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.plugins import BaseErrorCodes, Endpoint, PasswordRefusal, Security, answering, endpoint, validation
from betterauth_py.plugins.email_otp.codes import CODE_ERRORS, Codes, identifier_of
from betterauth_py.plugins.email_otp.endpoints.shared import OTP, TAGS, Context, address_of, success
from betterauth_py.plugins.email_otp.mails import Purpose
from betterauth_py.plugins.tools import ResetRefusal, SecurityEvent, logger, record, reset_password_by_proof

_REFUSALS = answering(
    {
        PasswordRefusal.TOO_SHORT: (400, BaseErrorCodes.PASSWORD_TOO_SHORT),
        PasswordRefusal.TOO_LONG: (400, BaseErrorCodes.PASSWORD_TOO_LONG),
        ResetRefusal.NO_USER: (400, BaseErrorCodes.USER_NOT_FOUND),
    }
)
_PURPOSE: Final[Purpose] = "forget-password"
_REQUEST = validation.Object({"email": validation.String("Email address to send the OTP")})
_REPLY = success("Success, whether there is such a user or not")


def endpoints_for(codes: Codes) -> list[Endpoint[Any, Any]]:
    """Return the endpoints."""
    warned: list[bool] = []

    @endpoint(
        "/email-otp/request-password-reset",
        methods=("POST",),
        security=Security.PUBLIC,
        operation_id="requestPasswordResetWithEmailOTP",
        body=_REQUEST,
        errors=((400, BaseErrorCodes.INVALID_EMAIL),),
        reply=_REPLY,
        tags=TAGS,
    )
    async def request_password_reset_email_otp(ctx: Context) -> dict[str, bool]:
        """Request password reset with email and OTP."""
        return await _request(ctx, codes)

    @endpoint(
        "/forget-password/email-otp",
        methods=("POST",),
        security=Security.PUBLIC,
        operation_id="forgetPasswordWithEmailOTP",
        body=_REQUEST,
        errors=((400, BaseErrorCodes.INVALID_EMAIL),),
        reply=_REPLY,
        tags=TAGS,
    )
    async def forget_password_email_otp(ctx: Context) -> dict[str, bool]:
        """Deprecated: Use /email-otp/request-password-reset instead."""
        if not warned:
            warned.append(True)
            logger.warning("/forget-password/email-otp is deprecated: use /email-otp/request-password-reset")
        return await _request(ctx, codes)

    @endpoint(
        "/email-otp/reset-password",
        methods=("POST",),
        security=Security.PUBLIC,
        operation_id="resetPasswordWithEmailOTP",
        body=validation.Object(
            {
                "email": validation.String("Email address to reset the password"),
                "otp": OTP,
                "password": validation.String("New password"),
            }
        ),
        errors=(
            (400, BaseErrorCodes.INVALID_EMAIL),
            (400, BaseErrorCodes.PASSWORD_TOO_SHORT),
            (400, BaseErrorCodes.PASSWORD_TOO_LONG),
            *CODE_ERRORS,
            (400, BaseErrorCodes.USER_NOT_FOUND),
        ),
        reply=success("The password is changed"),
        tags=TAGS,
    )
    async def reset_password_email_otp(ctx: Context) -> dict[str, bool]:
        """Reset password with email and OTP."""
        auth, code = ctx.auth, ctx.body["otp"]
        email = address_of(ctx.body["email"])
        identifier = identifier_of(_PURPOSE, email)
        with _REFUSALS:
            await reset_password_by_proof(
                ctx,
                email,
                ctx.body["password"],
                check_proof=lambda: codes.check(auth, identifier, code),
                use_proof=lambda: codes.use(auth, identifier, code),
            )
        return {"success": True}

    return [request_password_reset_email_otp, forget_password_email_otp, reset_password_email_otp]


async def _request(ctx: Context, codes: Codes) -> dict[str, bool]:
    codes.require_sender(ctx, _PURPOSE)
    email = address_of(ctx.body["email"])
    user = await ctx.auth.users.find_by_email(email)
    record(ctx, SecurityEvent.PASSWORD_RESET_REQUESTED, user)
    await codes.send(ctx, email, _PURPOSE, user=user, pretend=user is None)
    return {"success": True}
