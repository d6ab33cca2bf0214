"""A user's password: `/change-password`, `/verify-password`, and the server-only `set_password`."""

from __future__ import annotations

from typing import Any

from betterauth_py.core.context import EndpointContext
from betterauth_py.core.endpoint import Reply, endpoint
from betterauth_py.core.output import without_hidden_fields
from betterauth_py.core.refusals import answering
from betterauth_py.core.session_cookies import set_session_cookie
from betterauth_py.endpoints.sessions import STATUS_REPLY
from betterauth_py.flows.passwords import (
    PasswordRefusal,
    change_password_of,
    has_password,
    refuse_long_password,
    set_first_password,
)
from betterauth_py.flows.security import Security
from betterauth_py.flows.security_log import record
from betterauth_py.flows.session import SessionEndedError, end_session_of_call, signed_in, stored_token
from betterauth_py.security_events import SecurityEvent
from betterauth_py.wire.errors import UNAUTHORIZED, APIError, BaseErrorCodes
from betterauth_py.wire.validation import Boolean, Object, Optional, String

Context = EndpointContext[dict[str, Any], Any]

_REFUSALS = answering(
    {
        PasswordRefusal.TOO_SHORT: (400, BaseErrorCodes.PASSWORD_TOO_SHORT),
        PasswordRefusal.TOO_LONG: (400, BaseErrorCodes.PASSWORD_TOO_LONG),
        PasswordRefusal.WRONG: (400, BaseErrorCodes.INVALID_PASSWORD),
        PasswordRefusal.NONE_SET: (400, BaseErrorCodes.CREDENTIAL_ACCOUNT_NOT_FOUND),
        PasswordRefusal.ALREADY_SET: (400, BaseErrorCodes.PASSWORD_ALREADY_SET),
        PasswordRefusal.NO_USER: (401, UNAUTHORIZED),
        PasswordRefusal.SESSION_REFUSED: (500, BaseErrorCodes.FAILED_TO_GET_SESSION),
    }
)
_LENGTHS = ((400, BaseErrorCodes.PASSWORD_TOO_SHORT), (400, BaseErrorCodes.PASSWORD_TOO_LONG))


@endpoint(
    "/change-password",
    methods=("POST",),
    security=Security.SENSITIVE_SESSION,
    operation_id="changePassword",
    body=Object(
        {
            "newPassword": String("The new password to set"),
            "currentPassword": String("The current password is required"),
            "revokeOtherSessions": Optional(Boolean("Must be a boolean value")),
        }
    ),
    errors=(
        *_LENGTHS,
        (400, BaseErrorCodes.CREDENTIAL_ACCOUNT_NOT_FOUND),
        (400, BaseErrorCodes.INVALID_PASSWORD),
    ),
    reply=Reply(
        "The user, and the token of the new session where the others were revoked",
        {
            "type": "object",
            "properties": {
                "token": {"type": ["string", "null"]},
                "user": {"$ref": "#/components/schemas/User"},
            },
            "required": ["token", "user"],
        },
    ),
)
async def change_password(ctx: Context) -> dict[str, Any]:
    """Change the user's password."""
    _, user = signed_in(ctx)
    with _REFUSALS:
        session = await change_password_of(
            ctx,
            user,
            current=ctx.body["currentPassword"],
            new=ctx.body["newPassword"],
            revoke_sessions=ctx.body.get("revokeOtherSessions") is True,
        )
    record(ctx, SecurityEvent.PASSWORD_CHANGED, user)
    if session is not None:
        await set_session_cookie(ctx, session, user)
    return {
        "token": session["token"] if session else None,
        "user": without_hidden_fields(ctx.auth.schema, "user", user),
    }


@endpoint(
    "/verify-password",
    methods=("POST",),
    security=Security.SENSITIVE_SESSION,
    operation_id="verifyPassword",
    body=Object({"password": String("The password to verify")}),
    errors=((400, BaseErrorCodes.PASSWORD_TOO_LONG), (400, BaseErrorCodes.INVALID_PASSWORD)),
    reply=STATUS_REPLY,
    shown_to_clients=False,
)
async def verify_password(ctx: Context) -> dict[str, bool]:
    """Verify the current user's password."""
    _, user = signed_in(ctx)
    with _REFUSALS:
        refuse_long_password(ctx.auth, ctx.body["password"])
        is_right = await has_password(ctx, user, ctx.body["password"])
    if not is_right:
        raise APIError.of(400, BaseErrorCodes.INVALID_PASSWORD)
    return {"status": True}


@endpoint(
    None,
    methods=("POST",),
    security=Security.SENSITIVE_SESSION,
    operation_id="setPassword",
    body=Object({"newPassword": String("The new password to set is required")}),
    errors=(*_LENGTHS, (400, BaseErrorCodes.PASSWORD_ALREADY_SET)),
    reply=STATUS_REPLY,
    shown_to_clients=False,
)
async def set_password(ctx: Context) -> dict[str, bool]:
    """Set a password for a user without one."""
    _, user = signed_in(ctx)
    try:
        with _REFUSALS:
            await set_first_password(ctx.auth, user, ctx.body["newPassword"], stored_token(ctx))
    except SessionEndedError:
        raise end_session_of_call(ctx) from None
    record(ctx, SecurityEvent.PASSWORD_SET, user)
    return {"status": True}
