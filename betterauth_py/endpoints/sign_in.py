"""`POST /sign-in/email`."""

from __future__ import annotations

from typing import Any

from betterauth_py.core.context import EndpointContext
from betterauth_py.core.endpoint import FORM_OR_JSON, Reply, endpoint
from betterauth_py.core.refusals import answering
from betterauth_py.flows.passwords import PasswordRefusal
from betterauth_py.flows.security import Security
from betterauth_py.flows.sign_in import Claim, Refusal, sign_in_with_password
from betterauth_py.flows.signed_in import SIGN_IN_SCHEMA, answer_sign_in
from betterauth_py.wire.errors import APIError, BaseErrorCodes, SignUpErrorCodes
from betterauth_py.wire.validation import Boolean, Object, Optional, String, is_email

_REFUSALS = answering(
    {
        PasswordRefusal.TOO_LONG: (400, BaseErrorCodes.PASSWORD_TOO_LONG),
        Refusal.WRONG_CREDENTIALS: (401, BaseErrorCodes.INVALID_EMAIL_OR_PASSWORD),
        Refusal.EMAIL_NOT_VERIFIED: (403, BaseErrorCodes.EMAIL_NOT_VERIFIED),
        Refusal.SESSION_REFUSED: (401, BaseErrorCodes.FAILED_TO_CREATE_SESSION),
    }
)


@endpoint(
    "/sign-in/email",
    methods=("POST",),
    security=Security.SAME_ORIGIN,
    operation_id="signInEmail",
    body=Object(
        {
            "email": String("Email of the user"),
            "password": String("Password of the user"),
            "callbackURL": Optional(String("Callback URL to use as a redirect for email verification")),
            "rememberMe": Optional(Boolean("If this is false, the session will not be remembered. Default is `true`.")),
        }
    ),
    media_types=FORM_OR_JSON,
    errors=(
        (400, SignUpErrorCodes.EMAIL_PASSWORD_DISABLED),
        (400, BaseErrorCodes.INVALID_EMAIL),
        (400, BaseErrorCodes.PASSWORD_TOO_LONG),
        (401, BaseErrorCodes.INVALID_EMAIL_OR_PASSWORD),
        (401, BaseErrorCodes.FAILED_TO_CREATE_SESSION),
        (403, BaseErrorCodes.EMAIL_NOT_VERIFIED),
    ),
    reply=Reply(
        "The session's token and the user",
        SIGN_IN_SCHEMA,
    ),
)
async def sign_in_email(ctx: EndpointContext[dict[str, Any], Any]) -> dict[str, Any]:
    """Sign in with email and password."""
    if not ctx.options.email_and_password.enabled:
        raise APIError.of(400, SignUpErrorCodes.EMAIL_PASSWORD_DISABLED)
    body = ctx.body
    if not is_email(body["email"]):
        raise APIError.of(400, BaseErrorCodes.INVALID_EMAIL)
    remember = body.get("rememberMe") is not False
    claim = Claim(body["email"], lambda: ctx.auth.users.find_with_credential(body["email"].lower()))
    with _REFUSALS:
        session, user = await sign_in_with_password(
            ctx, claim, body["password"], remember=remember, callback_url=body.get("callbackURL")
        )
    return await answer_sign_in(ctx, session, user, remember=remember)
