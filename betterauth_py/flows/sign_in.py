"""Signing in with a password."""

from __future__ import annotations

from typing import Any

from betterauth_py.core.auth_context import logger
from betterauth_py.core.context import EndpointContext
from betterauth_py.flows.account_limits import count_password_try
from betterauth_py.flows.passwords import refuse_long_password
from betterauth_py.flows.security_log import record
from betterauth_py.flows.session import create_session
from betterauth_py.flows.verification_mail import send_verification_email
from betterauth_py.security_events import SecurityEvent
from betterauth_py.store.errors import NotStoredError
from betterauth_py.store.hooks import Row
from betterauth_py.wire.errors import APIError, BaseErrorCodes, ErrorCode

Context = EndpointContext[Any, Any]


async def sign_in_with_password(
    ctx: Context, email: str, password: str, *, remember: bool, callback_url: str | None
) -> tuple[Row, Row]:
    """Check the password and start a session; return the session and the user.

    The session is stored only while the hash that was verified is: a password that is changed in the meantime, and the
    sessions that end with the change, stay ended. An unknown address, an account without a password and a wrong
    password take the same time and get the same answer.

    Raises:
        APIError: 400 for a password that is too long, 401 for wrong credentials, 403 for an unverified address.
    """
    auth = ctx.auth
    refuse_long_password(ctx, password)
    auth.passwords.demand_room()
    while True:
        password_try = await count_password_try(ctx, email)
        user, account_id, stored_hash = await auth.users.find_with_credential(email.lower())
        if user is None or account_id is None or not stored_hash:
            await auth.passwords.verify_nothing(password)
            logger.warning("A sign-in was refused: %s", "no such user" if user is None else "the user has no password")
            raise _refused(ctx, user, 401, BaseErrorCodes.INVALID_EMAIL_OR_PASSWORD)
        if not await auth.passwords.verify(stored_hash, password):
            logger.warning("A sign-in was refused: a wrong password")
            raise _refused(ctx, user, 401, BaseErrorCodes.INVALID_EMAIL_OR_PASSWORD)
        await password_try.succeeded()
        if ctx.options.email_and_password.require_email_verification and not user["emailVerified"]:
            if ctx.options.email_verification.send_on_sign_in:
                send_verification_email(ctx, user, callback_url)
            raise _refused(ctx, user, 403, BaseErrorCodes.EMAIL_NOT_VERIFIED)
        if auth.passwords.needs_rehash(stored_hash):
            new_hash = await auth.passwords.hash(password, is_admitted=True)
            if await auth.accounts.replace_hash(account_id, stored_hash, new_hash):
                logger.info("Replaced a password hash by one of the configured kind")
                stored_hash = new_hash
        try:
            async with auth.database.transaction():
                if not await auth.accounts.has_hash(account_id, stored_hash):
                    # Another hash of the same password, or another password: it is verified anew.
                    continue
                session = await create_session(ctx, user["id"], remember=remember)
        except NotStoredError:
            if await auth.users.exists(user["email"]):
                raise
            # Deleted in the meantime.
            raise _refused(ctx, user, 401, BaseErrorCodes.INVALID_EMAIL_OR_PASSWORD) from None
        if session is None:
            logger.error("A hook refused to create a session")
            raise _refused(ctx, user, 401, BaseErrorCodes.FAILED_TO_CREATE_SESSION)
        record(ctx, SecurityEvent.SIGN_IN, user)
        return session, user


def _refused(ctx: Context, user: Row | None, status: int, error: ErrorCode) -> APIError:
    record(ctx, SecurityEvent.SIGN_IN_FAILED, user, reason=error.code)
    return APIError.of(status, error)
