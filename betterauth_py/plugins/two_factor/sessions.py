"""What the endpoints ask of a signed-in user, and the new session that a change of the factor begins."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.plugins import (
    APIError,
    BaseErrorCodes,
    EndpointContext,
    PasswordRefusal,
    Row,
    answering,
    create_session,
    require_password,
    set_session_cookie,
    signed_in,
)
from betterauth_py.plugins.tools import additional_defaults, end_session_of_call, stored_token

Context = EndpointContext[dict[str, Any], Any]

PASSWORD_ERRORS: Final = (
    (400, BaseErrorCodes.INVALID_PASSWORD),
    (400, BaseErrorCodes.PASSWORD_TOO_LONG),
)
_REFUSALS: Final = answering(
    {
        PasswordRefusal.TOO_LONG: (400, BaseErrorCodes.PASSWORD_TOO_LONG),
        PasswordRefusal.NONE_SET: (400, BaseErrorCodes.INVALID_PASSWORD),
        PasswordRefusal.WRONG: (400, BaseErrorCodes.INVALID_PASSWORD),
    }
)
# A new session has these of its own.
_OWN: Final = {"id", "token", "userId", "expiresAt", "createdAt", "updatedAt"}


async def require_password_of(ctx: Context, *, passwordless: bool) -> None:
    """Require the signed-in user's password in the body; if `passwordless`, only of users who have one.

    Raises:
        APIError: 400 if it is missing, wrong or too long.
        TooManyTriesError: after too many wrong ones.
    """
    user = signed_in(ctx)[1]
    if passwordless:
        account = await ctx.auth.accounts.find_credential(user["id"])
        if account is None or not account["password"]:
            return
    password = ctx.body.get("password")
    if not password:
        raise APIError.of(400, BaseErrorCodes.INVALID_PASSWORD)
    with _REFUSALS:
        await require_password(ctx, user, password)


async def renew_session(ctx: Context, changes: Row) -> Row:
    """Change the signed-in user and replace the session by a new one; return the user. The caller opens a transaction.

    The new session has the old one's client and fields of plugins. A session that no store has, such as an API key's,
    stays.

    Raises:
        APIError: 401 if the session has ended meanwhile, 500 if a hook refuses the change or the new session.
    """
    auth, (session, user) = ctx.auth, signed_in(ctx)
    old = stored_token(ctx)
    updated = await auth.users.update(user["id"], changes, while_session=old)
    if updated is None:
        if old is not None and await auth.sessions.find_with_user(old, fresh=True) is None:
            raise end_session_of_call(ctx)
        raise APIError.of(500, BaseErrorCodes.FAILED_TO_UPDATE_USER)
    if old is None:
        ctx.session = (session, updated)
        return updated
    kept = set(session) - _OWN - additional_defaults(auth.schema, "session").keys()
    renewed = await create_session(auth, user["id"], fields={name: session[name] for name in kept})
    if renewed is None:
        raise APIError.of(500, BaseErrorCodes.FAILED_TO_CREATE_SESSION)
    await set_session_cookie(ctx, renewed, updated)
    await auth.sessions.delete(old)
    return updated
