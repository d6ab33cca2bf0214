"""`POST /organization/add-team-member` and `POST /organization/remove-team-member`."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import APIError, EndpointContext, ErrorCode, Reply, Row, Security, endpoint, validation
from betterauth_py.plugins.organization.errors import OrganizationErrorCodes as Errors
from betterauth_py.plugins.organization.guards import acting_member, active_organization, require_permission
from betterauth_py.plugins.organization.rows import find_member, organization_held, require_organization, require_user
from betterauth_py.plugins.organization.schemas import TEAM_MEMBER, message_reply, optional_text
from betterauth_py.plugins.organization.service import call_hook, service_of, shown
from betterauth_py.plugins.organization.teams.joining import find_team_member, join_team, leave_team, require_team

Context = EndpointContext[dict[str, Any], Any]
_BODY = validation.Object(
    {
        "teamId": validation.String("The team"),
        "userId": validation.String("The user", coerce=True),
        "organizationId": optional_text("Its organization. Default: the active one"),
    }
)
_ERRORS = (
    (400, Errors.NO_ACTIVE_ORGANIZATION),
    (400, Errors.USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION),
    (400, Errors.TEAM_NOT_FOUND),
    (400, Errors.ORGANIZATION_NOT_FOUND),
)


@endpoint(
    "/organization/add-team-member",
    methods=("POST",),
    security=Security.SESSION,
    operation_id="addTeamMember",
    body=_BODY,
    reply=Reply("The membership", TEAM_MEMBER),
    errors=(
        *_ERRORS,
        (403, Errors.YOU_ARE_NOT_ALLOWED_TO_CREATE_A_NEW_TEAM_MEMBER),
        (403, Errors.TEAM_MEMBER_LIMIT_REACHED),
    ),
    requires_headers=True,
)
async def add_team_member(ctx: Context) -> Row:
    """Add a member of an organization to one of its teams."""
    service, team_id, user_id = service_of(ctx), ctx.body["teamId"], ctx.body["userId"]
    told = await _involved(ctx, "update", Errors.YOU_ARE_NOT_ALLOWED_TO_CREATE_A_NEW_TEAM_MEMBER)
    hooks, organization_id = service.options.organization_hooks, told["organization"]["id"]
    await call_hook(hooks.before_add_team_member, {"team_member": {"teamId": team_id, "userId": user_id}, **told})
    async with organization_held(ctx.auth, organization_id):
        # Whoever leaves the organization meanwhile leaves its teams too.
        if await find_member(ctx.auth, organization_id, user_id) is None:
            raise APIError.of(400, Errors.USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION)
        await require_team(ctx.auth, organization_id, team_id)
        member = shown(ctx, "teamMember", await join_team(ctx, service, organization_id, team_id, user_id))
    await call_hook(hooks.after_add_team_member, {"team_member": member, **told})
    return member


@endpoint(
    "/organization/remove-team-member",
    methods=("POST",),
    security=Security.SESSION,
    operation_id="removeTeamMember",
    body=_BODY,
    reply=message_reply("Team member removed successfully."),
    errors=(
        *_ERRORS,
        (400, Errors.USER_IS_NOT_A_MEMBER_OF_THE_TEAM),
        (403, Errors.YOU_ARE_NOT_ALLOWED_TO_REMOVE_A_TEAM_MEMBER),
    ),
    requires_headers=True,
)
async def remove_team_member(ctx: Context) -> dict[str, str]:
    """Remove a member from a team."""
    team_id, user_id = ctx.body["teamId"], ctx.body["userId"]
    told = await _involved(ctx, "delete", Errors.YOU_ARE_NOT_ALLOWED_TO_REMOVE_A_TEAM_MEMBER)
    found = await find_team_member(ctx.auth, team_id, user_id)
    if found is None:
        raise APIError.of(400, Errors.USER_IS_NOT_A_MEMBER_OF_THE_TEAM)
    hooks, member = service_of(ctx).options.organization_hooks, shown(ctx, "teamMember", found)
    await call_hook(hooks.before_remove_team_member, {"team_member": member, **told})
    await leave_team(ctx.auth, team_id, user_id)
    await call_hook(hooks.after_remove_team_member, {"team_member": member, **told})
    return {"message": "Team member removed successfully."}


async def _involved(ctx: Context, action: str, refusal: ErrorCode) -> dict[str, Any]:
    """Return the team, the user and the organization that the body names, if the call's user may do this.

    Raises:
        APIError: 400 or 403 otherwise, in better-auth's order.
    """
    organization_id = active_organization(ctx, ctx.body.get("organizationId"), Errors.NO_ACTIVE_ORGANIZATION)
    member = await acting_member(ctx, organization_id, 400, Errors.USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION)
    await require_permission(ctx, member, "member", action, refusal)
    if await find_member(ctx.auth, organization_id, ctx.body["userId"]) is None:
        raise APIError.of(400, Errors.USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION)
    team = await require_team(ctx.auth, organization_id, ctx.body["teamId"])
    organization = await require_organization(ctx.auth, organization_id)
    user = await require_user(ctx.auth, ctx.body["userId"])
    return {"team": shown(ctx, "team", team), "user": user, "organization": organization}
