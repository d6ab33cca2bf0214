"""`POST /delete-user` and `GET /delete-user/callback`."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.core.context import EndpointContext
from betterauth_py.core.endpoint import Reply, endpoint
from betterauth_py.core.session_cookies import delete_session_cookie
from betterauth_py.flows.passwords import demand_password
from betterauth_py.flows.security import Security
from betterauth_py.flows.session import find_session, is_fresh, signed_in
from betterauth_py.flows.user_deletion import delete_user_now, delete_user_with, send_deletion_mail
from betterauth_py.wire.errors import NOT_FOUND, APIError, BaseErrorCodes
from betterauth_py.wire.validation import Object, Optional, String

Context = EndpointContext[Any, Any]

_DELETED: Final = {"success": True, "message": "User deleted"}
_REPLY: Final = Reply(
    "The user is deleted, or the mail that deletes it is sent",
    {
        "type": "object",
        "properties": {"success": {"type": "boolean"}, "message": {"type": "string"}},
        "required": ["success", "message"],
    },
)


@endpoint(
    "/delete-user",
    methods=("POST",),
    security=Security.SENSITIVE_SESSION,
    operation_id="deleteUser",
    body=Object(
        {
            "callbackURL": Optional(String("The callback URL to redirect to after the user is deleted")),
            "password": Optional(String("The password of the user is required to delete the user")),
            "token": Optional(String("The token to delete the user is required")),
        }
    ),
    errors=(
        (400, BaseErrorCodes.CREDENTIAL_ACCOUNT_NOT_FOUND),
        (400, BaseErrorCodes.INVALID_PASSWORD),
        (400, BaseErrorCodes.PASSWORD_TOO_LONG),
        (400, BaseErrorCodes.SESSION_EXPIRED),
        (404, BaseErrorCodes.INVALID_TOKEN),
    ),
    reply=_REPLY,
)
async def delete_user(ctx: Context) -> dict[str, Any]:
    """Delete the user, or send the mail that does."""
    options = ctx.options.user.delete_user
    if not options.enabled:
        raise APIError(404)
    session, user = signed_in(ctx)
    password = ctx.body.get("password")
    verified = await demand_password(ctx, user["id"], password) if password else None
    if ctx.body.get("token"):
        await delete_user_with(ctx, user, ctx.body["token"])
        delete_session_cookie(ctx)
        return dict(_DELETED)
    if options.send_delete_account_verification is not None:
        await send_deletion_mail(ctx, options.send_delete_account_verification, user, ctx.body.get("callbackURL"))
        return {"success": True, "message": "Verification email sent"}
    if not password and not is_fresh(ctx, session):
        raise APIError.of(400, BaseErrorCodes.SESSION_EXPIRED)
    await delete_user_now(ctx, user, password=password, verified=verified)
    delete_session_cookie(ctx)
    return dict(_DELETED)


@endpoint(
    "/delete-user/callback",
    methods=("GET",),
    security=Security.PUBLIC,
    operation_id="deleteUserCallback",
    query=Object(
        {
            "token": String("The token to verify the deletion request"),
            "callbackURL": Optional(String("The URL to redirect to after deletion")),
        }
    ),
    redirect_parameters=("callbackURL",),
    errors=(
        (403, BaseErrorCodes.INVALID_CALLBACK_URL),
        (404, NOT_FOUND),
        (404, BaseErrorCodes.FAILED_TO_GET_USER_INFO),
        (404, BaseErrorCodes.INVALID_TOKEN),
    ),
    reply=_REPLY,
)
async def delete_user_callback(ctx: Context) -> dict[str, Any]:
    """Complete the deletion with the token of the mail."""
    if not ctx.options.user.delete_user.enabled:
        raise APIError.of(404, NOT_FOUND)
    current = await find_session(ctx, disable_cookie_cache=True)
    if current is None:
        raise APIError.of(404, BaseErrorCodes.FAILED_TO_GET_USER_INFO)
    await delete_user_with(ctx, current[1], ctx.query["token"])
    delete_session_cookie(ctx)
    if ctx.query.get("callbackURL"):
        raise APIError.redirect(ctx.query["callbackURL"])
    return dict(_DELETED)
