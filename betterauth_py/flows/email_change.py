"""Verifying and changing an e-mail address with the token of a mail."""

from __future__ import annotations

from enum import Enum

from betterauth_py.core.auth_context import AuthContext
from betterauth_py.core.caller import Caller
from betterauth_py.core.refusals import RefusedError
from betterauth_py.crypto.jwt import Claims
from betterauth_py.flows.callbacks import call
from betterauth_py.flows.mailed_tokens import (
    CONFIRMATION,
    VERIFICATION,
    MailedTokenRefusedError,
    TokenRefusal,
    change_token,
    note_change,
    require_living_token,
    verification_token,
)
from betterauth_py.flows.security_log import record
from betterauth_py.flows.session import client_of, create_session
from betterauth_py.flows.verification_mail import send_verification_email
from betterauth_py.security_events import SecurityEvent
from betterauth_py.store.errors import NotStoredError
from betterauth_py.store.hooks import Row


class AddressRefusal(Enum):
    """Why an address is not verified or changed although the token is valid."""

    NO_USER = "USER_NOT_FOUND"
    """No user has the address (any more), or a hook refuses the change."""
    TAKEN = "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL"
    SESSION_REFUSED = "FAILED_TO_CREATE_SESSION"
    """A hook refused the session that was to follow."""


class AddressRefusedError(RefusedError):
    """The address is not verified or changed."""

    refusal: AddressRefusal


async def verify_address(caller: Caller, claims: Claims) -> Row | None:
    """Mark the address of a token as verified; return the user as it was, or None if it was verified already.

    Raises:
        MailedTokenRefusedError: for a token that is not the user's, or older than its password or address.
        AddressRefusedError: NO_USER.
    """
    auth, options = caller.auth, caller.auth.options.email_verification
    user = await auth.users.find_by_email(claims["email"].lower())
    if user is None:
        raise AddressRefusedError(AddressRefusal.NO_USER)
    if claims.get("userId", user["id"]) != user["id"]:
        raise MailedTokenRefusedError(TokenRefusal.INVALID)
    if user["emailVerified"]:
        return None
    await require_living_token(auth, claims, user)
    await call(caller, options.before_email_verification, user)
    async with auth.database.transaction():
        current = await _lock_for(auth, claims, user)
        if current["emailVerified"]:
            # Verified by the same link a moment ago.
            return None
        updated = await auth.users.update(user["id"], {"emailVerified": True})
        if updated is None:
            raise AddressRefusedError(AddressRefusal.NO_USER)
    record(caller, SecurityEvent.EMAIL_VERIFIED, updated)
    await call(caller, options.after_email_verification, updated)
    return user


async def sign_in_verified(caller: Caller, claims: Claims, user: Row) -> Row:
    """Start a session of the user whose address the token has just verified.

    Raises:
        MailedTokenRefusedError: if password or address have changed meanwhile.
        AddressRefusedError: if the user is gone, or a hook refuses the session.
    """
    async with caller.auth.database.transaction():
        await _lock_for(caller.auth, claims, user)
        try:
            session = await create_session(caller.auth, user["id"], client=client_of(caller))
        except NotStoredError:
            # The user was deleted in the meantime.
            raise AddressRefusedError(AddressRefusal.NO_USER) from None
        if session is None:
            raise AddressRefusedError(AddressRefusal.SESSION_REFUSED)
    return session


async def find_user_to_move(auth: AuthContext, claims: Claims) -> Row:
    """Return the user whose address a token changes.

    Raises:
        MailedTokenRefusedError: for a token that is not the user's, or older than its password or address.
        AddressRefusedError: NO_USER.
    """
    if not claims.get("userId"):
        raise MailedTokenRefusedError(TokenRefusal.INVALID)
    user = await auth.users.find(claims["userId"])
    if user is None:
        raise AddressRefusedError(AddressRefusal.NO_USER)
    if user["email"].lower() != claims["email"]:
        raise MailedTokenRefusedError(TokenRefusal.INVALID)
    await require_living_token(auth, claims, user)
    return user


async def change_address(caller: Caller, claims: Claims, user: Row, callback_url: str | None) -> Row | None:
    """Do what a token is for; return the changed user, or None if only a mail was sent.

    `user` is the one that `find_user_to_move` has found for the token.

    Raises:
        MailedTokenRefusedError: if password or address have changed meanwhile.
        AddressRefusedError: if the user is gone, or the new address has been taken meanwhile.
    """
    auth = caller.auth
    update_to = claims["updateTo"]
    if claims.get("requestType") == CONFIRMATION:
        _mail_the_new_address(caller, claims, user, callback_url)
        return None
    verified = stays_verified(claims, user)
    try:
        async with auth.database.transaction():
            await _lock_for(auth, claims, user)
            changed = await store_address(auth, user, {"email": update_to.lower(), "emailVerified": verified})
    except NotStoredError:
        raise AddressRefusedError(AddressRefusal.TAKEN) from None
    if changed is None:
        raise AddressRefusedError(AddressRefusal.NO_USER)
    record(caller, SecurityEvent.EMAIL_CHANGED, user)
    if claims.get("requestType") != VERIFICATION:
        moved = {**changed, "email": update_to}
        send_verification_email(
            caller, changed, callback_url, token=lambda: verification_token(auth, moved, default_life=True)
        )
    elif verified:
        await call(caller, auth.options.email_verification.after_email_verification, changed)
    return changed


def stays_verified(claims: Claims, user: Row) -> bool:
    """Return whether the user's address is verified after the change, because the token proves the new address."""
    return claims.get("requestType") == VERIFICATION and bool(user["emailVerified"])


async def store_address(auth: AuthContext, user: Row, changes: Row) -> Row | None:
    """Change the address of a user whom the caller has locked; return the user, or None if a hook refuses.

    Raises:
        NotStoredError: if the new address is taken.
    """
    await note_change(auth, user)
    return await auth.users.update(user["id"], changes)


def _mail_the_new_address(caller: Caller, claims: Claims, user: Row, callback_url: str | None) -> None:
    """Mail the link that completes a confirmed change to the new address."""
    auth = caller.auth

    async def still_counts() -> bool:
        try:
            await require_living_token(auth, claims, user)
        except MailedTokenRefusedError:
            return False
        return True

    send_verification_email(
        caller,
        {**user, "email": claims["updateTo"]},
        callback_url,
        token=lambda: change_token(auth, user, claims["updateTo"], VERIFICATION, still_counts),
    )


async def _lock_for(auth: AuthContext, claims: Claims, user: Row) -> Row:
    """Lock the user until the transaction ends, check again that the token is valid, and return the user."""
    current = await auth.users.find(user["id"], lock=True)
    if current is None or current["email"] != user["email"]:
        raise AddressRefusedError(AddressRefusal.NO_USER)
    await require_living_token(auth, claims, current)
    return current
