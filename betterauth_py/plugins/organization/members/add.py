"""`auth.api.add_member`, which has no URL, and what adding a member in any way shares."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import (
    APIError,
    AuthContext,
    BaseErrorCodes,
    EndpointContext,
    Reply,
    Row,
    Security,
    endpoint,
    find_session,
    validation,
)
from betterauth_py.plugins.organization.access import role_column
from betterauth_py.plugins.organization.errors import OrganizationErrorCodes as Errors
from betterauth_py.plugins.organization.guards import active_organization
from betterauth_py.plugins.organization.options import OrganizationOptions
from betterauth_py.plugins.organization.rows import (
    count_members,
    find_member,
    find_member_by_email,
    organization_held,
    require_organization,
    store,
)
from betterauth_py.plugins.organization.schemas import MEMBER, ROLES_BODY, optional_text
from betterauth_py.plugins.organization.service import call_hook, service_of, shown, stored_fields
from betterauth_py.plugins.organization.teams.joining import join_team, require_team
from betterauth_py.plugins.tools import logger, resolve

Context = EndpointContext[dict[str, Any], Any]


@endpoint(
    None,
    methods=("POST",),
    security=Security.SERVER_ONLY,
    operation_id="addOrganizationMember",
    body=validation.Object(
        {
            "userId": validation.String("The user", coerce=True),
            "role": ROLES_BODY,
            "organizationId": optional_text("The organization. Default: the active one of the session"),
            "teamId": optional_text("A team to add the member to"),
        }
    ),
    reply=Reply("The member", MEMBER),
    errors=(
        (400, Errors.NO_ACTIVE_ORGANIZATION),
        (400, Errors.ORGANIZATION_NOT_FOUND),
        (400, Errors.TEAM_NOT_FOUND),
        (400, Errors.USER_IS_ALREADY_A_MEMBER_OF_THIS_ORGANIZATION),
        (400, BaseErrorCodes.USER_NOT_FOUND),
        (403, Errors.ORGANIZATION_MEMBERSHIP_LIMIT_REACHED),
        (403, Errors.TEAM_MEMBER_LIMIT_REACHED),
    ),
)
async def add_member(ctx: Context) -> Row:
    """Add a user to an organization, whoever asks."""
    service, auth = service_of(ctx), ctx.auth
    await find_session(ctx)
    organization_id = active_organization(ctx, ctx.body.get("organizationId"), Errors.NO_ACTIVE_ORGANIZATION)
    team_id = ctx.body.get("teamId")
    if team_id and not service.options.teams.enabled:
        logger.error("Teams are not enabled")
        raise APIError(400, {"message": "Teams are not enabled"})
    user = await auth.users.find(ctx.body["userId"])
    if user is None:
        raise APIError.of(400, BaseErrorCodes.USER_NOT_FOUND)
    if await find_member_by_email(auth, organization_id, user["email"]) is not None:
        raise APIError.of(400, Errors.USER_IS_ALREADY_A_MEMBER_OF_THIS_ORGANIZATION)
    if team_id:
        await require_team(auth, organization_id, team_id)
    organization = await require_organization(auth, organization_id)
    limit = await membership_limit(service.options, user, organization)
    if await count_members(auth, organization_id) >= limit:
        raise APIError.of(403, Errors.ORGANIZATION_MEMBERSHIP_LIMIT_REACHED)
    more = {name: value for name, value in ctx.body.items() if name not in {"role", "userId", "organizationId"}}
    role = role_column(ctx.body["role"])
    member = {"userId": user["id"], "organizationId": organization_id, "role": role, **more}
    hooks = service.options.organization_hooks
    changed = await call_hook(
        hooks.before_add_member, {"member": dict(member), "user": user, "organization": organization}
    )
    async with organization_held(auth, organization_id):
        member = stored_fields(ctx, "member", {**member, **(changed or {})})
        created = await store_member(auth, member, limit)
        if team_id:
            await join_team(ctx, service, organization_id, team_id, user["id"])
    await call_hook(hooks.after_add_member, {"member": created, "user": user, "organization": organization})
    return shown(ctx, "member", created)


async def membership_limit(options: OrganizationOptions, user: Row, organization: Row) -> float:
    """Return how many members an organization may have."""
    limit = options.membership_limit
    if callable(limit):
        return float(await resolve(limit(user, organization)))
    return float(limit or options.page_of_members)


async def store_member(auth: AuthContext, member: Row, limit: float) -> Row:
    """Store a member while `organization_held` holds the organization: one for each user, and up to `limit`.

    Raises:
        APIError: 400 if the user is one already, or the row cannot be stored; 403 at the limit.
    """
    organization_id = member["organizationId"]
    if await find_member(auth, organization_id, member["userId"]) is not None:
        raise APIError.of(400, Errors.USER_IS_ALREADY_A_MEMBER_OF_THIS_ORGANIZATION)
    if await count_members(auth, organization_id) >= limit:
        raise APIError.of(403, Errors.ORGANIZATION_MEMBERSHIP_LIMIT_REACHED)
    row = {"id": auth.generate_id("member"), **member, "role": role_column(member["role"]), "createdAt": auth.now()}
    return await store(auth, "member", row)
