"""Proving a phone number: `/phone-number/send-otp`, `/phone-number/verify`, and the server-only check of a code."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.plugins import (
    APIError,
    BaseErrorCodes,
    Endpoint,
    EndpointContext,
    NotStoredError,
    Reply,
    Row,
    Security,
    UserRefusedError,
    answering,
    client_of,
    create_session,
    create_user,
    endpoint,
    find_session,
    new_user,
    read_additional_fields,
    set_session_cookie,
    validation,
)
from betterauth_py.plugins.phone_number.codes import CODE_ERRORS, Codes, verification_of
from betterauth_py.plugins.phone_number.errors import PhoneNumberErrorCodes
from betterauth_py.plugins.phone_number.numbers import Numbers
from betterauth_py.plugins.tools import SecurityEvent, record, resolve, while_signed_in, without_hidden_fields

Context = EndpointContext[dict[str, Any], Any]
_NUMBER: Final = validation.String('Phone number to verify. Eg: "+1234567890"')
_CODE: Final = validation.String('OTP code. Eg: "123456"')
_OWN_FIELDS: Final = {"phoneNumber", "code", "disableSession", "updatePhoneNumber"}
_FIELDS = answering({})


def verification_endpoints(numbers: Numbers, codes: Codes) -> list[Endpoint[Any, Any]]:
    """Return the endpoints, which follow the options of `numbers`."""

    @endpoint(
        "/phone-number/send-otp",
        methods=("POST",),
        security=Security.PUBLIC,
        operation_id="sendPhoneNumberOTP",
        body=validation.Object({"phoneNumber": validation.String('Phone number to send OTP. Eg: "+1234567890"')}),
        errors=(
            (400, PhoneNumberErrorCodes.INVALID_PHONE_NUMBER),
            (501, PhoneNumberErrorCodes.SEND_OTP_NOT_IMPLEMENTED),
        ),
        reply=Reply(
            "The code is sent",
            {"type": "object", "properties": {"message": {"type": "string"}}, "required": ["message"]},
        ),
        tags=("Phone-number",),
    )
    async def send_phone_number_otp(ctx: Context) -> dict[str, str]:
        """Text a code that verifies a phone number."""
        if numbers.options.send_otp is None and ctx.auth.sms is None:
            raise APIError.of(501, PhoneNumberErrorCodes.SEND_OTP_NOT_IMPLEMENTED)
        await numbers.require_valid(ctx.body["phoneNumber"])
        await codes.send(ctx, ctx.body["phoneNumber"])
        return {"message": "code sent"}

    @endpoint(
        None,
        methods=("POST",),
        security=Security.SERVER_ONLY,
        operation_id="consumePhoneNumberOTP",
        body=validation.Object({"phoneNumber": _NUMBER, "code": _CODE}),
        errors=CODE_ERRORS,
        reply=Reply("The code was right", {"type": "object", "properties": {"status": {"type": "boolean"}}}),
        shown_to_clients=False,
        tags=("Phone-number",),
    )
    async def consume_phone_number_otp(ctx: Context) -> dict[str, bool]:
        """Use up a code that verifies a phone number, changing no user and starting no session."""
        number = ctx.body["phoneNumber"]
        numbers.require_storable(number)
        await codes.use(ctx, verification_of(number), number, ctx.body["code"])
        return {"status": True}

    @endpoint(
        "/phone-number/verify",
        methods=("POST",),
        security=Security.PUBLIC,
        operation_id="verifyPhoneNumber",
        body=validation.Object(
            {
                "phoneNumber": _NUMBER,
                "code": _CODE,
                "disableSession": validation.Optional(
                    validation.Boolean("Disable session creation after verification. Eg: false")
                ),
                "updatePhoneNumber": validation.Optional(
                    validation.Boolean("Check if there is a session and update the phone number. Eg: true")
                ),
            },
            keep_unknown=True,
        ),
        errors=(
            *CODE_ERRORS,
            (400, PhoneNumberErrorCodes.INVALID_PHONE_NUMBER),
            (400, PhoneNumberErrorCodes.PHONE_NUMBER_EXIST),
            (400, PhoneNumberErrorCodes.UNEXPECTED_ERROR),
            (400, BaseErrorCodes.FIELD_NOT_ALLOWED),
            (400, BaseErrorCodes.MISSING_FIELD),
            (401, BaseErrorCodes.USER_NOT_FOUND),
            (422, BaseErrorCodes.FAILED_TO_CREATE_USER),
            (500, BaseErrorCodes.FAILED_TO_UPDATE_USER),
            (500, BaseErrorCodes.FAILED_TO_CREATE_SESSION),
        ),
        reply=Reply(
            "The number is verified",
            {
                "type": "object",
                "properties": {
                    "status": {"type": "boolean", "enum": [True]},
                    "token": {
                        "type": ["string", "null"],
                        "description": "The token of the session; null with disableSession",
                    },
                    "user": {"$ref": "#/components/schemas/User"},
                },
                "required": ["status", "token", "user"],
            },
        ),
        tags=("Phone-number",),
    )
    async def verify_phone_number(ctx: Context) -> dict[str, Any]:
        """Verify a phone number: sign in or up with it, or give it to the signed-in user."""
        number = ctx.body["phoneNumber"]
        numbers.require_storable(number)
        await codes.use(ctx, verification_of(number), number, ctx.body["code"])
        if ctx.body.get("updatePhoneNumber"):
            return await _give_number(ctx, numbers, number)
        user = await ctx.auth.users.update_by("phoneNumber", number, {"phoneNumberVerified": True})
        is_new = user is None and numbers.options.sign_up_on_verification is not None
        if is_new:
            user = await _sign_up(ctx, numbers, number)
        if user is None:
            raise APIError.of(500, BaseErrorCodes.FAILED_TO_UPDATE_USER)
        await _tell(ctx, numbers, number, user)
        if is_new:
            record(ctx, SecurityEvent.SIGN_UP, user)
        if ctx.body.get("disableSession"):
            return _verified(ctx, None, user)
        try:
            # Whoever has proven the user's address meanwhile has taken the number away.
            holding = ctx.auth.users.holding(user, "phoneNumber")
            session = await create_session(ctx.auth, user["id"], client=client_of(ctx), holding=holding)
        except NotStoredError:
            # Without the number, or deleted, in the meantime.
            raise APIError.of(400, PhoneNumberErrorCodes.UNEXPECTED_ERROR) from None
        if session is None:
            raise APIError.of(500, BaseErrorCodes.FAILED_TO_CREATE_SESSION)
        if not is_new:
            record(ctx, SecurityEvent.SIGN_IN, user)
        await set_session_cookie(ctx, session, user)
        return _verified(ctx, session["token"], user)

    return [send_phone_number_otp, consume_phone_number_otp, verify_phone_number]


async def _give_number(ctx: Context, numbers: Numbers, number: str) -> dict[str, Any]:
    """Give a proven number to the user of the session.

    Raises:
        APIError: 401 without a session, or if it ends meanwhile; 400 if another user has the number.
    """
    if ctx.session_source != "hook":
        # An earlier hook may have read it from the cookie.
        ctx.session = None
    found = await find_session(ctx, disable_cookie_cache=True)
    if found is None:
        raise APIError.of(401, BaseErrorCodes.USER_NOT_FOUND)
    session, user = found
    users = ctx.auth.users
    if await users.find_by("phoneNumber", number) is not None:
        raise APIError.of(400, PhoneNumberErrorCodes.PHONE_NUMBER_EXIST)
    try:
        async with while_signed_in(ctx):
            updated = await users.update(user["id"], {"phoneNumber": number, "phoneNumberVerified": True})
    except NotStoredError:
        # Another user got it in the meantime.
        raise APIError.of(400, PhoneNumberErrorCodes.PHONE_NUMBER_EXIST) from None
    if updated is None:
        raise APIError.of(500, BaseErrorCodes.FAILED_TO_UPDATE_USER)
    await _tell(ctx, numbers, number, updated)
    return _verified(ctx, session["token"], updated)


async def _sign_up(ctx: Context, numbers: Numbers, number: str) -> Row:
    """Store the user of a proven number.

    Raises:
        APIError: 400 for a bad field, 403 if `user.validate_user_info` refuses, 422 if the row cannot be stored.
    """
    auth = ctx.auth
    given = {name: value for name, value in ctx.body.items() if name not in _OWN_FIELDS}
    with _FIELDS:
        fields = await read_additional_fields(auth.schema, "user", given, "create")
    fields |= {"name": numbers.name_of(number), "phoneNumber": number, "phoneNumberVerified": True}
    email = numbers.email_of(number)
    try:
        return await _create(ctx, email, fields)
    except NotStoredError:
        if await auth.users.find_by("phoneNumber", number) is not None:
            raise APIError.of(400, PhoneNumberErrorCodes.PHONE_NUMBER_EXIST) from None
        other = numbers.other_email_of(number)
        if other is None or not await auth.users.exists(email.lower()):
            raise APIError.of(422, BaseErrorCodes.FAILED_TO_CREATE_USER) from None
    # Anybody may have signed up with the address that stands for the number, to keep its owner out.
    try:
        return await _create(ctx, other, fields)
    except NotStoredError:
        raise APIError.of(422, BaseErrorCodes.FAILED_TO_CREATE_USER) from None


async def _create(ctx: Context, email: str, fields: Row) -> Row:
    try:
        return await create_user(ctx.auth, new_user(ctx.auth, email, fields), {"method": "phone-number"}, ctx=ctx)
    except UserRefusedError:
        raise APIError.of(500, BaseErrorCodes.FAILED_TO_CREATE_USER) from None


async def _tell(ctx: Context, numbers: Numbers, number: str, user: Row) -> None:
    told = numbers.options.callback_on_verification
    if told is not None:
        await resolve(told({"phone_number": number, "user": user}, ctx))


def _verified(ctx: Context, token: str | None, user: Row) -> dict[str, Any]:
    return {"status": True, "token": token, "user": without_hidden_fields(ctx.auth.schema, "user", user)}
