"""What somebody may do who has proven an address by a mailed code: verify it, move to it, choose a new password."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from betterauth_py.core.caller import Caller
from betterauth_py.flows.callbacks import call
from betterauth_py.flows.email_change import AddressRefusal, AddressRefusedError, store_address
from betterauth_py.flows.password_reset import ResetRefusal, ResetRefusedError, reset_password_of
from betterauth_py.flows.passwords import refuse_long_password, refuse_short_password
from betterauth_py.flows.security_log import record
from betterauth_py.flows.session import require_living_session
from betterauth_py.security_events import SecurityEvent
from betterauth_py.store.errors import NotStoredError
from betterauth_py.store.hooks import Row

Proof = Callable[[], Awaitable[None]]


async def verify_proven_address(caller: Caller, email: str) -> Row:
    """Mark a proven address (lower case) as verified; return the changed user.

    Raises:
        AddressRefusedError: NO_USER.
    """
    auth, options = caller.auth, caller.auth.options.email_verification
    user = await auth.users.find_by_email(email)
    if user is None:
        raise AddressRefusedError(AddressRefusal.NO_USER)
    await call(caller, options.before_email_verification, user)
    changes = {"email": email, "emailVerified": True}
    updated = await auth.users.update(user["id"], changes, while_email=user["email"])
    if updated is None:
        raise AddressRefusedError(AddressRefusal.NO_USER)
    record(caller, SecurityEvent.EMAIL_VERIFIED, updated)
    await call(caller, options.after_email_verification, updated)
    return updated


async def move_to_proven_address(caller: Caller, session_token: str | None, user: Row, new_email: str) -> Row:
    """Change the user's address to a proven one (lower case), which is then verified; return the changed user.

    Links that were mailed before become invalid.

    Raises:
        AddressRefusedError: NO_USER if the user is gone or has moved meanwhile, TAKEN.
        SessionEndedError: if the session has ended meanwhile.
    """
    auth, options = caller.auth, caller.auth.options.email_verification
    current = await auth.users.find(user["id"])
    if current is None or current["email"] != user["email"]:
        raise AddressRefusedError(AddressRefusal.NO_USER)
    if await auth.users.exists(new_email):
        raise AddressRefusedError(AddressRefusal.TAKEN)
    await call(caller, options.before_email_verification, current)
    try:
        async with auth.database.transaction():
            current = await auth.users.find(user["id"], lock=True)
            if current is None or current["email"] != user["email"]:
                raise AddressRefusedError(AddressRefusal.NO_USER)
            await require_living_session(auth, session_token)
            changed = await store_address(auth, current, {"email": new_email, "emailVerified": True})
    except NotStoredError:
        raise AddressRefusedError(AddressRefusal.TAKEN) from None
    if changed is None:
        raise AddressRefusedError(AddressRefusal.NO_USER)
    record(caller, SecurityEvent.EMAIL_CHANGED, user)
    await call(caller, options.after_email_verification, changed)
    return changed


async def reset_password_by_proof(
    caller: Caller, email: str, new_password: str, *, check_proof: Proof, use_proof: Proof
) -> None:
    """Set a new password of the user with a proven address (lower case), which is then verified.

    Args:
        caller: the call.
        email: the address.
        new_password: the password.
        check_proof: raises if the address is not proven; uses nothing up.
        use_proof: raises likewise, and uses the proof up. It runs in the transaction that stores the password.

    Raises:
        PasswordRefusedError: for a bad length.
        ResetRefusedError: NO_USER.
    """
    auth = caller.auth
    refuse_short_password(auth, new_password)
    refuse_long_password(auth, new_password)
    await check_proof()
    user = await auth.users.find_by_email(email)
    if user is None:
        raise ResetRefusedError(ResetRefusal.NO_USER)

    async def spend() -> None:
        # The user is locked now. If it has moved meanwhile, the old address proves nothing any more.
        current = await auth.users.find(user["id"])
        if current is None or current["email"] != user["email"]:
            raise ResetRefusedError(ResetRefusal.NO_USER)
        await use_proof()

    await reset_password_of(caller, user, new_password, spend, proves_address=True)
    if not user["emailVerified"]:
        await auth.users.update(user["id"], {"emailVerified": True}, while_email=user["email"])
        record(caller, SecurityEvent.EMAIL_VERIFIED, user)
