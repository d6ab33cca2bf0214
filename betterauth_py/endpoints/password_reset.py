"""`/request-password-reset`, `/reset-password/:token` and `/reset-password`."""

from __future__ import annotations

from typing import Any

from betterauth_py.core.context import EndpointContext
from betterauth_py.core.endpoint import Reply, endpoint
from betterauth_py.core.redirects import redirect_with
from betterauth_py.core.refusals import answering
from betterauth_py.endpoints.sessions import STATUS_REPLY
from betterauth_py.flows.password_reset import (
    ResetRefusal,
    is_valid_reset_token,
    request_password_reset_of,
    reset_password_with,
)
from betterauth_py.flows.passwords import PasswordRefusal
from betterauth_py.flows.security import Security
from betterauth_py.wire.errors import APIError, BaseErrorCodes, ResetErrorCodes
from betterauth_py.wire.validation import Email, Object, Optional, String

Context = EndpointContext[dict[str, Any], Any]

_REFUSALS = answering(
    {
        ResetRefusal.DISABLED: (400, ResetErrorCodes.RESET_PASSWORD_DISABLED),
        ResetRefusal.BAD_TOKEN: (400, BaseErrorCodes.INVALID_TOKEN),
        ResetRefusal.NO_USER: (400, BaseErrorCodes.USER_NOT_FOUND),
        PasswordRefusal.TOO_SHORT: (400, BaseErrorCodes.PASSWORD_TOO_SHORT),
        PasswordRefusal.TOO_LONG: (400, BaseErrorCodes.PASSWORD_TOO_LONG),
    }
)


@endpoint(
    "/request-password-reset",
    methods=("POST",),
    security=Security.PUBLIC,
    operation_id="requestPasswordReset",
    body=Object(
        {
            "email": Email("The email address of the user to send a password reset email to"),
            "redirectTo": Optional(
                String("Where the mailed link leads: with ?token=..., or ?error=INVALID_TOKEN if it has expired")
            ),
        }
    ),
    errors=((400, ResetErrorCodes.RESET_PASSWORD_DISABLED), (403, BaseErrorCodes.INVALID_REDIRECT_URL)),
    reply=Reply(
        "Success, whether there is such a user or not",
        {
            "type": "object",
            "properties": {"status": {"type": "boolean"}, "message": {"type": "string"}},
            "required": ["status", "message"],
        },
    ),
)
async def request_password_reset(ctx: Context) -> dict[str, Any]:
    """Send a password reset email."""
    with _REFUSALS:
        await request_password_reset_of(ctx, ctx.body["email"], ctx.body.get("redirectTo"))
    return {
        "status": True,
        "message": "If this email exists in our system, check your email for the reset link",
    }


@endpoint(
    "/reset-password/:token",
    methods=("GET",),
    security=Security.PUBLIC,
    operation_id="resetPasswordCallback",
    query=Object({"callbackURL": String("The URL to redirect the user to reset their password")}),
    redirect_parameters=("callbackURL",),
    reply=Reply("Never: the answer is a redirect", {"type": "null"}),
)
async def request_password_reset_callback(ctx: Context) -> None:
    """Check the token of the mailed link and redirect to the page that resets the password."""
    token, callback_url = ctx.params.get("token", ""), ctx.query["callbackURL"]
    if not token or not callback_url:
        raise redirect_with(f"{ctx.base_url}/error", ctx.base_url, "error", "INVALID_TOKEN")
    if not await is_valid_reset_token(ctx.auth, token):
        raise redirect_with(callback_url, ctx.base_url, "error", "INVALID_TOKEN")
    raise redirect_with(callback_url, ctx.base_url, "token", token)


@endpoint(
    "/reset-password",
    methods=("POST",),
    security=Security.PUBLIC,
    operation_id="resetPassword",
    query=Optional(Object({"token": Optional(String())})),
    body=Object(
        {
            "newPassword": String("The new password to set"),
            "token": Optional(String("The token to reset the password")),
        }
    ),
    errors=(
        (400, BaseErrorCodes.INVALID_TOKEN),
        (400, BaseErrorCodes.PASSWORD_TOO_SHORT),
        (400, BaseErrorCodes.PASSWORD_TOO_LONG),
        (400, BaseErrorCodes.USER_NOT_FOUND),
    ),
    reply=STATUS_REPLY,
)
async def reset_password(ctx: Context) -> dict[str, bool]:
    """Reset a user's password with a mailed token."""
    token = ctx.body.get("token") or (ctx.query or {}).get("token")
    if not token:
        raise APIError.of(400, BaseErrorCodes.INVALID_TOKEN)
    with _REFUSALS:
        await reset_password_with(ctx, token, ctx.body["newPassword"])
    return {"status": True}
