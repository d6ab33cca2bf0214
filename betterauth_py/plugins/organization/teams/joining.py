"""Who is in a team: joining up to the limit, and leaving.

As better-auth 1.7.25, a team counts its members in `memberCount`, which the statement that takes a seat demands to be
below the limit, and each pair of a team and a user has a `membershipKey`, which is unique.
"""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import APIError, AuthContext, EndpointContext, Row, Where, signed_in
from betterauth_py.plugins.organization.errors import OrganizationErrorCodes as Errors
from betterauth_py.plugins.organization.service import Organizations
from betterauth_py.plugins.tools import hash_base64url, resolve, stringify

Context = EndpointContext[Any, Any]


async def find_team(auth: AuthContext, organization_id: str, team_id: str) -> Row | None:
    """Return a team of an organization, or None."""
    return await auth.rows.find_one("team", Where("id", team_id), Where("organizationId", organization_id))


async def require_team(auth: AuthContext, organization_id: str, team_id: str) -> Row:
    """Return a team of an organization.

    Raises:
        APIError: 400 if there is none.
    """
    team = await find_team(auth, organization_id, team_id)
    if team is None:
        raise APIError.of(400, Errors.TEAM_NOT_FOUND)
    return team


async def find_team_member(auth: AuthContext, team_id: str, user_id: str) -> Row | None:
    """Return the membership of a user in a team, or None."""
    return await auth.rows.find_one("teamMember", Where("teamId", team_id), Where("userId", user_id))


async def require_invitable_teams(
    ctx: Context, service: Organizations, organization_id: str, given: str | list[str] | None
) -> list[str]:
    """Return the teams that somebody is invited to.

    Raises:
        APIError: 400 for a team that there is not; 403 for one that is full.
    """
    team_ids = [given] if isinstance(given, str) else given or []
    if not service.options.teams.enabled or not given:
        return team_ids
    if any("," in team_id for team_id in team_ids):
        raise APIError.of(400, Errors.INVALID_TEAM_ID)
    for team_id in team_ids:
        await require_team(ctx.auth, organization_id, team_id)
    for team_id in team_ids:
        limit = await _limit(ctx, service, organization_id, team_id)
        if limit is not None and await ctx.auth.rows.count("teamMember", Where("teamId", team_id)) >= limit:
            raise APIError.of(403, Errors.TEAM_MEMBER_LIMIT_REACHED)
    return team_ids


async def join_team(ctx: Context, service: Organizations, organization_id: str, team_id: str, user_id: str) -> Row:
    """Return the membership of a user in a team, made if there is none and the team is below its limit.

    Raises:
        APIError: 403 at the limit.
    """
    limit = await _limit(ctx, service, organization_id, team_id)
    return await store_team_member(ctx.auth, team_id, user_id, limit)


async def store_team_member(auth: AuthContext, team_id: str, user_id: str, limit: float | None) -> Row:
    """Return the membership of a user in a team, made if there is none; a `limit` of None is none.

    Raises:
        APIError: 403 at the limit.
    """
    async with auth.database.transaction():
        await auth.database.lock(f"team {team_id}")
        member = await find_team_member(auth, team_id, user_id)
        if member is not None:
            return member
        here = Where("id", team_id)
        # Members that other software has added count too.
        counted = await auth.rows.count("teamMember", Where("teamId", team_id))
        await auth.rows.increment(
            "team", {}, here, Where("memberCount", counted, "lt"), changes={"memberCount": counted}
        )
        below = [] if limit is None else [Where("memberCount", limit, "lt")]
        if await auth.rows.increment("team", {"memberCount": 1}, here, *below) is None and below:
            raise APIError.of(403, Errors.TEAM_MEMBER_LIMIT_REACHED)
        created = await auth.rows.create(
            "teamMember",
            {
                "id": auth.generate_id("teamMember"),
                "teamId": team_id,
                "userId": user_id,
                "membershipKey": hash_base64url(stringify([team_id, user_id]).decode()),
                "createdAt": auth.now(),
            },
        )
        if created is None:
            raise APIError.of(400, Errors.TEAM_NOT_FOUND)
        return created


async def leave_team(auth: AuthContext, team_id: str, user_id: str) -> None:
    """End the membership of a user in a team, if there is one."""
    async with auth.database.transaction():
        await auth.database.lock(f"team {team_id}")
        if await auth.rows.consume_one("teamMember", Where("teamId", team_id), Where("userId", user_id)) is not None:
            await auth.rows.increment("team", {"memberCount": -1}, Where("id", team_id), Where("memberCount", 1, "gte"))


async def leave_teams(auth: AuthContext, organization_id: str, user_id: str) -> None:
    """End the memberships of a user in all teams of an organization."""
    for membership in await memberships_in(auth, organization_id, user_id):
        await leave_team(auth, membership["teamId"], user_id)


async def memberships_in(auth: AuthContext, organization_id: str, user_id: str) -> list[Row]:
    """Return the memberships of a user in the teams of an organization."""
    found = await auth.rows.find_many("teamMember", Where("userId", user_id), order_by="id")
    if not found:
        return []
    ids = [one["teamId"] for one in found]
    teams = await auth.rows.find_many("team", Where("id", ids, "in"), Where("organizationId", organization_id))
    here = {team["id"] for team in teams}
    return [one for one in found if one["teamId"] in here]


async def _limit(ctx: Context, service: Organizations, organization_id: str, team_id: str) -> float | None:
    limit = service.options.teams.maximum_members_per_team
    if not callable(limit):
        return limit
    if ctx.session is None:
        raise APIError(401)
    session, user = signed_in(ctx)
    data = {"team_id": team_id, "organization_id": organization_id, "session": {"user": user, "session": session}}
    return float(await resolve(limit(data)))
