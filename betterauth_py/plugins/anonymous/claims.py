"""Anonymous users that one call has to itself, to link or to delete them.

Several calls at once would otherwise move what is an anonymous user's to several users. While a user is claimed, its
row says that it is not anonymous, which no hook is told.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from betterauth_py.plugins import AuthContext, Row, Where


async def claim(auth: AuthContext, user: Row) -> bool:
    """Claim an anonymous user; False if it is gone, anonymous no more, or claimed by another call."""
    return await _mark(auth, user, False, Where("isAnonymous", True))


@asynccontextmanager
async def giving_back(auth: AuthContext, user: Row) -> AsyncIterator[None]:
    """If the block fails, make a claimed user anonymous again."""
    try:
        yield
    except BaseException:
        await _mark(auth, user, True)
        raise


async def delete_sessions(auth: AuthContext, user: Row) -> None:
    """Delete the sessions of a claimed user: before the user, as better-auth 1.7.25 tells hooks of it."""
    await auth.sessions.delete_all_of(user["id"])


async def delete_claimed(auth: AuthContext, user: Row) -> None:
    """Delete a claimed user with its accounts; hooks see it as it was, and one that refuses leaves it so."""
    async with auth.database.transaction():
        await _mark(auth, user, True)
        await auth.users.delete(user["id"])


async def _mark(auth: AuthContext, user: Row, is_anonymous: bool, *where: Where) -> bool:
    changes = {"isAnonymous": is_anonymous, "updatedAt": user["updatedAt"]}
    return await auth.rows.increment("user", {}, Where("id", user["id"]), *where, changes=changes) is not None
