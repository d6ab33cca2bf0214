"""`/send-verification-email` and `/verify-email`."""

from __future__ import annotations

from typing import Any

from betterauth_py.core.context import EndpointContext
from betterauth_py.core.endpoint import Reply, endpoint
from betterauth_py.core.output import without_hidden_fields
from betterauth_py.core.redirects import redirect_appending
from betterauth_py.core.refusals import answering
from betterauth_py.core.session_cookies import set_session_cookie
from betterauth_py.endpoints.sessions import STATUS_REPLY
from betterauth_py.flows.email_change import (
    AddressRefusal,
    change_address,
    find_user_to_move,
    sign_in_verified,
    stays_verified,
    verify_address,
)
from betterauth_py.flows.mailed_tokens import TokenRefusal, read_verification_token
from betterauth_py.flows.security import Security
from betterauth_py.flows.session import find_session
from betterauth_py.flows.verification_mail import request_verification_email
from betterauth_py.wire.errors import APIError, BaseErrorCodes
from betterauth_py.wire.validation import Email, Object, Optional, String

Context = EndpointContext[dict[str, Any], dict[str, Any]]

_REFUSALS = answering(
    {
        TokenRefusal.INVALID: (401, BaseErrorCodes.INVALID_TOKEN),
        TokenRefusal.EXPIRED: (401, BaseErrorCodes.TOKEN_EXPIRED),
        AddressRefusal.NO_USER: (401, BaseErrorCodes.USER_NOT_FOUND),
        AddressRefusal.TAKEN: (422, BaseErrorCodes.USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL),
        AddressRefusal.SESSION_REFUSED: (500, BaseErrorCodes.FAILED_TO_CREATE_SESSION),
    }
)


@endpoint(
    "/send-verification-email",
    methods=("POST",),
    security=Security.PUBLIC,
    operation_id="sendVerificationEmail",
    body=Object(
        {
            "email": Email("The email to send the verification email to"),
            "callbackURL": Optional(String("The URL to use for email verification callback")),
        }
    ),
    errors=(
        (400, BaseErrorCodes.VERIFICATION_EMAIL_NOT_ENABLED),
        (400, BaseErrorCodes.EMAIL_MISMATCH),
        (400, BaseErrorCodes.EMAIL_ALREADY_VERIFIED),
    ),
    reply=STATUS_REPLY,
)
async def send_verification_email(ctx: Context) -> dict[str, bool]:
    """Send a verification email."""
    send = ctx.options.email_verification.send_verification_email
    if send is None:
        raise APIError.of(400, BaseErrorCodes.VERIFICATION_EMAIL_NOT_ENABLED)
    email, callback_url = ctx.body["email"], ctx.body.get("callbackURL")
    current = await find_session(ctx)
    if current is None:
        user = await ctx.auth.users.find_by_email(email.lower())
        if user is not None and user["emailVerified"]:
            user = None
        await request_verification_email(ctx, send, email, user, callback_url, signed_in=False)
        return {"status": True}
    user = current[1]
    if user["email"].lower() != email.lower():
        raise APIError.of(400, BaseErrorCodes.EMAIL_MISMATCH)
    if user["emailVerified"]:
        raise APIError.of(400, BaseErrorCodes.EMAIL_ALREADY_VERIFIED)
    await request_verification_email(ctx, send, email, user, callback_url, signed_in=True)
    return {"status": True}


@endpoint(
    "/verify-email",
    methods=("GET",),
    security=Security.PUBLIC,
    operation_id="verifyEmail",
    query=Object(
        {
            "token": String("The token to verify the email"),
            "callbackURL": Optional(String("The URL to redirect to after email verification")),
        }
    ),
    redirect_parameters=("callbackURL",),
    errors=(
        (401, BaseErrorCodes.INVALID_TOKEN),
        (401, BaseErrorCodes.TOKEN_EXPIRED),
        (401, BaseErrorCodes.USER_NOT_FOUND),
        (401, BaseErrorCodes.INVALID_USER),
        (403, BaseErrorCodes.INVALID_CALLBACK_URL),
        (422, BaseErrorCodes.USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL),
    ),
    reply=Reply(
        "Success; the user where its address was changed",
        {
            "type": "object",
            "properties": {
                "status": {"type": "boolean"},
                "user": {"anyOf": [{"$ref": "#/components/schemas/User"}, {"type": "null"}]},
            },
            "required": ["status"],
        },
    ),
)
async def verify_email(ctx: Context) -> dict[str, Any]:
    """Verify an e-mail address, or take the next step of changing it."""
    callback_url = ctx.query.get("callbackURL")
    try:
        reply = await _verify(ctx, callback_url)
    except APIError as error:
        code = error.code
        if callback_url and code and error.status in {401, 422}:
            raise redirect_appending(callback_url, "error", code) from None
        raise
    if callback_url:
        raise APIError.redirect(callback_url)
    return reply


async def _verify(ctx: Context, callback_url: str | None) -> dict[str, Any]:
    with _REFUSALS:
        claims = read_verification_token(ctx.auth, ctx.query["token"])
        if claims.get("updateTo"):
            return await _move(ctx, claims, callback_url)
        user = await verify_address(ctx, claims)
        if user is not None and ctx.options.email_verification.auto_sign_in_after_verification:
            current = await find_session(ctx)
            if current is None or current[1]["email"] != claims["email"]:
                current = (await sign_in_verified(ctx, claims, user), user)
            await set_session_cookie(ctx, current[0], {**current[1], "emailVerified": True})
        return {"status": True, "user": None}


async def _move(ctx: Context, claims: dict[str, Any], callback_url: str | None) -> dict[str, Any]:
    user = await find_user_to_move(ctx.auth, claims)
    current = await find_session(ctx)
    if current is not None and current[1]["id"] != user["id"]:
        raise APIError.of(401, BaseErrorCodes.INVALID_USER)
    changed = await change_address(ctx, claims, user, callback_url)
    if changed is None:
        return {"status": True}
    if current is not None:
        moved = {"email": claims["updateTo"], "emailVerified": stays_verified(claims, user)}
        await set_session_cookie(ctx, current[0], {**current[1], **moved})
    return {"status": True, "user": without_hidden_fields(ctx.auth.schema, "user", changed)}
