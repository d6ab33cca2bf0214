"""What admins and the command line do to users; the caller has authorized it and opened a transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from betterauth_py.plugins import AuthContext, EndpointContext, NotStoredError, Row, create_user, new_user
from betterauth_py.plugins.admin.administration import administration_of
from betterauth_py.plugins.admin.bans import LIFTED
from betterauth_py.plugins.admin.impersonations import end_impersonations_by
from betterauth_py.plugins.tools import credential_account


async def create(
    auth: AuthContext, fields: Row, password_hash: str | None, ctx: EndpointContext[Any, Any] | None = None
) -> Row:
    """Store a user, whose `email` is in lower case, with a password if there is a hash; return the user.

    Raises:
        UserNotAdmittedError: if `user.validate_user_info` refuses it.
        UserRefusedError: if a hook refuses it.
        NotStoredError: if the database does.
    """
    user = await create_user(auth, new_user(auth, fields["email"], fields), {"method": "admin"}, ctx=ctx)
    if password_hash is not None:
        await auth.accounts.create(credential_account(auth, user["id"], password_hash))
    return user


async def change(auth: AuthContext, user_id: str, changes: Row) -> tuple[Row, Row] | None:
    """Change a user and return the rows from before and after; None if there is none, or the values cannot be stored.

    The sessions of a banned user end, and those that a user has begun as others who may no longer do so.
    """
    before = await auth.users.find(user_id, lock=True)
    try:
        updated = await auth.users.update(user_id, changes)
    except NotStoredError:
        return None
    if before is None or updated is None:
        return None
    # The stored row says it: what a client sends for a boolean may be 1 or "true" as well.
    if "banned" in changes and updated["banned"]:
        await auth.sessions.delete_all_of(user_id)
    if updated["banned"] or not administration_of(auth).roles.may(updated, {"user": ["impersonate"]}):
        await end_impersonations_by(auth, before)
    return before, updated


def ban(auth: AuthContext, reason: str | None, ends: datetime | None) -> Row:
    """Return the changes that ban a user."""
    options = administration_of(auth).options
    return {
        "banned": True,
        "banReason": reason or options.default_ban_reason or "No reason",
        "banExpires": ends,
        "updatedAt": auth.now(),
    }


def unban(auth: AuthContext) -> Row:
    """Return the changes that lift a ban."""
    return {**LIFTED, "updatedAt": auth.now()}


async def end_sessions(auth: AuthContext, user: Row) -> None:
    """End all sessions of a user, and those begun as others."""
    await auth.sessions.delete_all_of(user["id"])
    await end_impersonations_by(auth, user)


async def remove(auth: AuthContext, user: Row) -> None:
    """Delete a user with its sessions and accounts, and end those begun as others."""
    await end_impersonations_by(auth, user)
    await auth.users.delete(user["id"])
