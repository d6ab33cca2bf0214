"""Asking for another e-mail address."""

from __future__ import annotations

from typing import Any

from betterauth_py.core.auth_context import logger
from betterauth_py.core.context import EndpointContext
from betterauth_py.core.session_cookies import set_session_cookie
from betterauth_py.flows.email_change import store_address
from betterauth_py.flows.mailed_tokens import CONFIRMATION, VERIFICATION, change_token
from betterauth_py.flows.security_log import record
from betterauth_py.flows.session import demand_session
from betterauth_py.flows.verification_mail import send_verification_email
from betterauth_py.security_events import SecurityEvent
from betterauth_py.store.errors import NotStoredError
from betterauth_py.store.hooks import Row
from betterauth_py.wire.errors import APIError

Context = EndpointContext[Any, Any]


async def request_email_change(ctx: Context, session: Row, user: Row, new_email: str, callback_url: str | None) -> None:
    """Change the address at once, or send the mail that does; a taken address looks like any other.

    Raises:
        APIError: 400 if it is the same address, or the options cannot send mail.
    """
    options = ctx.options.user.change_email
    if new_email == user["email"]:
        logger.warning("A change of address was refused: it is the same address")
        raise APIError(400, {"message": "Email is the same"})
    at_once = not user["emailVerified"] and options.update_email_without_verification
    send_verification = ctx.options.email_verification.send_verification_email
    confirm = options.send_change_email_confirmation if send_verification and user["emailVerified"] else None
    if not at_once and send_verification is None:
        logger.error("An e-mail address cannot be changed: set email_verification.send_verification_email")
        raise APIError(400, {"message": "Verification email isn't enabled"})
    if await ctx.auth.users.exists(new_email):
        logger.info("Attempt to change to an e-mail address that is taken")
        return

    async def still_signed_in() -> bool:
        return await ctx.auth.sessions.find_with_user(session["token"], fresh=True) is not None

    if at_once:
        await _change_at_once(ctx, session, user, new_email, callback_url)
    elif confirm is not None:
        send_verification_email(
            ctx,
            user,
            callback_url,
            token=lambda: change_token(ctx, user, new_email, CONFIRMATION, still_signed_in),
            send=confirm,
            new_email=new_email,
        )
    else:
        send_verification_email(
            ctx,
            {**user, "email": new_email},
            callback_url,
            token=lambda: change_token(ctx, user, new_email, VERIFICATION, still_signed_in),
        )


async def _change_at_once(ctx: Context, session: Row, user: Row, new_email: str, callback_url: str | None) -> None:
    try:
        async with ctx.auth.database.transaction():
            await ctx.auth.users.lock(user["id"])
            current = await ctx.auth.users.find(user["id"])
            if current is None or current["email"] != user["email"] or current["emailVerified"]:
                # Changed or verified in the meantime: a verified address is not changed at once.
                return
            await demand_session(ctx)
            stored = await store_address(ctx, user, {"email": new_email})
    except NotStoredError:
        # Taken in the meantime: answered like an address that was taken before.
        return
    if stored is not None:
        record(ctx, SecurityEvent.EMAIL_CHANGED, user)
    changed = {**user, "email": new_email}
    await set_session_cookie(ctx, session, changed)
    send_verification_email(ctx, changed, callback_url)
