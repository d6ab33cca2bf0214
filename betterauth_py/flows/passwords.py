"""The rules for passwords, and changing them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from betterauth_py.core.auth_context import logger
from betterauth_py.core.context import EndpointContext
from betterauth_py.flows.account_limits import count_password_try
from betterauth_py.flows.mailed_tokens import note_change_of_password
from betterauth_py.flows.security_log import record
from betterauth_py.flows.session import client_of, create_session, signed_in
from betterauth_py.flows.users import credential_account
from betterauth_py.javascript.values import utf16_length
from betterauth_py.security_events import SecurityEvent
from betterauth_py.store.errors import NotStoredError
from betterauth_py.store.hooks import Row
from betterauth_py.wire.errors import UNAUTHORIZED, APIError, BaseErrorCodes

Context = EndpointContext[Any, Any]
Result = TypeVar("Result")

# What zero stands for, as upstream.
_MIN_LENGTH, _MAX_LENGTH = 8, 128


def refuse_short_password(ctx: Context, password: str) -> None:
    """Raise 400 PASSWORD_TOO_SHORT for fewer UTF-16 units than the option allows."""
    if utf16_length(password) < (ctx.options.email_and_password.min_password_length or _MIN_LENGTH):
        logger.warning("A password was refused: too short")
        raise APIError.of(400, BaseErrorCodes.PASSWORD_TOO_SHORT)


def refuse_long_password(ctx: Context, password: str) -> None:
    """Raise 400 PASSWORD_TOO_LONG for more UTF-16 units than the option allows."""
    if utf16_length(password) > (ctx.options.email_and_password.max_password_length or _MAX_LENGTH):
        logger.warning("A password was refused: too long")
        raise APIError.of(400, BaseErrorCodes.PASSWORD_TOO_LONG)


async def has_password(ctx: Context, user_id: str, password: str) -> bool:
    """Tell whether the user, who is signed in, has this password.

    Raises:
        APIError: 429 after too many wrong ones.
    """
    account = await ctx.auth.accounts.find_credential(user_id)
    if account is None or not account["password"]:
        return False
    return await _is_right(ctx, account["password"], password)


async def _is_right(ctx: Context, stored_hash: str, password: str) -> bool:
    """Tell whether this is the password of the user who is signed in.

    Raises:
        APIError: 429 after too many wrong ones.
    """
    password_try = await count_password_try(ctx, signed_in(ctx)[1]["email"])
    if not await ctx.auth.passwords.verify(stored_hash, password):
        record(ctx, SecurityEvent.PASSWORD_REJECTED, signed_in(ctx)[1])
        return False
    await password_try.succeeded()
    return True


async def demand_password(ctx: Context, user_id: str, password: str) -> Row:
    """Return the credential account of the user whose password this is.

    Raises:
        APIError: 400 for a password that is too long, a user without one, or a wrong one; 429 after too many of them.
    """
    refuse_long_password(ctx, password)
    account = await ctx.auth.accounts.find_credential(user_id)
    if account is None or not account["password"]:
        raise APIError.of(400, BaseErrorCodes.CREDENTIAL_ACCOUNT_NOT_FOUND)
    if not await _is_right(ctx, account["password"], password):
        raise APIError.of(400, BaseErrorCodes.INVALID_PASSWORD)
    return account


async def store_password(ctx: Context, user: Row, account: Row | None, password_hash: str) -> None:
    """Put the hash into the credential account, or into a new one; the caller has locked the user and the account."""
    if account is None:
        await ctx.auth.accounts.create(credential_account(ctx.auth, user["id"], password_hash))
        return
    await note_change_of_password(ctx, user)
    await ctx.auth.accounts.set_hash(account["id"], account["password"], password_hash)


async def change_password_of(ctx: Context, user: Row, *, current: str, new: str, revoke_sessions: bool) -> Row | None:
    """Replace the password; with `revoke_sessions`, end all sessions and return the new one, all or nothing.

    Raises:
        APIError: 400 for a bad length, a user without a password or a wrong current one; 401 if the user is gone.
    """
    refuse_short_password(ctx, new)
    refuse_long_password(ctx, new)
    verified = await demand_password(ctx, user["id"], current)
    new_hash = await ctx.auth.passwords.hash(new, is_admitted=True)
    try:
        return await with_password(
            ctx,
            user["id"],
            current,
            lambda account: _replace_password(ctx, user, account, new_hash, revoke_sessions=revoke_sessions),
            verified,
        )
    except NotStoredError:
        # Deleted right after.
        raise APIError.of(401, UNAUTHORIZED) from None


class HashReplacedError(Exception):
    """The hash that a password was verified with is not stored any more."""


async def with_password(
    ctx: Context, user_id: str, password: str, change: Callable[[Row], Awaitable[Result]], verified: Row | None = None
) -> Result:
    """Return what `change` returns, which gets the account whose password this is.

    It has to call `lock_verified_account`. If the hash is replaced before that, by one of the same password, all is
    done again.

    Raises:
        APIError: 400 for a password that is not the user's, or not any more.
    """
    while True:
        try:
            return await change(verified or await demand_password(ctx, user_id, password))
        except HashReplacedError:
            verified = None


async def _replace_password(
    ctx: Context, user: Row, verified: Row, new_hash: str, *, revoke_sessions: bool
) -> Row | None:
    async with ctx.auth.database.transaction():
        await lock_verified_account(ctx, user["id"], verified)
        if revoke_sessions:
            await ctx.auth.sessions.delete_all_of(user["id"])
        await store_password(ctx, user, verified, new_hash)
        if not revoke_sessions:
            return None
        session = await create_session(ctx.auth, user["id"], client=client_of(ctx))
        if session is None:
            raise APIError.of(500, BaseErrorCodes.FAILED_TO_GET_SESSION)
        return session


async def lock_verified_account(ctx: Context, user_id: str, verified: Row) -> None:
    """Let nobody change the user or sign in until the transaction ends; demand the hash that was verified.

    Raises:
        APIError: 401 if the user is gone.
        HashReplacedError: if another hash is stored.
    """
    if not await ctx.auth.users.lock(user_id):
        raise APIError.of(401, UNAUTHORIZED)
    account = await ctx.auth.accounts.find_credential(user_id, lock=True)
    if account is None or account["password"] != verified["password"]:
        raise HashReplacedError


async def set_first_password(ctx: Context, user: Row, new: str) -> None:
    """Give a password to a user who has none.

    Raises:
        APIError: 400 for a bad length, or if there is a password already; 401 if the user is gone.
    """
    refuse_short_password(ctx, new)
    refuse_long_password(ctx, new)
    await _find_without_password(ctx, user["id"])
    new_hash = await ctx.auth.passwords.hash(new)
    async with ctx.auth.database.transaction():
        if not await ctx.auth.users.lock(user["id"]):
            raise APIError.of(401, UNAUTHORIZED)
        # Again: of two at once, one may have set it while this one was hashing.
        account = await _find_without_password(ctx, user["id"], lock=True)
        await store_password(ctx, user, account, new_hash)


async def _find_without_password(ctx: Context, user_id: str, *, lock: bool = False) -> Row | None:
    account = await ctx.auth.accounts.find_credential(user_id, lock=lock)
    if account is not None and account["password"]:
        raise APIError.of(400, BaseErrorCodes.PASSWORD_ALREADY_SET)
    return account
