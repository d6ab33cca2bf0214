"""`POST /sign-in/email`."""

from __future__ import annotations

from typing import Any

from betterauth_py.core.context import EndpointContext
from betterauth_py.core.endpoint import FORM_OR_JSON, Reply, Security, endpoint
from betterauth_py.core.output import without_hidden_fields
from betterauth_py.core.session_cookies import set_session_cookie
from betterauth_py.flows.sign_in import sign_in_with_password
from betterauth_py.javascript.values import UNDEFINED
from betterauth_py.wire.errors import APIError, BaseErrorCodes, SignUpErrorCodes
from betterauth_py.wire.validation import Boolean, Object, Optional, String, is_email


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
        {
            "type": "object",
            "properties": {
                "redirect": {"type": "boolean"},
                "token": {"type": "string", "description": "Session token"},
                "url": {"type": "string"},
                "user": {"$ref": "#/components/schemas/User"},
            },
            "required": ["redirect", "token", "user"],
        },
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
    session, user = await sign_in_with_password(
        ctx, body["email"], body["password"], remember=remember, callback_url=body.get("callbackURL")
    )
    await set_session_cookie(ctx, session, user, remember=remember)
    callback_url = body.get("callbackURL", UNDEFINED)
    if callback_url:
        ctx.set_header("location", callback_url)
    return {
        "redirect": bool(callback_url),
        "token": session["token"],
        "url": callback_url,
        "user": without_hidden_fields(ctx.auth.schema, "user", user),
    }
