"""Resetting a forgotten password by mail."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.awaiting import resolve
from betterauth_py.core.auth_context import logger
from betterauth_py.core.context import EndpointContext
from betterauth_py.crypto.random import generate_id
from betterauth_py.flows.account_limits import forget_wrong_passwords
from betterauth_py.flows.callbacks import send_later
from betterauth_py.flows.mailed_tokens import last_change, was_mailed_before
from betterauth_py.flows.passwords import refuse_long_password, refuse_short_password, store_password
from betterauth_py.flows.security_log import record
from betterauth_py.flows.single_use import store_single_use_value_discreetly
from betterauth_py.javascript.values import encode_uri_component
from betterauth_py.mail.kinds import SAMPLE_TOKEN, MailKind, sample_of
from betterauth_py.security_events import SecurityEvent
from betterauth_py.store.errors import NotStoredError
from betterauth_py.store.hooks import Row
from betterauth_py.wire.errors import APIError, BaseErrorCodes, ResetErrorCodes

Context = EndpointContext[Any, Any]

RESET_PASSWORD: Final = MailKind(
    name="reset-password",
    purpose="a user asks for a new password",
    sample=sample_of(f"reset-password/{SAMPLE_TOKEN}?callbackURL=%2F", expires_in=3600),
    replaced_by="email_and_password.send_reset_password",
    from_options=lambda options: {"expires_in": options.email_and_password.effective_reset_password_token_expires_in},
)


def _identifier(token: str) -> str:
    return f"reset-password:{token}"


async def request_password_reset_of(ctx: Context, email: str, redirect_to: str | None) -> None:
    """Mail a link to whoever has this address; an unknown one takes the same steps, without the mail.

    Raises:
        APIError: 400 if the options cannot send mail.
    """
    options = ctx.options.email_and_password
    if options.send_reset_password is None:
        logger.error("Passwords cannot be reset: set email_and_password.send_reset_password")
        raise APIError.of(400, ResetErrorCodes.RESET_PASSWORD_DISABLED)
    user = await ctx.auth.users.find_by_email(email.lower())
    token = generate_id(24)
    life = options.effective_reset_password_token_expires_in
    async with ctx.auth.database.transaction():
        # A change of the address waits, or has been seen: no link from after it leaves for the address from before.
        user = await _lock_owner(ctx, user)
        await store_single_use_value_discreetly(ctx, _identifier(token), user["id"] if user else None, life)
    record(ctx, SecurityEvent.PASSWORD_RESET_REQUESTED, user)
    callback = encode_uri_component(redirect_to) if redirect_to else ""
    url = f"{ctx.base_url}/reset-password/{token}?callbackURL={callback}"
    mailed_to = user or {"id": ctx.auth.generate_id("user"), "email": email.lower(), "name": ""}
    data = {"user": mailed_to, "url": url, "token": token}
    what = "send the e-mail that resets a password"
    send_later(ctx, options.send_reset_password, data, what, life=life, pretend=user is None)
    if user is None:
        ctx.auth.run_in_background(_note_unknown_address(ctx), "delete expired verifications")


async def _lock_owner(ctx: Context, user: Row | None) -> Row | None:
    """Let nobody change the user until the transaction ends; None if it has another address by now.

    For nobody the same statements run.
    """
    user_id = user["id"] if user else ctx.auth.generate_id("user")
    await ctx.auth.users.lock(user_id)
    current = await ctx.auth.users.find(user_id)
    return current if user and current and current["email"] == user["email"] else None


async def _note_unknown_address(ctx: Context) -> None:
    logger.warning("A password reset was asked for, but no user has the address")
    # As better-auth, which looks for a verification then.
    await ctx.auth.verifications.clean_up(ctx.auth.now())


async def is_valid_reset_token(ctx: Context, token: str) -> bool:
    """Tell whether a password can be reset with `token`; it stays valid."""
    verification = await _find(ctx, token)
    if verification is None:
        return False
    user = await ctx.auth.users.find(verification["value"])
    return user is None or not was_mailed_before(verification, await last_change(ctx, user))


async def reset_password_with(ctx: Context, token: str, new_password: str) -> None:
    """Set a new password; that spends the token and all others mailed before, and of racing requests one succeeds.

    Raises:
        APIError: 400 for a bad length, a bad token or a user who is gone; the token stays as it is.
    """
    auth, options = ctx.auth, ctx.options.email_and_password
    refuse_short_password(ctx, new_password)
    refuse_long_password(ctx, new_password)
    verification = await _find(ctx, token)
    if verification is None:
        raise APIError.of(400, BaseErrorCodes.INVALID_TOKEN)
    user = await auth.users.find(verification["value"])
    if user is None:
        raise APIError.of(400, BaseErrorCodes.USER_NOT_FOUND)
    if was_mailed_before(verification, await last_change(ctx, user)):
        raise APIError.of(400, BaseErrorCodes.INVALID_TOKEN)
    new_hash = await auth.passwords.hash(new_password)
    try:
        async with auth.database.transaction():
            await auth.users.lock(user["id"])
            spent = await auth.verifications.consume(_identifier(token), auth.now())
            if spent is None or was_mailed_before(spent, await last_change(ctx, user)):
                raise APIError.of(400, BaseErrorCodes.INVALID_TOKEN)
            account = await auth.accounts.find_credential(user["id"], lock=True)
            if options.revoke_sessions_on_password_reset:
                await auth.sessions.delete_all_of(user["id"])
            await store_password(ctx, user, account, new_hash)
    except NotStoredError:
        # Deleted in the meantime.
        raise APIError.of(400, BaseErrorCodes.USER_NOT_FOUND) from None
    record(ctx, SecurityEvent.PASSWORD_RESET, user)
    await forget_wrong_passwords(ctx, user["email"])
    await _tell(ctx, user)


async def _find(ctx: Context, token: str) -> Row | None:
    found = await ctx.auth.verifications.find(_identifier(token), ctx.auth.now())
    return None if found is None or found["expiresAt"] < ctx.auth.now() else found


async def _tell(ctx: Context, user: Row) -> None:
    told = ctx.options.email_and_password.on_password_reset
    if told is None:
        return
    try:
        await resolve(told({"user": user}, ctx.request))
    except APIError:
        raise
    except Exception:
        # The password is changed, whatever the function makes of it.
        logger.exception("on_password_reset failed")
