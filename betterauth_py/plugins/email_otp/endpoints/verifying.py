"""`POST /email-otp/check-verification-otp` and `POST /email-otp/verify-email`."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import (
    APIError,
    BaseErrorCodes,
    Endpoint,
    NotStoredError,
    Reply,
    Row,
    Security,
    answering,
    client_of,
    create_session,
    endpoint,
    find_session,
    set_session_cookie,
    validation,
)
from betterauth_py.plugins.email_otp.codes import CODE_ERRORS, Codes, identifier_of
from betterauth_py.plugins.email_otp.endpoints.shared import OTP, TAGS, Context, address_of, purpose_schema, success
from betterauth_py.plugins.tools import (
    AddressRefusal,
    set_cookie_cache,
    verify_proven_address,
    without_hidden_fields,
)

_REFUSALS = answering({AddressRefusal.NO_USER: (400, BaseErrorCodes.USER_NOT_FOUND)})
_ERRORS = ((400, BaseErrorCodes.INVALID_EMAIL), *CODE_ERRORS, (400, BaseErrorCodes.USER_NOT_FOUND))


def endpoints_for(codes: Codes) -> list[Endpoint[Any, Any]]:
    """Return the endpoints."""

    @endpoint(
        "/email-otp/check-verification-otp",
        methods=("POST",),
        security=Security.PUBLIC,
        operation_id="verifyEmailWithOTP",
        body=validation.Object(
            {
                "email": validation.String("Email address the OTP was sent to"),
                "type": purpose_schema(),
                "otp": OTP,
            }
        ),
        errors=_ERRORS,
        reply=success("The code is right, and stays valid"),
        tags=TAGS,
    )
    async def check_verification_otp(ctx: Context) -> dict[str, bool]:
        """Check an OTP without using it up."""
        email = address_of(ctx.body["email"])
        await codes.check(ctx.auth, identifier_of(ctx.body["type"], email), ctx.body["otp"])
        if await ctx.auth.users.find_by_email(email) is None:
            raise APIError.of(400, BaseErrorCodes.USER_NOT_FOUND)
        return {"success": True}

    @endpoint(
        "/email-otp/verify-email",
        methods=("POST",),
        security=Security.PUBLIC,
        operation_id="verifyEmailOTP",
        body=validation.Object({"email": validation.String("Email address to verify"), "otp": OTP}),
        errors=(*_ERRORS, (500, BaseErrorCodes.FAILED_TO_CREATE_SESSION)),
        reply=Reply(
            "The user, and the session's token with `auto_sign_in_after_verification`",
            {
                "type": "object",
                "properties": {
                    "status": {"type": "boolean", "enum": [True]},
                    "token": {"type": ["string", "null"]},
                    "user": {"$ref": "#/components/schemas/User"},
                },
                "required": ["status", "token", "user"],
            },
        ),
        tags=TAGS,
    )
    async def verify_email_otp(ctx: Context) -> dict[str, Any]:
        """Verify email with OTP."""
        email = address_of(ctx.body["email"])
        await codes.use(ctx.auth, identifier_of("email-verification", email), ctx.body["otp"])
        signs_in = ctx.options.email_verification.auto_sign_in_after_verification
        # Read before, because better-auth caches again what the cookie holds: the user as it was.
        current = None if signs_in else await find_session(ctx)
        with _REFUSALS:
            user = await verify_proven_address(ctx, email)
        token = await _sign_in(ctx, user) if signs_in else None
        if current is not None and current[1]["id"] == user["id"]:
            await _cache_again(ctx, *current)
        return {"status": True, "token": token, "user": without_hidden_fields(ctx.auth.schema, "user", user)}

    return [check_verification_otp, verify_email_otp]


async def _cache_again(ctx: Context, session: Row, user: Row) -> None:
    """Let a cached session show that the address is verified, unless it has ended meanwhile."""
    if await ctx.auth.sessions.find_with_user(session["token"], fresh=True) is not None:
        remember = ctx.get_signed_cookie(ctx.auth.cookies.dont_remember) is None
        await set_cookie_cache(ctx, session, {**user, "emailVerified": True}, remember=remember)


async def _sign_in(ctx: Context, user: Row) -> str:
    try:
        holding = ctx.auth.users.holding(user, "email")
        session = await create_session(ctx.auth, user["id"], client=client_of(ctx), holding=holding)
    except NotStoredError:
        # Moved or deleted in the meantime.
        raise APIError.of(400, BaseErrorCodes.USER_NOT_FOUND) from None
    if session is None:
        raise APIError.of(500, BaseErrorCodes.FAILED_TO_CREATE_SESSION)
    await set_session_cookie(ctx, session, user)
    return str(session["token"])
