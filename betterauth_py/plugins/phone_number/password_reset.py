"""A new password by phone number: `/phone-number/request-password-reset` and `/phone-number/reset-password`."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.plugins import (
    APIError,
    BaseErrorCodes,
    Endpoint,
    EndpointContext,
    PasswordRefusal,
    Reply,
    Security,
    answering,
    endpoint,
    validation,
)
from betterauth_py.plugins.phone_number.codes import CODE_ERRORS, Codes, reset_of
from betterauth_py.plugins.phone_number.errors import PhoneNumberErrorCodes
from betterauth_py.plugins.phone_number.numbers import Numbers
from betterauth_py.plugins.phone_number.sign_in import account_of
from betterauth_py.plugins.tools import (
    ResetRefusal,
    SecurityEvent,
    forget_wrong_passwords,
    record,
    refuse_long_password,
    refuse_short_password,
    reset_password_of,
)

Context = EndpointContext[dict[str, Any], Any]
_STATUS: Final = {
    "type": "object",
    "properties": {"status": {"type": "boolean", "enum": [True]}},
    "required": ["status"],
}
_REFUSALS = answering(
    {
        PasswordRefusal.TOO_SHORT: (400, BaseErrorCodes.PASSWORD_TOO_SHORT),
        PasswordRefusal.TOO_LONG: (400, BaseErrorCodes.PASSWORD_TOO_LONG),
        ResetRefusal.NO_USER: (400, PhoneNumberErrorCodes.UNEXPECTED_ERROR),
    }
)


def password_reset_endpoints(numbers: Numbers, codes: Codes) -> list[Endpoint[Any, Any]]:
    """Return the endpoints, which follow the options of `numbers`."""
    options = numbers.options

    @endpoint(
        "/phone-number/request-password-reset",
        methods=("POST",),
        security=Security.PUBLIC,
        operation_id="requestPasswordResetPhoneNumber",
        body=validation.Object({"phoneNumber": validation.String("Phone number of the user")}),
        errors=((400, PhoneNumberErrorCodes.INVALID_PHONE_NUMBER),),
        reply=Reply("A code is sent if a user has the number", _STATUS),
        tags=("Phone-number",),
    )
    async def request_password_reset_phone_number(ctx: Context) -> dict[str, bool]:
        """Text a code that resets the password."""
        number = ctx.body["phoneNumber"]
        numbers.require_storable(number)
        user = await ctx.auth.users.find_by("phoneNumber", number)
        if user is not None and options.require_verification and not user["phoneNumberVerified"]:
            user = None
        record(ctx, SecurityEvent.PASSWORD_RESET_REQUESTED, user)
        await codes.send_reset(ctx, number, user)
        return {"status": True}

    @endpoint(
        "/phone-number/reset-password",
        methods=("POST",),
        security=Security.PUBLIC,
        operation_id="resetPasswordPhoneNumber",
        body=validation.Object(
            {
                "otp": validation.String('The one time password to reset the password. Eg: "123456"'),
                "phoneNumber": validation.String(
                    'The phone number to the account which intends to reset the password for. Eg: "+1234567890"'
                ),
                "newPassword": validation.String('The new password. Eg: "new-and-secure-password"'),
            }
        ),
        errors=(
            (400, BaseErrorCodes.PASSWORD_TOO_SHORT),
            (400, BaseErrorCodes.PASSWORD_TOO_LONG),
            *CODE_ERRORS,
            (400, PhoneNumberErrorCodes.UNEXPECTED_ERROR),
            (400, PhoneNumberErrorCodes.PHONE_NUMBER_PENDING_VERIFICATION),
            (400, PhoneNumberErrorCodes.INVALID_PHONE_NUMBER),
        ),
        reply=Reply("The password is set", _STATUS),
        tags=("Phone-number",),
    )
    async def reset_password_phone_number(ctx: Context) -> dict[str, bool]:
        """Set a new password with a texted code."""
        number, code, password = ctx.body["phoneNumber"], ctx.body["otp"], ctx.body["newPassword"]
        numbers.require_storable(number)
        identifier = reset_of(number)

        with _REFUSALS:
            refuse_short_password(ctx.auth, password)
            refuse_long_password(ctx.auth, password)
            await codes.check(ctx, identifier, number, code)
            user = await ctx.auth.users.find_by("phoneNumber", number)
            if user is None:
                raise APIError.of(400, PhoneNumberErrorCodes.UNEXPECTED_ERROR)
            if options.require_verification and not user["phoneNumberVerified"]:
                raise APIError.of(400, PhoneNumberErrorCodes.PHONE_NUMBER_PENDING_VERIFICATION)
            user_id = user["id"]

            async def spend() -> None:
                current = await ctx.auth.users.find(user_id)
                if current is None or current["phoneNumber"] != number:
                    # The code proves the number, which is another user's or nobody's by now.
                    raise APIError.of(400, PhoneNumberErrorCodes.UNEXPECTED_ERROR)
                if options.verify_otp is None:
                    await codes.use(ctx, identifier, number, code)

            await reset_password_of(ctx, user, password, spend)
        await forget_wrong_passwords(ctx, account_of(number))
        return {"status": True}

    return [request_password_reset_phone_number, reset_password_phone_number]
