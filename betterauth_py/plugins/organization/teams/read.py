"""`GET /organization/list-teams`, `.../list-user-teams`, `.../list-team-members` and `POST .../set-active-team`."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import (
    APIError,
    EndpointContext,
    Reply,
    Row,
    Security,
    Where,
    endpoint,
    signed_in,
    validation,
)
from betterauth_py.plugins.organization.errors import OrganizationErrorCodes as Errors
from betterauth_py.plugins.organization.guards import acting_member, active_organization, require_permission
from betterauth_py.plugins.organization.organizations.active import activate
from betterauth_py.plugins.organization.rows import find_member
from betterauth_py.plugins.organization.schemas import ORGANIZATION_ID, TEAM, TEAM_MEMBER, optional_text
from betterauth_py.plugins.organization.service import query_of, shown
from betterauth_py.plugins.organization.teams.joining import find_team, find_team_member

Context = EndpointContext[Any, Any]


@endpoint(
    "/organization/list-teams",
    methods=("GET",),
    security=Security.SESSION,
    operation_id="listOrganizationTeams",
    query=validation.Optional(validation.Object({"organizationId": ORGANIZATION_ID})),
    reply=Reply("The teams of the organization, at most 100", {"type": "array", "items": TEAM}),
    errors=(
        (400, Errors.NO_ACTIVE_ORGANIZATION),
        (403, Errors.YOU_ARE_NOT_ALLOWED_TO_ACCESS_THIS_ORGANIZATION),
    ),
    requires_headers=True,
)
async def list_organization_teams(ctx: Context) -> list[Row]:
    """List the teams of an organization."""
    organization_id = active_organization(ctx, query_of(ctx).get("organizationId"), Errors.NO_ACTIVE_ORGANIZATION)
    await acting_member(ctx, organization_id, 403, Errors.YOU_ARE_NOT_ALLOWED_TO_ACCESS_THIS_ORGANIZATION)
    here = Where("organizationId", organization_id)
    return [
        shown(ctx, "team", team) for team in await ctx.auth.rows.find_many("team", here, limit=ctx.auth.rows.list_limit)
    ]


@endpoint(
    "/organization/set-active-team",
    methods=("POST",),
    security=Security.SESSION,
    operation_id="setActiveTeam",
    body=validation.Object({"teamId": validation.nullish(validation.String("The team; null for none"))}),
    reply=Reply("The team that is active; null for none", {"anyOf": [TEAM, {"type": "null"}]}),
    errors=(
        (400, Errors.NO_ACTIVE_ORGANIZATION),
        (400, Errors.TEAM_NOT_FOUND),
        (403, Errors.USER_IS_NOT_A_MEMBER_OF_THE_TEAM),
    ),
    requires_headers=True,
)
async def set_active_team(ctx: Context) -> Row | None:
    """Set the session's active team."""
    session, user = signed_in(ctx)
    active, given = session.get("activeTeamId"), ctx.body.get("teamId")
    if "teamId" in ctx.body and given is None:
        if active:
            await activate(ctx, activeTeamId=None)
        return None
    team_id = given or active
    if not team_id:
        return None
    organization_id = active_organization(ctx, None, Errors.NO_ACTIVE_ORGANIZATION)
    team = await find_team(ctx.auth, organization_id, team_id)
    if team is None:
        raise APIError.of(400, Errors.TEAM_NOT_FOUND)
    if await find_team_member(ctx.auth, team_id, user["id"]) is None:
        raise APIError.of(403, Errors.USER_IS_NOT_A_MEMBER_OF_THE_TEAM)
    await activate(ctx, activeTeamId=team["id"])
    return shown(ctx, "team", team)


@endpoint(
    "/organization/list-user-teams",
    methods=("GET",),
    security=Security.SESSION,
    operation_id="listUserTeams",
    query=validation.Optional(
        validation.Object(
            {
                "userId": optional_text("A user. Default: the user who asks"),
                "organizationId": optional_text("An organization. Default: all; for another user the active one"),
            }
        )
    ),
    reply=Reply("The teams of the user, at most 100", {"type": "array", "items": TEAM}),
    errors=(
        (400, Errors.NO_ACTIVE_ORGANIZATION),
        (400, Errors.USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION),
        (403, Errors.YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION),
        (403, Errors.YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER),
    ),
    requires_headers=True,
)
async def list_user_teams(ctx: Context) -> list[Row]:
    """List the teams of a user."""
    user, query, refusal = signed_in(ctx)[1], query_of(ctx), Errors.YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION
    other = query.get("userId") or user["id"]
    if other != user["id"]:
        organization_id = active_organization(ctx, query.get("organizationId"), Errors.NO_ACTIVE_ORGANIZATION)
        member = await acting_member(ctx, organization_id, 403, refusal)
        not_allowed = Errors.YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER
        await require_permission(ctx, member, "member", "update", not_allowed)
        if await find_member(ctx.auth, organization_id, other) is None:
            raise APIError.of(400, Errors.USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION)
        return await _teams_of(ctx, other, [organization_id])
    if query.get("organizationId"):
        await acting_member(ctx, query["organizationId"], 403, refusal)
        return await _teams_of(ctx, other, [query["organizationId"]])
    return await _teams_of(ctx, other, None)


async def _teams_of(ctx: Context, user_id: str, organization_ids: list[str] | None) -> list[Row]:
    """Return the teams of a user in these organizations, or in all that the user is a member of."""
    rows = ctx.auth.rows
    memberships = await rows.find_many("teamMember", Where("userId", user_id), limit=ctx.auth.rows.list_limit)
    if not memberships:
        return []
    ids = [one["teamId"] for one in memberships]
    teams = {team["id"]: team for team in await rows.find_many("team", Where("id", ids, "in"))}
    if organization_ids is None:
        there = Where("organizationId", list({team["organizationId"] for team in teams.values()}), "in")
        members = await rows.find_many("member", Where("userId", user_id), there)
        organization_ids = [member["organizationId"] for member in members]
    found = [teams[one] for one in ids if one in teams]
    return [shown(ctx, "team", team) for team in found if team["organizationId"] in organization_ids]


@endpoint(
    "/organization/list-team-members",
    methods=("GET",),
    security=Security.SESSION,
    operation_id="listTeamMembers",
    query=validation.Optional(validation.Object({"teamId": optional_text("The team. Default: the active one")})),
    reply=Reply("The members of the team, at most 100", {"type": "array", "items": TEAM_MEMBER}),
    errors=(
        (400, Errors.YOU_DO_NOT_HAVE_AN_ACTIVE_TEAM),
        (400, Errors.TEAM_NOT_FOUND),
        (400, Errors.USER_IS_NOT_A_MEMBER_OF_THE_TEAM),
    ),
    requires_headers=True,
)
async def list_team_members(ctx: Context) -> list[Row]:
    """List the members of a team that the user is in."""
    (session, user), rows = signed_in(ctx), ctx.auth.rows
    team_id = query_of(ctx).get("teamId") or session.get("activeTeamId")
    if not team_id:
        raise APIError.of(400, Errors.YOU_DO_NOT_HAVE_AN_ACTIVE_TEAM)
    team = await rows.find_one("team", Where("id", team_id))
    if team is None:
        raise APIError.of(400, Errors.TEAM_NOT_FOUND)
    await acting_member(ctx, team["organizationId"], 400, Errors.USER_IS_NOT_A_MEMBER_OF_THE_TEAM)
    if await find_team_member(ctx.auth, team_id, user["id"]) is None:
        raise APIError.of(400, Errors.USER_IS_NOT_A_MEMBER_OF_THE_TEAM)
    members = await rows.find_many("teamMember", Where("teamId", team_id), limit=ctx.auth.rows.list_limit)
    return [shown(ctx, "teamMember", member) for member in members]
