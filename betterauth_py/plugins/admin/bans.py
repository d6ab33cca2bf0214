"""Bans: no session begins for a banned user, whatever the way in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from betterauth_py.plugins import AnyOf, APIError, AuthContext, Row, Where
from betterauth_py.plugins.admin.errors import AdminErrorCodes
from betterauth_py.plugins.admin.options import AdminOptions
from betterauth_py.plugins.tools import resolve

LIFTED: Final = {"banned": False, "banReason": None, "banExpires": None}
"""The columns of a user whose ban has ended."""
REFUSED_AT: Final = (
    "/sign-in/email",
    "/sign-in/social",
    "/verify-email",
    "/sign-in/username",
    "/sign-in/email-otp",
    "/email-otp/verify-email",
    "/magic-link/verify",
    "/sign-in/phone-number",
    "/phone-number/verify",
    "/passkey/verify-authentication",
    "/siwe/verify",
    "/one-tap/callback",
    "/device/token",
)
"""The paths that begin sessions of users whom there may be, for OpenAPI; others are refused all the same."""
_NOT_BANNED: Final = AnyOf(Where("banned", None), Where("banned", False))


def is_banned(user: Row, now: datetime) -> bool:
    """Return whether the user is banned and the ban has not expired."""
    return bool(user.get("banned")) and not _has_expired(user, now)


def _has_expired(user: Row, now: datetime) -> bool:
    expires = user.get("banExpires")
    return expires is not None and expires < now


def refusing_banned(auth: AuthContext, options: AdminOptions) -> Callable[[str], Awaitable[None]]:
    """Return what refuses sessions of banned users, and lifts bans that have expired.

    It runs in the transaction that stores the session and holds the user as not banned: of a ban and a sign-in at the
    same moment, either the ban comes first and refuses, or it comes second and ends the session.
    """

    async def admit(user_id: str) -> None:
        if await auth.users.hold(user_id, _NOT_BANNED):
            return
        # Read before it is locked: `hold` has the share of a user who was banned while it waited, and two who share the
        # user and then both want to lock it would wait for each other.
        user = await auth.users.find(user_id)
        if user is not None and not is_banned(user, auth.now()):
            user = await auth.users.find(user_id, lock=True)
        if user is None or not user["banned"]:
            return
        if _has_expired(user, auth.now()):
            await auth.users.update(user_id, dict(LIFTED))
            return
        message = options.banned_user_message
        text = message if isinstance(message, str) else await resolve(message(user))
        raise APIError(403, {"message": text, "code": AdminErrorCodes.BANNED_USER.code})

    return admit
