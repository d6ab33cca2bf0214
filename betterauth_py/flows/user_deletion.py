"""Deleting a user: at once, or with the token of a mail."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.core.context import EndpointContext
from betterauth_py.crypto.random import generate_mailed_token
from betterauth_py.flows.callbacks import Callback, call, send_later
from betterauth_py.flows.mailed_tokens import last_change, was_mailed_before
from betterauth_py.flows.passwords import lock_verified_account, with_password
from betterauth_py.flows.security_log import record
from betterauth_py.flows.session import demand_session
from betterauth_py.flows.single_use import store_single_use_value
from betterauth_py.javascript.values import encode_uri_component
from betterauth_py.mail.kinds import SAMPLE_TOKEN, MailKind, sample_of
from betterauth_py.security_events import SecurityEvent
from betterauth_py.store.hooks import Row
from betterauth_py.wire.errors import APIError, BaseErrorCodes

Context = EndpointContext[Any, Any]

DELETE_ACCOUNT: Final = MailKind(
    name="delete-account",
    purpose="a user asks to be deleted; without this mail the password or a fresh session is enough",
    sample=sample_of(f"delete-user/callback?token={SAMPLE_TOKEN}&callbackURL=%2F", expires_in=86_400),
    replaced_by="user.delete_user.send_delete_account_verification",
    from_options=lambda options: {"expires_in": options.user.delete_user.effective_delete_token_expires_in},
)


def _identifier(token: str) -> str:
    return f"delete-account-{token}"


async def delete_user_now(
    ctx: Context, user: Row, *, password: str | None = None, verified: Row | None = None, mailed: Row | None = None
) -> None:
    """Delete the user with its sessions and accounts, all or nothing.

    Where a password was asked for, `verified` is the account that it was `verified` with, which must still have it.
    `mailed` is the verification of a mailed link, which must still count.

    Raises:
        APIError: 400 if it has another one by now, 401 if the session has ended meanwhile, 404 if the link is over.
    """
    options = ctx.options.user.delete_user
    await call(ctx, options.before_delete, user)
    if password:
        await with_password(ctx, user["id"], password, lambda account: _delete(ctx, user, account), verified)
    else:
        await _delete(ctx, user, mailed=mailed)
    record(ctx, SecurityEvent.USER_DELETED, user)
    await call(ctx, options.after_delete, user)


async def _delete(ctx: Context, user: Row, verified: Row | None = None, mailed: Row | None = None) -> None:
    async with ctx.auth.database.transaction():
        if verified is not None:
            await lock_verified_account(ctx, user["id"], verified)
        else:
            await ctx.auth.users.lock(user["id"])
            # Again: `before_delete` may take long, and so may waiting for the lock.
            await demand_session(ctx)
        if mailed is not None:
            await _refuse_old(ctx, user, mailed)
        await ctx.auth.users.delete(user["id"])


async def send_deletion_mail(ctx: Context, send: Callback, user: Row, callback_url: str | None) -> None:
    """Mail the link that deletes the user."""
    token = generate_mailed_token()
    life = ctx.options.user.delete_user.effective_delete_token_expires_in
    await store_single_use_value(ctx, _identifier(token), user["id"], life)
    callback = encode_uri_component(callback_url or "/")
    url = f"{ctx.base_url}/delete-user/callback?token={token}&callbackURL={callback}"
    data = {"user": user, "url": url, "token": token}
    send_later(ctx, send, data, "send the e-mail that deletes a user", life=life)
    record(ctx, SecurityEvent.USER_DELETION_REQUESTED, user)


async def delete_user_with(ctx: Context, user: Row, token: str) -> None:
    """Delete the user by the token of a mail; the token is used up, whoever it was for.

    Raises:
        APIError: 404 if the token is not this user's, or older than its password or address.
    """
    verification = await ctx.auth.verifications.consume(_identifier(token), ctx.auth.now())
    if verification is None or verification["value"] != user["id"]:
        raise APIError.of(404, BaseErrorCodes.INVALID_TOKEN)
    await _refuse_old(ctx, user, verification)
    await delete_user_now(ctx, user, mailed=verification)


async def _refuse_old(ctx: Context, user: Row, mailed: Row) -> None:
    if was_mailed_before(mailed, await last_change(ctx, user)):
        raise APIError.of(404, BaseErrorCodes.INVALID_TOKEN)
