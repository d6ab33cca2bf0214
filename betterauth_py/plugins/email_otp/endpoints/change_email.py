"""`POST /email-otp/request-email-change` and `POST /email-otp/change-email`."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import (
    APIError,
    BaseErrorCodes,
    Endpoint,
    Security,
    answering,
    endpoint,
    set_session_cookie,
    signed_in,
    validation,
)
from betterauth_py.plugins.email_otp.codes import CODE_ERRORS, Codes, identifier_of
from betterauth_py.plugins.email_otp.endpoints.shared import OTP, TAGS, Context, address_of, success
from betterauth_py.plugins.tools import (
    AddressRefusal,
    SessionEndedError,
    end_session_of_call,
    logger,
    move_to_proven_address,
    stored_token,
)

# As better-auth 1.7.25, which gives most of them no code.
_REFUSALS = answering(
    {
        AddressRefusal.NO_USER: (400, BaseErrorCodes.USER_NOT_FOUND),
        AddressRefusal.TAKEN: (400, "Email already in use"),
    }
)


def endpoints_for(codes: Codes) -> list[Endpoint[Any, Any]]:
    """Return the endpoints."""
    options = codes.options.change_email

    def new_address(ctx: Context) -> str:
        if not options.enabled:
            logger.error("Changing an address by code is off: set plugins.email-otp.change_email.enabled")
            raise APIError(400, {"message": "Change email with OTP is disabled"})
        new_email = address_of(ctx.body["newEmail"])
        if new_email == signed_in(ctx)[1]["email"].lower():
            logger.error("A change of address was refused: it is the same address")
            raise APIError(400, {"message": "Email is the same"})
        return new_email

    @endpoint(
        "/email-otp/request-email-change",
        methods=("POST",),
        security=Security.SENSITIVE_SESSION,
        operation_id="requestEmailChangeWithEmailOTP",
        body=validation.Object(
            {
                "newEmail": validation.String("New email address to send the OTP"),
                "otp": validation.Optional(
                    validation.String("The code mailed to the current address, with `verify_current_email`")
                ),
            }
        ),
        errors=((400, BaseErrorCodes.INVALID_EMAIL), *CODE_ERRORS),
        reply=success("Success, whether the address is free or not"),
        tags=TAGS,
    )
    async def request_email_change_email_otp(ctx: Context) -> dict[str, bool]:
        """Request email change with verification OTP sent to the new email."""
        new_email, user = new_address(ctx), signed_in(ctx)[1]
        code = ctx.body.get("otp")
        codes.require_sender(ctx, "change-email")
        if options.verify_current_email:
            if not code:
                raise APIError(400, {"message": "OTP is required to verify current email"})
            await codes.use(ctx.auth, identifier_of("email-verification", user["email"].lower()), code)
        elif code:
            logger.warning("A code for the present address was given, but change_email.verify_current_email is off")
        await codes.send(
            ctx,
            new_email,
            "change-email",
            user={**user, "email": new_email},
            identifier=_identifier(user["id"], new_email),
            pretend=await ctx.auth.users.exists(new_email),
            may_reuse=False,
        )
        return {"success": True}

    @endpoint(
        "/email-otp/change-email",
        methods=("POST",),
        security=Security.SENSITIVE_SESSION,
        operation_id="changeEmailWithEmailOTP",
        body=validation.Object(
            {
                "newEmail": validation.String("New email address to verify and change to"),
                "otp": OTP,
            }
        ),
        errors=((400, BaseErrorCodes.INVALID_EMAIL), *CODE_ERRORS, (400, BaseErrorCodes.USER_NOT_FOUND)),
        reply=success("The address is changed"),
        tags=TAGS,
    )
    async def change_email_email_otp(ctx: Context) -> dict[str, bool]:
        """Verify new email with OTP and change the email if verification is successful."""
        new_email, (session, user) = new_address(ctx), signed_in(ctx)
        await codes.use(ctx.auth, _identifier(user["id"], new_email), ctx.body["otp"])
        try:
            with _REFUSALS:
                await move_to_proven_address(ctx, stored_token(ctx), user, new_email)
        except SessionEndedError:
            raise end_session_of_call(ctx) from None
        await set_session_cookie(ctx, session, {**user, "email": new_email, "emailVerified": True})
        return {"success": True}

    return [request_email_change_email_otp, change_email_email_otp]


def _identifier(user_id: str, new_email: str) -> str:
    return identifier_of("change-email", f"{user_id}:{new_email}")
