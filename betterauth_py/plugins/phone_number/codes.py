"""The codes of the phone-number plugin: made, texted and checked."""

from __future__ import annotations

from collections.abc import Callable
from hmac import compare_digest
from typing import Any, Final

from betterauth_py.plugins import APIError, EndpointContext, Row, SmsKind, answering, call_sender, may_text, send_sms
from betterauth_py.plugins.phone_number.errors import PhoneNumberErrorCodes
from betterauth_py.plugins.phone_number.options import PhoneNumberOptions, Send
from betterauth_py.plugins.phone_number.texts import CODE, RESET_CODE
from betterauth_py.plugins.tools import (
    CodeRefusal,
    CodeRefusedError,
    check_code,
    generate_digits,
    logger,
    resolve,
    store_code,
    store_single_use_value,
    use_code,
)

Context = EndpointContext[dict[str, Any], Any]
CODE_ERRORS: Final = (
    (400, PhoneNumberErrorCodes.OTP_NOT_FOUND),
    (400, PhoneNumberErrorCodes.OTP_EXPIRED),
    (400, PhoneNumberErrorCodes.INVALID_OTP),
    (403, PhoneNumberErrorCodes.TOO_MANY_ATTEMPTS),
)
_REFUSALS: Final = answering(
    {
        CodeRefusal.EXPIRED: (400, PhoneNumberErrorCodes.OTP_EXPIRED),
        CodeRefusal.WRONG: (400, PhoneNumberErrorCodes.INVALID_OTP),
        CodeRefusal.TOO_MANY: (403, PhoneNumberErrorCodes.TOO_MANY_ATTEMPTS),
    }
)


def verification_of(number: str) -> str:
    """Return the identifier of the code that verifies a number."""
    return f"phone-number-otp-{number}"


def reset_of(number: str) -> str:
    """Return the identifier of the code that resets the password of a number's user."""
    return f"phone-number-reset-{number}"


class Codes:
    """The codes of one deployment, by its options."""

    def __init__(self, options: PhoneNumberOptions) -> None:
        """Make, send and check codes as `options` say."""
        self.options = options

    async def send(self, ctx: Context, number: str) -> None:
        """Store a code that verifies a number, and text it: by the server after the answer, by your function before.

        Once the limits are reached, nothing is stored or sent, and the answer does not tell.

        Raises:
            APIError: what your function raises.
        """
        if not await _may_text(ctx, number):
            return
        code = self._make()
        await store_code(ctx.auth, verification_of(number), code, self.options.expires_in)
        if self.options.send_otp is not None:
            # It knows every number alike, so its time reveals nothing; a provider may refuse a number.
            await call_sender(ctx, self.options.send_otp, number, {"code": code})
        else:
            self._text(ctx, CODE, number, code, None, None)

    async def send_after_sign_in(self, ctx: Context, number: str, user: Row) -> None:
        """As `send`, all of it after the answer, for a user whose password was right."""
        if not await _may_text(ctx, number):
            return
        code = self._make()
        # Without a number of wrong guesses, as better-auth.
        await store_single_use_value(ctx.auth, verification_of(number), code, self.options.expires_in)
        self._text(ctx, CODE, number, code, user, self.options.send_otp)

    async def send_reset(self, ctx: Context, number: str, user: Row | None) -> None:
        """Store a code that resets a password; text it if there is a `user`. Takes the same steps without one."""
        if not await _may_text(ctx, number, pretend=user is None):
            return
        code = self._make()
        await store_code(ctx.auth, reset_of(number), code, self.options.expires_in)
        if user is not None:
            self._text(ctx, RESET_CODE, number, code, user, self.options.send_password_reset_otp)

    def _text(
        self, ctx: Context, kind: SmsKind, number: str, code: str, user: Row | None, instead: Send | None
    ) -> None:
        variables = {"code": code} if instead is not None else {"code": code, "expires_in": self.options.expires_in}
        if not send_sms(ctx, kind, number, variables, instead=instead, user=user):
            logger.error(
                "No text message can be sent: set sms.transport, or plugins.phone-number.send_otp and "
                "send_password_reset_otp"
            )

    def _make(self) -> str:
        return generate_digits(self.options.otp_length)

    async def use(self, ctx: Context, identifier: str, number: str, code: str) -> None:
        """Use up a code; of several callers at once one succeeds.

        Raises:
            APIError: 400 for a wrong, expired or missing code, 403 after too many tries.
        """
        if self.options.verify_otp is not None:
            await self._ask(ctx, identifier, number, code)
            return
        with _REFUSALS:
            await _judged(use_code(ctx.auth, identifier, _is(code), attempts=self.options.allowed_attempts))

    async def check(self, ctx: Context, identifier: str, number: str, code: str) -> None:
        """As `use`, but keep a stored code that is right.

        Raises:
            APIError: as `use`.
        """
        if self.options.verify_otp is not None:
            await self._ask(ctx, identifier, number, code)
            return
        with _REFUSALS:
            await _judged(check_code(ctx.auth, identifier, _is(code), attempts=self.options.allowed_attempts))

    async def _ask(self, ctx: Context, identifier: str, number: str, code: str) -> None:
        verify = self.options.verify_otp
        if verify is None or not await resolve(verify({"phone_number": number, "code": code}, ctx)):
            raise APIError.of(400, PhoneNumberErrorCodes.INVALID_OTP)
        await ctx.auth.verifications.delete(identifier)


async def _may_text(ctx: Context, number: str, *, pretend: bool = False) -> bool:
    return await may_text(ctx, number, find_user=lambda: ctx.auth.users.find_by("phoneNumber", number), pretend=pretend)


def _is(code: str) -> Callable[[str], Any]:
    given = code.encode("utf-8", "surrogatepass")

    async def matches(stored: str) -> bool:
        return compare_digest(stored.encode(), given)

    return matches


async def _judged(work: Any) -> None:
    try:
        await work
    except CodeRefusedError as error:
        if error.is_absent:
            raise APIError.of(400, PhoneNumberErrorCodes.OTP_NOT_FOUND) from None
        raise
