"""Looks up organizations, members and the session's organization."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from betterauth_py.plugins import (
    APIError,
    AuthContext,
    BaseErrorCodes,
    EndpointContext,
    ErrorCode,
    NotStoredError,
    Row,
    Where,
)
from betterauth_py.plugins.organization.access import role_names
from betterauth_py.plugins.organization.errors import OrganizationErrorCodes as Errors
from betterauth_py.plugins.tools import stored_token

Context = EndpointContext[Any, Any]
_PAGE: Final = 100
"""How many members are read at once to look at their roles."""
_SHOWN_OF_USERS: Final = ("id", "name", "email", "image")


async def find_organization(auth: AuthContext, value: str, *, by: str = "id") -> Row | None:
    """Return the organization with this id, or `by` its slug."""
    return await auth.rows.find_one("organization", Where(by, value))


async def require_organization(auth: AuthContext, value: str, *, by: str = "id") -> Row:
    """Return the organization with this id, or `by` its slug.

    Raises:
        APIError: 400 if there is none.
    """
    organization = await find_organization(auth, value, by=by)
    if organization is None:
        raise APIError.of(400, Errors.ORGANIZATION_NOT_FOUND)
    return organization


async def require_user(auth: AuthContext, user_id: str) -> Row:
    """Return the user of a member.

    Raises:
        APIError: 400 if there is none.
    """
    user = await auth.users.find(user_id)
    if user is None:
        raise APIError(400, {"message": "User not found"})
    return user


async def store(auth: AuthContext, model: str, row: Row, refusal: ErrorCode = BaseErrorCodes.VALIDATION_ERROR) -> Row:
    """Store a row and return it as it is stored.

    Raises:
        APIError: 400 with `refusal` if it cannot be stored.
    """
    try:
        stored = await auth.rows.create(model, row)
    except NotStoredError:
        stored = None
    if stored is None:
        raise APIError.of(400, refusal)
    return stored


async def find_member(auth: AuthContext, organization_id: str, user_id: str) -> Row | None:
    """Return the membership of a user in an organization, or None."""
    return await auth.rows.find_one("member", Where("organizationId", organization_id), Where("userId", user_id))


async def find_member_by_email(auth: AuthContext, organization_id: str, email: str) -> tuple[Row, Row] | None:
    """Return the member with this address and its user, or None."""
    user = await auth.users.find_by_email(email.lower())
    member = None if user is None else await find_member(auth, organization_id, user["id"])
    return None if user is None or member is None else (member, user)


async def count_members(auth: AuthContext, organization_id: str) -> int:
    """Return how many members an organization has."""
    return await auth.rows.count("member", Where("organizationId", organization_id))


def with_user(member: Row, user: Row) -> Row:
    """Return a member with what other members see of its user."""
    return {**member, "user": {name: user[name] for name in _SHOWN_OF_USERS}}


async def with_users(auth: AuthContext, members: list[Row]) -> list[Row]:
    """Return members with what others see of their users, which one statement reads."""
    if not members:
        return []
    found = await auth.rows.find_many("user", Where("id", [member["userId"] for member in members], "in"))
    users = {user["id"]: user for user in found}
    # A user who has been deleted meanwhile is no member.
    return [with_user(member, users[member["userId"]]) for member in members if member["userId"] in users]


async def has_members_with(auth: AuthContext, organization_id: str, role: str, least: int = 1) -> bool:
    """Return whether at least that many members of an organization have a role.

    Roles are a list in a text: the database finds candidates, of which the names are compared here.
    """
    found, seen = 0, 0
    while True:
        page = await auth.rows.find_many(
            "member",
            Where("organizationId", organization_id),
            Where("role", role, "contains"),
            order_by="id",
            limit=_PAGE,
            offset=seen,
        )
        found += sum(role in role_names(member["role"]) for member in page)
        if found >= least or len(page) < _PAGE:
            return found >= least
        seen += len(page)


@asynccontextmanager
async def organization_held(auth: AuthContext, organization_id: str) -> AsyncIterator[None]:
    """Change an organization's members or invitations in one transaction, one at a time in all processes.

    What limits and owners depend on is then the same when it is checked as when it is changed.
    """
    async with auth.database.transaction():
        await auth.database.lock(f"organization {organization_id}")
        yield


async def set_active(ctx: Context, **changes: str | None) -> Row | None:
    """Set the session's active organization or team; None if the session has ended or is not a stored one."""
    token = stored_token(ctx)
    if token is None:
        return None
    updated = await ctx.auth.sessions.update(token, changes)
    if updated is not None and ctx.session is not None:
        ctx.session = (updated, ctx.session[1])
    return updated
