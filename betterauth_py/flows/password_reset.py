"""Resetting a forgotten password by mail."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Final

from betterauth_py.awaiting import resolve
from betterauth_py.core.auth_context import AuthContext, logger
from betterauth_py.core.caller import Caller
from betterauth_py.core.refusals import RefusedError
from betterauth_py.crypto.random import generate_id
from betterauth_py.flows.account_limits import forget_wrong_passwords
from betterauth_py.flows.callbacks import send_later
from betterauth_py.flows.mailed_tokens import last_change, was_mailed_before
from betterauth_py.flows.passwords import refuse_long_password, refuse_short_password, store_password
from betterauth_py.flows.pre_hijacking import shut_out
from betterauth_py.flows.security_log import record
from betterauth_py.flows.single_use import find_single_use_value, store_single_use_value_discreetly
from betterauth_py.javascript.values import encode_uri_component
from betterauth_py.mail.kinds import SAMPLE_TOKEN, MailKind, sample_of
from betterauth_py.security_events import SecurityEvent
from betterauth_py.store.errors import NotStoredError
from betterauth_py.store.hooks import Row
from betterauth_py.store.users import CREDENTIAL
from betterauth_py.wire.errors import APIError

RESET_PASSWORD: Final = MailKind(
    name="reset-password",
    purpose="a user asks for a new password",
    sample=sample_of(f"reset-password/{SAMPLE_TOKEN}?callbackURL=%2F", expires_in=3600),
    replaced_by="email_and_password.send_reset_password",
    from_options=lambda options: {"expires_in": options.email_and_password.effective_reset_password_token_expires_in},
)


class ResetRefusal(Enum):
    """Why a password is not reset."""

    DISABLED = "RESET_PASSWORD_DISABLED"
    """The options cannot send the mail."""
    BAD_TOKEN = "INVALID_TOKEN"
    """The token does not exist (any more)."""
    NO_USER = "USER_NOT_FOUND"
    """The user does not exist (any more)."""


class ResetRefusedError(RefusedError):
    """A password is not reset."""

    refusal: ResetRefusal


def _identifier(token: str) -> str:
    return f"reset-password:{token}"


async def request_password_reset_of(caller: Caller, email: str, redirect_to: str | None) -> None:
    """Mail a reset link to the user with this address; an unknown address takes the same steps, without the mail.

    Raises:
        ResetRefusedError: DISABLED.
    """
    auth, options = caller.auth, caller.auth.options.email_and_password
    if options.send_reset_password is None:
        logger.error("Passwords cannot be reset: set email_and_password.send_reset_password")
        raise ResetRefusedError(ResetRefusal.DISABLED)
    user = await auth.users.find_by_email(email.lower())
    token = generate_id(24)
    life = options.effective_reset_password_token_expires_in
    async with auth.database.transaction():
        # A concurrent change of address waits for this lock, or is visible here: the old address gets no link after it.
        user = await _lock_owner(auth, user)
        await store_single_use_value_discreetly(auth, _identifier(token), user["id"] if user else None, life)
    record(caller, SecurityEvent.PASSWORD_RESET_REQUESTED, user)
    callback = encode_uri_component(redirect_to) if redirect_to else ""
    url = f"{caller.base_url}/reset-password/{token}?callbackURL={callback}"
    mailed_to = user or {"id": auth.generate_id("user"), "email": email.lower(), "name": ""}
    data = {"user": mailed_to, "url": url, "token": token}
    what = "send the e-mail that resets a password"
    send_later(caller, options.send_reset_password, data, what, life=life, pretend=user is None)
    if user is None:
        auth.run_in_background(_note_unknown_address(auth), "delete expired verifications")


async def _lock_owner(auth: AuthContext, user: Row | None) -> Row | None:
    """Lock the user until the transaction ends, and return it; None if its address has changed.

    The same statements run if there is no user.
    """
    user_id = user["id"] if user else auth.generate_id("user")
    await auth.users.lock(user_id)
    current = await auth.users.find(user_id)
    return current if user and current and current["email"] == user["email"] else None


async def _note_unknown_address(auth: AuthContext) -> None:
    logger.warning("A password reset was asked for, but no user has the address")
    # As better-auth, which looks for a verification in this case.
    await auth.verifications.clean_up(auth.now())


async def is_valid_reset_token(auth: AuthContext, token: str) -> bool:
    """Return whether `token` can reset a password, without using it up."""
    verification = await find_single_use_value(auth, _identifier(token))
    if verification is None:
        return False
    user = await auth.users.find(verification["value"])
    return user is None or not was_mailed_before(verification, await last_change(auth, user))


async def reset_password_with(caller: Caller, token: str, new_password: str) -> None:
    """Set a new password. This uses up the token and all mailed before; only one of concurrent requests succeeds.

    Raises:
        PasswordRefusedError: for a bad length.
        ResetRefusedError: for an invalid token or a deleted user; the token stays as it is.
    """
    auth = caller.auth
    refuse_short_password(auth, new_password)
    refuse_long_password(auth, new_password)
    verification = await find_single_use_value(auth, _identifier(token))
    if verification is None:
        raise ResetRefusedError(ResetRefusal.BAD_TOKEN)
    user = await auth.users.find(verification["value"])
    if user is None:
        raise ResetRefusedError(ResetRefusal.NO_USER)
    if was_mailed_before(verification, await last_change(auth, user)):
        raise ResetRefusedError(ResetRefusal.BAD_TOKEN)

    async def spend() -> None:
        spent = await auth.verifications.consume(_identifier(token), auth.now())
        if spent is None or was_mailed_before(spent, await last_change(auth, user)):
            raise ResetRefusedError(ResetRefusal.BAD_TOKEN)

    await reset_password_of(caller, user, new_password, spend, proves_address=True)


async def reset_password_of(
    caller: Caller,
    user: Row,
    new_password: str,
    spend: Callable[[], Awaitable[None]],
    *,
    proves_address: bool = False,
) -> None:
    """Set a new password, and end the sessions if `revoke_sessions_on_password_reset` says so, in one transaction.

    Args:
        caller: the call.
        user: whose password it is.
        new_password: the password; the caller has checked its length.
        spend: uses up what proves the user, within the transaction; raises if that is gone.
        proves_address: whether that proves the e-mail address. If it was unverified, other ways in (a phone number, a
            passkey, an account of a provider) end with the sessions: whoever signed up need not be its owner.

    Raises:
        ResetRefusedError: NO_USER, for a deleted user.
    """
    auth, options = caller.auth, caller.auth.options.email_and_password
    new_hash = await auth.passwords.hash(new_password)
    try:
        async with auth.database.transaction():
            await auth.users.lock(user["id"])
            await spend()
            account = await auth.accounts.find_credential(user["id"], lock=True)
            if options.revoke_sessions_on_password_reset:
                unverified = await _find_unverified(auth, user) if proves_address else None
                if unverified is not None:
                    await shut_out(auth, unverified, stays=_is_password, ends_mails=False)
                else:
                    await auth.sessions.delete_all_of(user["id"])
            await store_password(auth, user, account, new_hash)
    except NotStoredError:
        # Deleted in the meantime.
        raise ResetRefusedError(ResetRefusal.NO_USER) from None
    record(caller, SecurityEvent.PASSWORD_RESET, user)
    await forget_wrong_passwords(caller, user["email"])
    await _tell(caller, user)


async def _find_unverified(auth: AuthContext, user: Row) -> Row | None:
    """Return a user whom the caller has locked, as it is now, if its address is unverified."""
    current = None if user["emailVerified"] else await auth.users.find(user["id"])
    return None if current is None or current["emailVerified"] else current


async def _is_password(account: Row) -> bool:
    return bool(account["providerId"] == CREDENTIAL)


async def _tell(caller: Caller, user: Row) -> None:
    told = caller.auth.options.email_and_password.on_password_reset
    if told is None:
        return
    try:
        await resolve(told({"user": user}, caller.request))
    except APIError:
        raise
    except Exception:
        # The password is changed, even if the function fails.
        logger.exception("on_password_reset failed")
