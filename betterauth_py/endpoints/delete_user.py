"""`POST /delete-user` and `GET /delete-user/callback`."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.core.context import EndpointContext
from betterauth_py.core.endpoint import Reply, endpoint
from betterauth_py.core.refusals import answering
from betterauth_py.core.session_cookies import delete_session_cookie
from betterauth_py.flows.passwords import PasswordRefusal, require_password
from betterauth_py.flows.security import Security
from betterauth_py.flows.session import (
    SessionEndedError,
    end_session_of_call,
    find_session,
    is_fresh,
    signed_in,
    stored_token,
)
from betterauth_py.flows.user_deletion import DeletionRefusal, delete_user_now, delete_user_with, send_deletion_mail
from betterauth_py.wire.errors import NOT_FOUND, UNAUTHORIZED, APIError, BaseErrorCodes
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

_REFUSALS = answering(
    {
        PasswordRefusal.TOO_LONG: (400, BaseErrorCodes.PASSWORD_TOO_LONG),
        PasswordRefusal.WRONG: (400, BaseErrorCodes.INVALID_PASSWORD),
        PasswordRefusal.NONE_SET: (400, BaseErrorCodes.CREDENTIAL_ACCOUNT_NOT_FOUND),
        PasswordRefusal.NO_USER: (401, UNAUTHORIZED),
        DeletionRefusal.BAD_TOKEN: (404, BaseErrorCodes.INVALID_TOKEN),
    }
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
    """Delete the user, or mail a link that does."""
    options = ctx.options.user.delete_user
    if not options.enabled:
        raise APIError(404)
    session, user = signed_in(ctx)
    password = ctx.body.get("password")
    with _REFUSALS:
        verified = await require_password(ctx, user, password) if password else None
    if ctx.body.get("token"):
        await _delete_with_token(ctx, user, ctx.body["token"])
        delete_session_cookie(ctx)
        return dict(_DELETED)
    if options.send_delete_account_verification is not None:
        await send_deletion_mail(ctx, options.send_delete_account_verification, user, ctx.body.get("callbackURL"))
        return {"success": True, "message": "Verification email sent"}
    if not password and not is_fresh(ctx, session):
        raise APIError.of(400, BaseErrorCodes.SESSION_EXPIRED)
    try:
        with _REFUSALS:
            await delete_user_now(ctx, user, stored_token(ctx), password=password, verified=verified)
    except SessionEndedError:
        raise end_session_of_call(ctx) from None
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
    """Delete the user with the token of the mailed link."""
    if not ctx.options.user.delete_user.enabled:
        raise APIError.of(404, NOT_FOUND)
    current = await find_session(ctx, disable_cookie_cache=True)
    if current is None:
        raise APIError.of(404, BaseErrorCodes.FAILED_TO_GET_USER_INFO)
    await _delete_with_token(ctx, current[1], ctx.query["token"])
    delete_session_cookie(ctx)
    if ctx.query.get("callbackURL"):
        raise APIError.redirect(ctx.query["callbackURL"])
    return dict(_DELETED)


async def _delete_with_token(ctx: Context, user: dict[str, Any], token: str) -> None:
    try:
        with _REFUSALS:
            await delete_user_with(ctx, user, stored_token(ctx), token)
    except SessionEndedError:
        raise end_session_of_call(ctx) from None
