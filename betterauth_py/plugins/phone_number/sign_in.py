"""`POST /sign-in/phone-number`: a number and a password."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import (
    BaseErrorCodes,
    Endpoint,
    EndpointContext,
    PasswordRefusal,
    Row,
    Security,
    answering,
    endpoint,
    validation,
)
from betterauth_py.plugins.phone_number.codes import Codes
from betterauth_py.plugins.phone_number.errors import PhoneNumberErrorCodes
from betterauth_py.plugins.phone_number.numbers import Numbers
from betterauth_py.plugins.tools import TOKEN_REPLY, Claim, Refusal, answer_with_token, sign_in_with_password

Context = EndpointContext[dict[str, Any], Any]

_REFUSALS = answering(
    {
        PasswordRefusal.TOO_LONG: (400, BaseErrorCodes.PASSWORD_TOO_LONG),
        Refusal.WRONG_CREDENTIALS: (401, PhoneNumberErrorCodes.INVALID_PHONE_NUMBER_OR_PASSWORD),
        Refusal.NOT_ADMITTED: (401, PhoneNumberErrorCodes.PHONE_NUMBER_NOT_VERIFIED),
        Refusal.SESSION_REFUSED: (401, BaseErrorCodes.FAILED_TO_CREATE_SESSION),
    }
)


def account_of(number: str) -> str:
    """Return the key under which wrong passwords for a number are counted; it cannot be an e-mail address."""
    return f"phone-number {number}"


def sign_in_endpoint(numbers: Numbers, codes: Codes) -> Endpoint[Any, Any]:
    """Return the endpoint, which follows the options of `numbers`."""

    @endpoint(
        "/sign-in/phone-number",
        methods=("POST",),
        security=Security.PUBLIC,
        operation_id="signInPhoneNumber",
        body=validation.Object(
            {
                "phoneNumber": validation.String('Phone number to sign in. Eg: "+1234567890"'),
                "password": validation.String("Password to use for sign in."),
                "rememberMe": validation.Optional(validation.Boolean("Remember the session. Eg: true")),
            }
        ),
        errors=(
            (400, PhoneNumberErrorCodes.INVALID_PHONE_NUMBER),
            (400, BaseErrorCodes.PASSWORD_TOO_LONG),
            (401, PhoneNumberErrorCodes.INVALID_PHONE_NUMBER_OR_PASSWORD),
            (401, PhoneNumberErrorCodes.PHONE_NUMBER_NOT_VERIFIED),
            (401, BaseErrorCodes.FAILED_TO_CREATE_SESSION),
        ),
        reply=TOKEN_REPLY,
        tags=("Phone-number",),
    )
    async def sign_in_phone_number(ctx: Context) -> dict[str, Any]:
        """Sign in with a phone number and a password."""
        number = ctx.body["phoneNumber"]
        await numbers.require_valid(number)
        users = ctx.auth.users

        async def admits(user: Row) -> bool:
            if not numbers.options.require_verification or user.get("phoneNumberVerified"):
                return True
            await codes.send_after_sign_in(ctx, number, user)
            return False

        claim = Claim(
            account=account_of(number),
            look_up=lambda: users.find_with_credential_by("phoneNumber", number),
            find_user=lambda: users.find_by("phoneNumber", number),
            admits=admits,
        )
        remember = ctx.body.get("rememberMe") is not False
        with _REFUSALS:
            session, user = await sign_in_with_password(
                ctx, claim, ctx.body["password"], remember=remember, callback_url=None
            )
        return await answer_with_token(ctx, session, user, remember=remember)

    return sign_in_phone_number
