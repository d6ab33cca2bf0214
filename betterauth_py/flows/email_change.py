"""Verifying and changing an e-mail address with the token of a mail."""

from __future__ import annotations

from typing import Any

from betterauth_py.flows.callbacks import call
from betterauth_py.flows.session import create_session, find_session
from betterauth_py.flows.verification_mail import (
    CONFIRMATION,
    VERIFICATION,
    send_verification_email,
    verification_token,
)
from betterauth_py.http.context import EndpointContext
from betterauth_py.store.errors import NotStoredError
from betterauth_py.store.hooks import Row
from betterauth_py.wire.errors import APIError, BaseErrorCodes
from betterauth_py.wire.session_cookies import set_session_cookie

Context = EndpointContext[Any, Any]


async def verify_address(ctx: Context, user: Row, email: str) -> None:
    """Mark the user's address, `email` in the token, as verified; start a session if the options say so."""
    options = ctx.options.email_verification
    await call(ctx, options.before_email_verification, user)
    updated = await ctx.auth.users.update(user["id"], {"emailVerified": True}, while_email=user["email"])
    if updated is None:
        raise APIError.of(401, BaseErrorCodes.USER_NOT_FOUND)
    await call(ctx, options.after_email_verification, updated)
    if not options.auto_sign_in_after_verification:
        return
    current = await find_session(ctx)
    if current is None or current[1]["email"] != email:
        session = await _start_session(ctx, user)
        current = (session, user)
    await set_session_cookie(ctx, current[0], {**current[1], "emailVerified": True})


async def change_address(
    ctx: Context, user: Row, email: str, *, update_to: str, request_type: str | None, callback_url: str | None
) -> Row | None:
    """Take the step that the token for `email` stands for; return the changed user, or None if only a mail was sent.

    Raises:
        APIError: 401 if somebody else is signed in, 422 if the new address has been taken meanwhile.
    """
    current = await find_session(ctx)
    if current is not None and current[1]["email"] != email:
        raise APIError.of(401, BaseErrorCodes.INVALID_USER)
    if request_type == CONFIRMATION:
        token = verification_token(ctx, user["email"], update_to=update_to, request_type=VERIFICATION)
        send_verification_email(ctx, {**user, "email": update_to}, callback_url, token=token)
        return None
    verified = request_type == VERIFICATION
    async with ctx.auth.database.transaction():
        changed = await _store_address(ctx, user, update_to.lower(), verified=verified)
        session, session_user = current or (await _start_session(ctx, user), user)
    if verified:
        await call(ctx, ctx.options.email_verification.after_email_verification, changed)
    else:
        token = verification_token(ctx, update_to, default_life=True)
        send_verification_email(ctx, changed, callback_url, token=token)
    await set_session_cookie(ctx, session, {**session_user, "email": update_to, "emailVerified": verified})
    return changed


async def _store_address(ctx: Context, user: Row, new_email: str, *, verified: bool) -> Row:
    """Change the address, unless a racing request has changed it or deleted the user."""
    changes = {"email": new_email, "emailVerified": verified}
    try:
        changed = await ctx.auth.users.update(user["id"], changes, while_email=user["email"])
    except NotStoredError:
        raise APIError.of(422, BaseErrorCodes.USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL) from None
    if changed is None:
        raise APIError.of(401, BaseErrorCodes.USER_NOT_FOUND)
    return changed


async def _start_session(ctx: Context, user: Row) -> Row:
    try:
        session = await create_session(ctx, user["id"], remember=True)
    except NotStoredError:
        # Deleted in the meantime.
        raise APIError.of(401, BaseErrorCodes.USER_NOT_FOUND) from None
    if session is None:
        raise APIError.of(500, BaseErrorCodes.FAILED_TO_CREATE_SESSION)
    return session
