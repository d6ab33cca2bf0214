"""The signed tokens in mails that prove an address: their claims, and how long they are valid.

A token is bound to a user, its address and a purpose. It says when it was made (`iat`, RFC 7519), and becomes invalid
when the user's password or address changes after that. Rows record when: the credential account's `updatedAt`, and for
the address a verification that `note_change` stores. So no claim is needed that better-auth does not know, and links
that it has mailed become invalid in the same way.

`iat` has whole seconds. A token of the same second as a change is taken as older, so a token made after a change in the
same second gets the next second as its `iat`, and a second change in one second is noted as of the next.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from enum import Enum

from betterauth_py.core.auth_context import AuthContext
from betterauth_py.core.refusals import RefusedError
from betterauth_py.crypto.jwt import Claims, ExpiredTokenError, read_mailed_jwt, sign_jwt
from betterauth_py.flows.single_use import store_quietly
from betterauth_py.javascript.dates import to_milliseconds
from betterauth_py.options.email_and_password import LINK_LIFE
from betterauth_py.options.tables import DELETION_LINK_LIFE
from betterauth_py.store.hooks import Row
from betterauth_py.wire.validation import is_email

CONFIRMATION = "change-email-confirmation"
VERIFICATION = "change-email-verification"
# better-auth reads the clock anew for every date of a new row.
_AT_ONCE = timedelta(milliseconds=10)
_SIGN_UP = timedelta(seconds=1)


class TokenRefusal(Enum):
    """Why a mailed token is refused."""

    INVALID = "INVALID_TOKEN"
    """It was not signed here, is another user's, or is older than the user's password or address."""
    EXPIRED = "TOKEN_EXPIRED"


class MailedTokenRefusedError(RefusedError):
    """A mailed token is refused."""

    refusal: TokenRefusal


async def verification_token(auth: AuthContext, user: Row, *, default_life: bool = False) -> str:
    """Return a signed token (HS256) that proves access to the user's e-mail address."""
    life = LINK_LIFE if default_life else auth.options.email_verification.expires_in
    return await _sign(auth, user, {"email": user["email"].lower(), "userId": user["id"]}, life)


async def change_token(
    auth: AuthContext, user: Row, update_to: str, request_type: str, is_allowed: Callable[[], Awaitable[bool]]
) -> str | None:
    """Return a signed token that lets the user move to `update_to`.

    None if the user's address has changed, or what allowed the change is gone. Whatever ends it, such as a new password
    that ends sessions, takes the same lock, so that it also invalidates a token made before.
    """
    async with auth.database.transaction():
        current = await auth.users.find(user["id"], lock=True)
        if current is None or current["email"] != user["email"] or not await is_allowed():
            return None
        claims = {
            "email": user["email"].lower(),
            "updateTo": update_to.lower(),
            "requestType": request_type,
            "userId": user["id"],
        }
        return await _sign(auth, current, claims, auth.options.email_verification.expires_in)


async def _sign(auth: AuthContext, user: Row, claims: Claims, life: int) -> str:
    _, changed = await _changes(auth, user)
    return sign_jwt(claims, auth.secrets.current, life, max(_second(auth.now()), changed + 1))


def read_verification_token(auth: AuthContext, token: str) -> Claims:
    """Return a mailed token's claims: `email`, `userId`, and for a change of address `updateTo` and `requestType`.

    Raises:
        MailedTokenRefusedError: if it is invalid or expired.
    """
    try:
        claims = read_mailed_jwt(token, auth.secrets.current, auth.clock.milliseconds() // 1000)
    except ExpiredTokenError:
        raise MailedTokenRefusedError(TokenRefusal.EXPIRED) from None
    except ValueError:
        raise MailedTokenRefusedError(TokenRefusal.INVALID) from None
    email = claims.get("email")
    texts = [claims.get(name, "") for name in ("updateTo", "requestType", "userId")]
    if not isinstance(email, str) or not is_email(email) or not all(isinstance(text, str) for text in texts):
        raise MailedTokenRefusedError(TokenRefusal.INVALID)
    return claims


async def require_living_token(auth: AuthContext, claims: Claims, user: Row) -> None:
    """Require that the token is the user's, and that neither password nor address has changed since it was made.

    A token that names no user, as better-auth up to 1.7.7 mailed, must not be older than the user: it may have been
    mailed to a former owner of the address.

    Raises:
        MailedTokenRefusedError: if one of these does not hold.
    """
    made = claims.get("iat", 0)
    _, changed = await _changes(auth, user)
    is_older = made <= changed or (not claims.get("userId") and made < _second(user["createdAt"]))
    if is_older or claims.get("userId", user["id"]) != user["id"]:
        raise MailedTokenRefusedError(TokenRefusal.INVALID)


async def last_change(auth: AuthContext, user: Row) -> datetime | None:
    """Return when the user's password or address changed last; None if neither has while a mail can be valid."""
    return (await _changes(auth, user))[0]


async def _changes(auth: AuthContext, user: Row) -> tuple[datetime | None, int]:
    """Return when the last change was made, and the second (since the epoch) under which it is noted."""
    account = await auth.accounts.find_credential(user["id"])
    noted = await auth.verifications.find(_changed(user["id"]), auth.now())
    moments, seconds = [], [0]
    if account is not None:
        moments.append(account["updatedAt"])
        if not _is_of_sign_up(account, user):
            seconds.append(_second(account["updatedAt"]))
    if noted is not None:
        moments.append(noted["createdAt"])
        seconds.append(int(noted["value"]))
    return max(moments, default=None), max(seconds)


def _is_of_sign_up(account: Row, user: Row) -> bool:
    """Return whether the account came with the user and has its first password: mails of that second are valid."""
    is_first = account["updatedAt"] - account["createdAt"] < _AT_ONCE
    return bool(is_first and account["createdAt"] - user["createdAt"] < _SIGN_UP)


def was_mailed_before(verification: Row, changed: datetime | None) -> bool:
    """Return whether the row of a mailed link is older than the last change of its user's password or address."""
    # Older versions of better-auth wrote no `createdAt`.
    return changed is not None and verification["createdAt"] is not None and verification["createdAt"] < changed


async def note_change_of_password(auth: AuthContext, user: Row) -> None:
    """Note a change of password where its account's `updatedAt` is not enough; the caller has locked the user."""
    if (await _changes(auth, user))[1] >= _second(auth.now()):
        await note_change(auth, user)


async def note_change(auth: AuthContext, user: Row) -> None:
    """Note a change of a locked user's address or password, for as long as a mail from before could be valid."""
    options = auth.options
    life = max(
        options.email_verification.expires_in,
        options.email_and_password.reset_password_token_expires_in or 0,
        options.user.delete_user.delete_token_expires_in or 0,
        DELETION_LINK_LIFE,
    )
    last = (await _changes(auth, user))[1]
    await store_quietly(auth, _changed(user["id"]), str(max(last + 1, _second(auth.now()))), life)


def _changed(user_id: str) -> str:
    return f"credentials-changed-{user_id}"


def _second(date: datetime) -> int:
    return to_milliseconds(date) // 1000
