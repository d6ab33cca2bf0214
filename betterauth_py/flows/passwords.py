"""The rules for passwords, and changing them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import TypeVar

from betterauth_py.core.auth_context import AuthContext, logger
from betterauth_py.core.caller import Caller
from betterauth_py.core.refusals import RefusedError
from betterauth_py.flows.account_limits import count_password_try
from betterauth_py.flows.mailed_tokens import note_change_of_password
from betterauth_py.flows.security_log import record
from betterauth_py.flows.session import client_of, create_session, require_living_session
from betterauth_py.flows.users import credential_account
from betterauth_py.javascript.values import utf16_length
from betterauth_py.security_events import SecurityEvent
from betterauth_py.store.errors import NotStoredError
from betterauth_py.store.hooks import Row

Result = TypeVar("Result")

# The value that an option of 0 stands for, as upstream.
_MIN_LENGTH, _MAX_LENGTH = 8, 128


class PasswordRefusal(Enum):
    """Why a password is refused."""

    TOO_SHORT = "PASSWORD_TOO_SHORT"
    TOO_LONG = "PASSWORD_TOO_LONG"
    WRONG = "INVALID_PASSWORD"
    NONE_SET = "CREDENTIAL_ACCOUNT_NOT_FOUND"
    """The user has no password."""
    ALREADY_SET = "PASSWORD_ALREADY_SET"
    """The user should get a first password, but has one."""
    NO_USER = "USER_NOT_FOUND"
    """The user does not exist (any more)."""
    SESSION_REFUSED = "FAILED_TO_GET_SESSION"
    """A hook refused the new session."""


class PasswordRefusedError(RefusedError):
    """A password is refused."""

    refusal: PasswordRefusal


def refuse_short_password(auth: AuthContext, password: str) -> None:
    """Refuse a password with fewer UTF-16 code units than `email_and_password.min_password_length`.

    Raises:
        PasswordRefusedError: TOO_SHORT.
    """
    if utf16_length(password) < (auth.options.email_and_password.min_password_length or _MIN_LENGTH):
        logger.warning("A password was refused: too short")
        raise PasswordRefusedError(PasswordRefusal.TOO_SHORT)


def refuse_long_password(auth: AuthContext, password: str) -> None:
    """Refuse a password with more UTF-16 code units than `email_and_password.max_password_length`.

    Raises:
        PasswordRefusedError: TOO_LONG.
    """
    if utf16_length(password) > (auth.options.email_and_password.max_password_length or _MAX_LENGTH):
        logger.warning("A password was refused: too long")
        raise PasswordRefusedError(PasswordRefusal.TOO_LONG)


async def has_password(caller: Caller, user: Row, password: str) -> bool:
    """Return whether this is the signed-in user's password.

    Raises:
        TooManyTriesError: after too many wrong ones.
    """
    account = await caller.auth.accounts.find_credential(user["id"])
    if account is None or not account["password"]:
        return False
    return await _is_right(caller, user, account["password"], password)


async def _is_right(caller: Caller, user: Row, stored_hash: str, password: str) -> bool:
    password_try = await count_password_try(caller, user["email"])
    if not await caller.auth.passwords.verify(stored_hash, password):
        record(caller, SecurityEvent.PASSWORD_REJECTED, user)
        return False
    await password_try.succeeded()
    return True


async def require_password(caller: Caller, user: Row, password: str, *, new: str | None = None) -> Row:
    """Return the credential account of the signed-in user, after checking the password.

    Args:
        caller: the call.
        user: the signed-in user.
        password: the current password.
        new: the password that replaces it. Plugins check it first, as in better-auth 1.7.25.

    Raises:
        PasswordRefusedError: TOO_LONG, NONE_SET, or WRONG.
        TooManyTriesError: after too many wrong ones.
        APIError: if a plugin refuses `new`.
    """
    refuse_long_password(caller.auth, password)
    account = await caller.auth.accounts.find_credential(user["id"])
    if account is None or not account["password"]:
        raise PasswordRefusedError(PasswordRefusal.NONE_SET)
    if new is not None:
        await caller.auth.passwords.check(new)
    if not await _is_right(caller, user, account["password"], password):
        raise PasswordRefusedError(PasswordRefusal.WRONG)
    return account


async def set_password_of(auth: AuthContext, user_id: str, new: str, *, revoke_sessions: bool = False) -> Row:
    """Set or replace a user's password; return the user. The caller has authorized it.

    Links that were mailed before become invalid in the same transaction. The caller records the security event.

    Args:
        auth: the auth.
        user_id: whose password it is.
        new: the password.
        revoke_sessions: whether to end all sessions of the user.

    Raises:
        PasswordRefusedError: TOO_SHORT, TOO_LONG, or NO_USER.
    """
    refuse_short_password(auth, new)
    refuse_long_password(auth, new)
    if await auth.users.find(user_id) is None:
        raise PasswordRefusedError(PasswordRefusal.NO_USER)
    new_hash = await auth.passwords.hash(new)
    try:
        async with auth.database.transaction():
            user = await auth.users.find(user_id, lock=True)
            if user is None:
                raise PasswordRefusedError(PasswordRefusal.NO_USER)
            account = await auth.accounts.find_credential(user_id, lock=True)
            if revoke_sessions:
                await auth.sessions.delete_all_of(user_id)
            await store_password(auth, user, account, new_hash)
    except NotStoredError:
        # The user was deleted in the meantime, where the database locks no rows.
        raise PasswordRefusedError(PasswordRefusal.NO_USER) from None
    return user


async def store_password(auth: AuthContext, user: Row, account: Row | None, password_hash: str) -> None:
    """Store the hash in the credential account, or in a new one; the caller has locked the user and the account."""
    if account is None:
        await auth.accounts.create(credential_account(auth, user["id"], password_hash))
        return
    await note_change_of_password(auth, user)
    await auth.accounts.set_hash(account["id"], account["password"], password_hash)


async def change_password_of(caller: Caller, user: Row, *, current: str, new: str, revoke_sessions: bool) -> Row | None:
    """Replace the password; with `revoke_sessions`, end all sessions and return a new one, in one transaction.

    Raises:
        PasswordRefusedError: for a bad length, a user without a password, a wrong current one, a deleted user, or a
            hook's refusal.
        TooManyTriesError: after too many wrong ones.
    """
    refuse_short_password(caller.auth, new)
    refuse_long_password(caller.auth, new)
    verified = await require_password(caller, user, current, new=new)
    new_hash = await caller.auth.passwords.hash(new, is_admitted=True)
    try:
        return await with_password(
            caller,
            user,
            current,
            lambda account: _replace_password(caller, user, account, new_hash, revoke_sessions=revoke_sessions),
            verified,
        )
    except NotStoredError:
        # The user was deleted right after.
        raise PasswordRefusedError(PasswordRefusal.NO_USER) from None


class HashReplacedError(Exception):
    """The hash that a password was verified against has been replaced."""


async def with_password(
    caller: Caller, user: Row, password: str, change: Callable[[Row], Awaitable[Result]], verified: Row | None = None
) -> Result:
    """Call `change` with the account that has this password, and return its result.

    `change` has to call `lock_verified_account`. If the hash was replaced before that by another one of the same
    password, everything is done again.

    Raises:
        PasswordRefusedError: for a password that is not the user's, or no longer is.
        TooManyTriesError: after too many wrong ones.
    """
    while True:
        try:
            return await change(verified or await require_password(caller, user, password))
        except HashReplacedError:
            verified = None


async def _replace_password(
    caller: Caller, user: Row, verified: Row, new_hash: str, *, revoke_sessions: bool
) -> Row | None:
    auth = caller.auth
    async with auth.database.transaction():
        await lock_verified_account(auth, user["id"], verified)
        if revoke_sessions:
            await auth.sessions.delete_all_of(user["id"])
        await store_password(auth, user, verified, new_hash)
        if not revoke_sessions:
            return None
        session = await create_session(auth, user["id"], client=client_of(caller))
        if session is None:
            raise PasswordRefusedError(PasswordRefusal.SESSION_REFUSED)
        return session


async def lock_verified_account(auth: AuthContext, user_id: str, verified: Row) -> None:
    """Lock user and account until the transaction ends, and check that the verified hash is still stored.

    Raises:
        PasswordRefusedError: NO_USER.
        HashReplacedError: if another hash is stored.
    """
    if not await auth.users.lock(user_id):
        raise PasswordRefusedError(PasswordRefusal.NO_USER)
    account = await auth.accounts.find_credential(user_id, lock=True)
    if account is None or account["password"] != verified["password"]:
        raise HashReplacedError


async def set_first_password(auth: AuthContext, user: Row, new: str, session_token: str | None = None) -> None:
    """Give a password to a user who has none, as long as the session with the token lives.

    Raises:
        PasswordRefusedError: for a bad length, ALREADY_SET, or NO_USER.
        SessionEndedError: if the session has ended meanwhile.
    """
    refuse_short_password(auth, new)
    refuse_long_password(auth, new)
    await _find_without_password(auth, user["id"])
    new_hash = await auth.passwords.hash(new)
    async with auth.database.transaction():
        if not await auth.users.lock(user["id"]):
            raise PasswordRefusedError(PasswordRefusal.NO_USER)
        # Whoever has proven the user's address meanwhile has ended the session.
        await require_living_session(auth, session_token)
        # Checked again: a concurrent request may have set one while this one was hashing.
        account = await _find_without_password(auth, user["id"], lock=True)
        await store_password(auth, user, account, new_hash)


async def _find_without_password(auth: AuthContext, user_id: str, *, lock: bool = False) -> Row | None:
    account = await auth.accounts.find_credential(user_id, lock=lock)
    if account is not None and account["password"]:
        raise PasswordRefusedError(PasswordRefusal.ALREADY_SET)
    return account
