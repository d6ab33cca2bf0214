"""Signing in by a proof of an e-mail address: a link or a code that was mailed to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from betterauth_py.core.auth_context import AuthContext
from betterauth_py.core.caller import Caller
from betterauth_py.core.refusals import RefusedError
from betterauth_py.flows.pre_hijacking import shut_out
from betterauth_py.flows.security_log import record
from betterauth_py.flows.session import client_of, create_session
from betterauth_py.security_events import SecurityEvent
from betterauth_py.store.errors import NotHeldError, NotStoredError
from betterauth_py.store.hooks import Row
from betterauth_py.store.inserts import Holding

_ATTEMPTS: Final = 3


class ProofRefusal(Enum):
    """Why nobody is signed in although the address is proven."""

    NO_USER = "USER_NOT_FOUND"
    """The user is gone, or a hook does not let the address become verified."""
    SESSION_REFUSED = "FAILED_TO_CREATE_SESSION"
    """A hook refused the session."""


class ProofRefusedError(RefusedError):
    """Nobody is signed in although the address is proven."""

    refusal: ProofRefusal


@dataclass(frozen=True, slots=True)
class ProvenSignIn:
    """A session that a proof of an address has started; its cookies are not set yet."""

    session: Row
    user: Row
    is_new: bool
    """Whether the sign-in created the user."""


async def sign_in_by_proof(caller: Caller, email: str, sign_up: Callable[[], Awaitable[Row]]) -> ProvenSignIn:
    """Start a session of the user with an address that the client has just proven, or of a new user.

    The first proof of an address that was unverified until now removes whatever gave access to the user before it:
    passwords, accounts of providers, sessions, mailed links. Whoever created them need not be the address's owner.

    Args:
        caller: the call.
        email: the proven address.
        sign_up: creates the user of an unknown address, as `create_proven_user` does; what it raises goes on, except
            for a `NotStoredError` because somebody else has created the user meanwhile.

    Raises:
        ProofRefusedError: if the user is gone, or a hook refuses.
        NotStoredError: if the database refuses the new user.
        APIError: a hook's.
    """
    auth, address = caller.auth, email.lower()
    for _ in range(_ATTEMPTS):
        user = await auth.users.find_by_email(address)
        if user is not None and user["emailVerified"]:
            try:
                # A session must not outlive a concurrent change of address that ends sessions.
                session = await _start_session(caller, user, auth.users.holding(user, "email", "emailVerified"))
            except NotHeldError:
                continue
            record(caller, SecurityEvent.SIGN_IN, user)
            return ProvenSignIn(session, user, is_new=False)
        if user is not None:
            # Committed before the session: one that is refused, as a banned user's is, does not undo the proof.
            if await _take_over(auth, address):
                record(caller, SecurityEvent.EMAIL_VERIFIED, user)
            continue
        try:
            user = await sign_up()
        except NotStoredError:
            if not await auth.users.exists(address):
                raise
            # Somebody else has created the user meanwhile.
            continue
        session = await _start_session(caller, user)
        record(caller, SecurityEvent.SIGN_IN, user)
        return ProvenSignIn(session, user, is_new=True)
    raise ProofRefusedError(ProofRefusal.NO_USER)


async def _start_session(caller: Caller, user: Row, holding: Holding | None = None) -> Row:
    session = await create_session(caller.auth, user["id"], client=client_of(caller), holding=holding)
    if session is None:
        record(caller, SecurityEvent.SIGN_IN_FAILED, user, reason=ProofRefusal.SESSION_REFUSED.value)
        raise ProofRefusedError(ProofRefusal.SESSION_REFUSED)
    return session


async def _take_over(auth: AuthContext, address: str) -> bool:
    """Give the user with an unverified address to the address's owner; return whether there was one still."""
    async with auth.database.transaction():
        user = await auth.users.find_by_email(address, lock=True)
        if user is None or user["emailVerified"]:
            return False
        await shut_out(auth, user)
        if await auth.users.update(user["id"], {"emailVerified": True}) is None:
            raise ProofRefusedError(ProofRefusal.NO_USER)
    return True
