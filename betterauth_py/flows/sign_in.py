"""Signing in with a password."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import NamedTuple

from betterauth_py.core.auth_context import logger
from betterauth_py.core.caller import Caller
from betterauth_py.core.refusals import RefusedError
from betterauth_py.flows.account_limits import FindUser, count_password_try
from betterauth_py.flows.passwords import refuse_long_password
from betterauth_py.flows.security_log import record
from betterauth_py.flows.session import client_of, create_session
from betterauth_py.flows.verification_mail import send_verification_email
from betterauth_py.security_events import SecurityEvent
from betterauth_py.store.errors import NotHeldError, NotStoredError
from betterauth_py.store.hooks import Row

LookUp = Callable[[], Awaitable[tuple[Row | None, str | None, str | None]]]
"""Finds the claimed user, the id of its credential account and the password's hash."""


class Refusal(Enum):
    """Why a sign-in is refused, as the log of security events names it."""

    WRONG_CREDENTIALS = "INVALID_EMAIL_OR_PASSWORD"
    """Unknown user, no password, or a wrong one; the client does not learn which."""
    EMAIL_NOT_VERIFIED = "EMAIL_NOT_VERIFIED"
    NOT_ADMITTED = "NOT_ADMITTED"
    """The claim's own `admits` does not let the user in."""
    SESSION_REFUSED = "FAILED_TO_CREATE_SESSION"
    """A hook refused the session."""


class SignInRefusedError(RefusedError):
    """A sign-in is refused."""

    refusal: Refusal


class Claim(NamedTuple):
    """The user that a client claims to be."""

    account: str
    """The key under which wrong passwords are counted: an e-mail address, or a text that cannot be one."""
    look_up: LookUp
    find_user: FindUser | None = None
    """Finds the user alone. None: by the e-mail address that `account` is."""
    admits: Callable[[Row], Awaitable[bool]] | None = None
    """Decides about the user once the password is right. None: the e-mail address has to be verified if
    `email_and_password.require_email_verification` says so."""


async def sign_in_with_password(
    caller: Caller, claim: Claim, password: str, *, remember: bool, callback_url: str | None
) -> tuple[Row, Row]:
    """Check the password and start a session; return the session and the user.

    The session is stored only if the verified hash is still stored, so that it cannot outlive a concurrent change of
    password that ends sessions. An unknown user, an account without a password and a wrong password
    take the same time and get the same answer.

    Raises:
        SignInRefusedError: for wrong credentials, an address that has to be verified first, a hook's refusal.
        PasswordRefusedError: for a password that is too long.
        TooManyTriesError: after too many wrong ones.
        OverloadedError: if the server is too busy.
    """
    auth = caller.auth
    refuse_long_password(auth, password)
    auth.passwords.ensure_capacity()
    while True:
        password_try = await count_password_try(caller, claim.account, claim.find_user)
        user, account_id, stored_hash = await claim.look_up()
        if user is None or account_id is None or not stored_hash:
            await auth.passwords.verify_nothing(password)
            logger.warning("A sign-in was refused: %s", "no such user" if user is None else "the user has no password")
            raise _refused(caller, user, Refusal.WRONG_CREDENTIALS)
        if not await auth.passwords.verify(stored_hash, password):
            logger.warning("A sign-in was refused: a wrong password")
            raise _refused(caller, user, Refusal.WRONG_CREDENTIALS)
        await password_try.succeeded()
        if claim.admits is not None:
            if not await claim.admits(user):
                raise _refused(caller, user, Refusal.NOT_ADMITTED)
        elif auth.options.email_and_password.require_email_verification and not user["emailVerified"]:
            if auth.options.email_verification.send_on_sign_in:
                send_verification_email(caller, user, callback_url)
            raise _refused(caller, user, Refusal.EMAIL_NOT_VERIFIED)
        if auth.passwords.needs_rehash(stored_hash):
            new_hash = await auth.passwords.hash(password, is_admitted=True)
            if await auth.accounts.replace_hash(account_id, stored_hash, new_hash):
                logger.info("Replaced a password hash by one of the configured kind")
                stored_hash = new_hash
        try:
            holding = auth.accounts.holding_hash(account_id, stored_hash)
            client = client_of(caller)
            session = await create_session(auth, user["id"], client=client, remember=remember, holding=holding)
        except NotHeldError:
            # Another hash of the same password, or another password: verify again.
            continue
        except NotStoredError:
            if await auth.users.exists(user["email"]):
                raise
            # Deleted in the meantime.
            raise _refused(caller, user, Refusal.WRONG_CREDENTIALS) from None
        if session is None:
            logger.error("A hook refused to create a session")
            raise _refused(caller, user, Refusal.SESSION_REFUSED)
        record(caller, SecurityEvent.SIGN_IN, user)
        return session, user


def _refused(caller: Caller, user: Row | None, refusal: Refusal) -> SignInRefusedError:
    record(caller, SecurityEvent.SIGN_IN_FAILED, user, reason=refusal.value)
    return SignInRefusedError(refusal)
