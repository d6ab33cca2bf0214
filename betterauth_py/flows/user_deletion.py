"""Deleting a user: at once, or with a mailed token."""

from __future__ import annotations

from enum import Enum
from typing import Final

from betterauth_py.core.auth_context import AuthContext
from betterauth_py.core.caller import Caller
from betterauth_py.core.refusals import RefusedError
from betterauth_py.crypto.random import generate_mailed_token
from betterauth_py.flows.callbacks import Callback, call, send_later
from betterauth_py.flows.mailed_tokens import last_change, was_mailed_before
from betterauth_py.flows.passwords import lock_verified_account, with_password
from betterauth_py.flows.security_log import record
from betterauth_py.flows.session import require_living_session
from betterauth_py.flows.single_use import store_single_use_value
from betterauth_py.javascript.values import encode_uri_component
from betterauth_py.mail.kinds import SAMPLE_TOKEN, MailKind, sample_of
from betterauth_py.security_events import SecurityEvent
from betterauth_py.store.hooks import Row

DELETE_ACCOUNT: Final = MailKind(
    name="delete-account",
    purpose="a user asks to be deleted; without this mail the password or a fresh session is enough",
    sample=sample_of(f"delete-user/callback?token={SAMPLE_TOKEN}&callbackURL=%2F", expires_in=86_400),
    replaced_by="user.delete_user.send_delete_account_verification",
    from_options=lambda options: {"expires_in": options.user.delete_user.effective_delete_token_expires_in},
)


class DeletionRefusal(Enum):
    """Why a user is not deleted."""

    BAD_TOKEN = "INVALID_TOKEN"
    """The mailed token is not this user's, or older than the user's password or address."""


class DeletionRefusedError(RefusedError):
    """The user is not deleted."""

    refusal: DeletionRefusal


def _identifier(token: str) -> str:
    return f"delete-account-{token}"


async def delete_user_now(
    caller: Caller,
    user: Row,
    session_token: str | None,
    *,
    password: str | None = None,
    verified: Row | None = None,
    mailed: Row | None = None,
) -> None:
    """Delete the user with its sessions and accounts, in one transaction.

    Args:
        caller: the call.
        user: the user to delete.
        session_token: the session of the request, which must not end meanwhile, unless the password is proof enough.
        password: the password, where one was asked for.
        verified: the account that it was verified with, which must still have it.
        mailed: the verification of a mailed link, which must still be valid.

    Raises:
        PasswordRefusedError: if the password has changed meanwhile.
        SessionEndedError: if the session has ended meanwhile.
        DeletionRefusedError: if the link is no longer valid.
    """
    auth, options = caller.auth, caller.auth.options.user.delete_user
    await call(caller, options.before_delete, user)
    if password:
        await with_password(
            caller, user, password, lambda account: _delete(auth, user, session_token, account), verified
        )
    else:
        await _delete(auth, user, session_token, mailed=mailed)
    record(caller, SecurityEvent.USER_DELETED, user)
    await call(caller, options.after_delete, user)


async def _delete(
    auth: AuthContext, user: Row, session_token: str | None, verified: Row | None = None, mailed: Row | None = None
) -> None:
    async with auth.database.transaction():
        if verified is not None:
            await lock_verified_account(auth, user["id"], verified)
        else:
            await auth.users.lock(user["id"])
            # Checked again: `before_delete` may take long, and so may waiting for the lock.
            await require_living_session(auth, session_token)
        if mailed is not None:
            await _refuse_old(auth, user, mailed)
        await auth.users.delete(user["id"])


async def send_deletion_mail(caller: Caller, send: Callback, user: Row, callback_url: str | None) -> None:
    """Mail the link that deletes the user."""
    token = generate_mailed_token()
    life = caller.auth.options.user.delete_user.effective_delete_token_expires_in
    await store_single_use_value(caller.auth, _identifier(token), user["id"], life)
    callback = encode_uri_component(callback_url or "/")
    url = f"{caller.base_url}/delete-user/callback?token={token}&callbackURL={callback}"
    data = {"user": user, "url": url, "token": token}
    send_later(caller, send, data, "send the e-mail that deletes a user", life=life)
    record(caller, SecurityEvent.USER_DELETION_REQUESTED, user)


async def delete_user_with(caller: Caller, user: Row, session_token: str | None, token: str) -> None:
    """Delete the user by a mailed token; the token is used up, even if it was for another user.

    Raises:
        DeletionRefusedError: if the token is not this user's, or older than the user's password or address.
        SessionEndedError: if the session of the request has ended meanwhile.
    """
    auth = caller.auth
    verification = await auth.verifications.consume(_identifier(token), auth.now())
    if verification is None or verification["value"] != user["id"]:
        raise DeletionRefusedError(DeletionRefusal.BAD_TOKEN)
    await _refuse_old(auth, user, verification)
    await delete_user_now(caller, user, session_token, mailed=verification)


async def _refuse_old(auth: AuthContext, user: Row, mailed: Row) -> None:
    if was_mailed_before(mailed, await last_change(auth, user)):
        raise DeletionRefusedError(DeletionRefusal.BAD_TOKEN)
