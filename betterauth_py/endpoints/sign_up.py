"""`POST /sign-up/email`."""

from __future__ import annotations

from typing import Any

from betterauth_py.core.context import EndpointContext
from betterauth_py.core.endpoint import FORM_OR_JSON, Reply, endpoint
from betterauth_py.core.output import without_hidden_fields
from betterauth_py.core.refusals import answering
from betterauth_py.flows.passwords import PasswordRefusal
from betterauth_py.flows.security import Security
from betterauth_py.flows.sign_up import sign_up_with_password
from betterauth_py.wire.errors import APIError, BaseErrorCodes, SignUpErrorCodes
from betterauth_py.wire.validation import Boolean, Email, Object, Optional, String

_REFUSALS = answering(
    {
        PasswordRefusal.TOO_SHORT: (400, BaseErrorCodes.PASSWORD_TOO_SHORT),
        PasswordRefusal.TOO_LONG: (400, BaseErrorCodes.PASSWORD_TOO_LONG),
    }
)


@endpoint(
    "/sign-up/email",
    methods=("POST",),
    security=Security.SAME_ORIGIN,
    operation_id="signUpWithEmailAndPassword",
    body=Object(
        {
            "name": String("The name of the user"),
            "email": Email("The email of the user"),
            "password": String("The password of the user", min_length=1),
            "image": Optional(String("The profile image URL of the user")),
            "callbackURL": Optional(String("The URL to use for email verification callback")),
            "rememberMe": Optional(Boolean("If this is false, the session will not be remembered. Default is `true`.")),
        },
        keep_unknown=True,
    ),
    media_types=FORM_OR_JSON,
    takes_image=True,
    errors=(
        (400, SignUpErrorCodes.EMAIL_PASSWORD_SIGN_UP_DISABLED),
        (400, BaseErrorCodes.PASSWORD_TOO_SHORT),
        (400, BaseErrorCodes.PASSWORD_TOO_LONG),
        (400, BaseErrorCodes.FAILED_TO_CREATE_SESSION),
        (400, BaseErrorCodes.FIELD_NOT_ALLOWED),
        (400, BaseErrorCodes.MISSING_FIELD),
        (422, BaseErrorCodes.FAILED_TO_CREATE_USER),
        (422, BaseErrorCodes.USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL),
    ),
    reply=Reply(
        "The user, and the session's token if the sign-up has started one",
        {
            "type": "object",
            "properties": {
                "token": {"type": ["string", "null"], "description": "Authentication token for the session"},
                "user": {"$ref": "#/components/schemas/User"},
            },
            "required": ["token", "user"],
        },
    ),
)
async def sign_up_email(ctx: EndpointContext[dict[str, Any], Any]) -> dict[str, Any]:
    """Sign up with email and password."""
    if not ctx.options.email_and_password.enabled or ctx.options.email_and_password.disable_sign_up:
        raise APIError.of(400, SignUpErrorCodes.EMAIL_PASSWORD_SIGN_UP_DISABLED)
    remember = ctx.body.get("rememberMe") is not False
    with _REFUSALS:
        user, session = await sign_up_with_password(ctx, ctx.body, remember=remember)
    return {
        "token": session["token"] if session else None,
        "user": without_hidden_fields(ctx.auth.schema, "user", user),
    }
