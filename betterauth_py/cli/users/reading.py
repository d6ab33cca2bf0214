"""`betterauth users list` and `show`."""

from __future__ import annotations

import argparse
from typing import Any

from betterauth_py.cli.users.output import shown
from betterauth_py.core.auth_context import AuthContext
from betterauth_py.errors import BetterAuthError
from betterauth_py.store.conditions import AnyOf, Condition, Where


async def find(auth: AuthContext, named: str) -> dict[str, Any]:
    """Return the user with this id or address.

    Raises:
        BetterAuthError: if there is none.
    """
    user = await auth.rows.find_one("user", Where("id", named)) or await auth.users.find_by_email(named.lower())
    if user is None:
        raise BetterAuthError(f"There is no user with the id or address {named!r}.")
    return user


async def list_users(auth: AuthContext, parsed: argparse.Namespace) -> dict[str, Any]:
    """Return users and how many match, the oldest first."""
    where: list[Condition] = []
    if parsed.search:
        where.append(
            AnyOf(*(Where(field, parsed.search, "contains", ignores_case=True) for field in ("email", "name")))
        )
    if parsed.role:
        where.append(_has_role(parsed.role))
    if parsed.banned:
        where.append(Where("banned", True))
    users = await auth.rows.find_many(
        "user", *where, order_by="createdAt", limit=parsed.limit, offset=parsed.offset or None
    )
    return {"users": [shown(auth, user) for user in users], "total": await auth.rows.count("user", *where)}


async def show(auth: AuthContext, parsed: argparse.Namespace) -> dict[str, Any]:
    """Return a user, how many sessions it has and what it signs in with."""
    user = await find(auth, parsed.user)
    sessions = await auth.sessions.list_active(user["id"], auth.now())
    accounts = await auth.rows.find_many("account", Where("userId", user["id"]), order_by="createdAt", limit=100)
    return {
        "user": shown(auth, user),
        "sessions": len(sessions),
        "accounts": [account["providerId"] for account in accounts],
    }


def _has_role(role: str) -> AnyOf:
    """Match users of whose roles, separated by commas, this is one."""
    return AnyOf(
        Where("role", role),
        Where("role", f"{role},", "starts_with"),
        Where("role", f",{role}", "ends_with"),
        Where("role", f",{role},", "contains"),
    )
