"""Verifying and changing an e-mail address with the token of a mail."""

from __future__ import annotations

from typing import Any

from betterauth_py.core.context import EndpointContext
from betterauth_py.core.session_cookies import set_session_cookie
from betterauth_py.crypto.jwt import Claims
from betterauth_py.flows.callbacks import call
from betterauth_py.flows.mailed_tokens import (
    CONFIRMATION,
    VERIFICATION,
    change_token,
    demand_living_token,
    note_change,
    verification_token,
)
from betterauth_py.flows.security_log import record
from betterauth_py.flows.session import client_of, create_session, find_session
from betterauth_py.flows.verification_mail import send_verification_email
from betterauth_py.security_events import SecurityEvent
from betterauth_py.store.errors import NotStoredError
from betterauth_py.store.hooks import Row
from betterauth_py.wire.errors import APIError, BaseErrorCodes

Context = EndpointContext[Any, Any]


async def verify_address(ctx: Context, claims: Claims) -> None:
    """Mark the address of a token as verified; start a session if the options say so. Once verified, nothing happens.

    Raises:
        APIError: 401 for a token that is not the user's, or older than its password or address.
    """
    options = ctx.options.email_verification
    user = await ctx.auth.users.find_by_email(claims["email"].lower())
    if user is None:
        raise APIError.of(401, BaseErrorCodes.USER_NOT_FOUND)
    if claims.get("userId", user["id"]) != user["id"]:
        raise APIError.of(401, BaseErrorCodes.INVALID_TOKEN)
    if user["emailVerified"]:
        return
    await demand_living_token(ctx, claims, user)
    await call(ctx, options.before_email_verification, user)
    async with ctx.auth.database.transaction():
        current_user = await _lock_for(ctx, claims, user)
        if current_user["emailVerified"]:
            # By the same link, a moment ago.
            return
        updated = await ctx.auth.users.update(user["id"], {"emailVerified": True})
        if updated is None:
            raise APIError.of(401, BaseErrorCodes.USER_NOT_FOUND)
    record(ctx, SecurityEvent.EMAIL_VERIFIED, updated)
    await call(ctx, options.after_email_verification, updated)
    if not options.auto_sign_in_after_verification:
        return
    current = await find_session(ctx)
    if current is None or current[1]["email"] != claims["email"]:
        async with ctx.auth.database.transaction():
            await _lock_for(ctx, claims, user)
            current = (await _start_session(ctx, user), user)
    await set_session_cookie(ctx, current[0], {**current[1], "emailVerified": True})


async def change_address(ctx: Context, claims: Claims, callback_url: str | None) -> Row | None:
    """Take the step that a token stands for; return the changed user, or None if only a mail was sent.

    Raises:
        APIError: 401 for a token that does not count, a user who is gone, or somebody else's session; 422 if the new
            address has been taken meanwhile.
    """
    if not claims.get("userId"):
        raise APIError.of(401, BaseErrorCodes.INVALID_TOKEN)
    user = await ctx.auth.users.find(claims["userId"])
    if user is None:
        raise APIError.of(401, BaseErrorCodes.USER_NOT_FOUND)
    if user["email"].lower() != claims["email"]:
        raise APIError.of(401, BaseErrorCodes.INVALID_TOKEN)
    await demand_living_token(ctx, claims, user)
    current = await find_session(ctx)
    if current is not None and current[1]["id"] != user["id"]:
        raise APIError.of(401, BaseErrorCodes.INVALID_USER)
    update_to = claims["updateTo"]
    if claims.get("requestType") == CONFIRMATION:
        _mail_the_new_address(ctx, claims, user, callback_url)
        return None
    keeps_verified = claims.get("requestType") == VERIFICATION
    verified = user["emailVerified"] if keeps_verified else False
    try:
        async with ctx.auth.database.transaction():
            await _lock_for(ctx, claims, user)
            changed = await store_address(ctx, user, {"email": update_to.lower(), "emailVerified": verified})
    except NotStoredError:
        raise APIError.of(422, BaseErrorCodes.USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL) from None
    if changed is None:
        raise APIError.of(401, BaseErrorCodes.USER_NOT_FOUND)
    record(ctx, SecurityEvent.EMAIL_CHANGED, user)
    if not keeps_verified:
        moved = {**changed, "email": update_to}
        send_verification_email(
            ctx, changed, callback_url, token=lambda: verification_token(ctx, moved, default_life=True)
        )
    elif verified:
        await call(ctx, ctx.options.email_verification.after_email_verification, changed)
    if current is not None:
        await set_session_cookie(ctx, current[0], {**current[1], "email": update_to, "emailVerified": verified})
    return changed


async def store_address(ctx: Context, user: Row, changes: Row) -> Row | None:
    """Change the address of a user whom the caller has locked; return the user, or None if a hook refuses.

    Raises:
        NotStoredError: if the new address is taken.
    """
    await note_change(ctx, user)
    return await ctx.auth.users.update(user["id"], changes)


def _mail_the_new_address(ctx: Context, claims: Claims, user: Row, callback_url: str | None) -> None:
    """Have the link mailed to the new address that finishes a confirmed change."""

    async def still_counts() -> bool:
        try:
            await demand_living_token(ctx, claims, user)
        except APIError:
            return False
        return True

    send_verification_email(
        ctx,
        {**user, "email": claims["updateTo"]},
        callback_url,
        token=lambda: change_token(ctx, user, claims["updateTo"], VERIFICATION, still_counts),
    )


async def _lock_for(ctx: Context, claims: Claims, user: Row) -> Row:
    """Let nobody change the user until the transaction ends; demand once more that the token counts, and return it."""
    await ctx.auth.users.lock(user["id"])
    current = await ctx.auth.users.find(user["id"])
    if current is None or current["email"] != user["email"]:
        raise APIError.of(401, BaseErrorCodes.USER_NOT_FOUND)
    await demand_living_token(ctx, claims, current)
    return current


async def _start_session(ctx: Context, user: Row) -> Row:
    try:
        session = await create_session(ctx.auth, user["id"], client=client_of(ctx))
    except NotStoredError:
        # Deleted in the meantime.
        raise APIError.of(401, BaseErrorCodes.USER_NOT_FOUND) from None
    if session is None:
        raise APIError.of(500, BaseErrorCodes.FAILED_TO_CREATE_SESSION)
    return session
