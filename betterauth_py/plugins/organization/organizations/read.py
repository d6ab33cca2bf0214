"""`GET /organization/get-organization`, `GET /organization/get-full-organization` and `GET /organization/list`."""

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
from betterauth_py.plugins.organization.access import role_names
from betterauth_py.plugins.organization.errors import OrganizationErrorCodes as Errors
from betterauth_py.plugins.organization.paging import page_size, parse_int
from betterauth_py.plugins.organization.rows import find_member, require_organization, set_active, with_users
from betterauth_py.plugins.organization.schemas import INVITATION, MEMBER_WITH_USER, ORGANIZATION, TEAM, WHICH
from betterauth_py.plugins.organization.service import Organizations, query_of, service_of, shown

Context = EndpointContext[Any, dict[str, Any]]
_FULL = {
    **ORGANIZATION,
    "properties": {
        **ORGANIZATION["properties"],
        "invitations": {"type": "array", "items": INVITATION},
        "members": {"type": "array", "items": MEMBER_WITH_USER},
        "teams": {"type": "array", "items": TEAM},
    },
}


@endpoint(
    "/organization/get-organization",
    methods=("GET",),
    security=Security.SESSION,
    operation_id="getOrganization",
    query=validation.Optional(validation.Object(WHICH)),
    reply=Reply(
        "The organization; null if none is named and none is active", {"anyOf": [ORGANIZATION, {"type": "null"}]}
    ),
    errors=(
        (400, Errors.ORGANIZATION_NOT_FOUND),
        (403, Errors.USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION),
    ),
    requires_headers=True,
)
async def get_organization(ctx: Context) -> Row | None:
    """Get an organization of the user."""
    found = await _organization_of_member(ctx)
    return None if found is None else shown(ctx, "organization", found[0])


@endpoint(
    "/organization/get-full-organization",
    methods=("GET",),
    security=Security.SESSION,
    operation_id="getFullOrganization",
    query=validation.Optional(
        validation.Object(
            {
                **WHICH,
                "membersLimit": validation.Optional(
                    validation.Union((validation.Number(), validation.Transform(validation.String(), parse_int)))
                ),
            }
        )
    ),
    reply=Reply("The organization; null without an active one", {"anyOf": [_FULL, {"type": "null"}]}),
    errors=(
        (400, Errors.ORGANIZATION_NOT_FOUND),
        (403, Errors.USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION),
    ),
    requires_headers=True,
)
async def get_full_organization(ctx: Context) -> Row | None:
    """Get an organization of the user with its members, invitations and teams."""
    service, rows = service_of(ctx), ctx.auth.rows
    found = await _organization_of_member(ctx)
    if found is None:
        return None
    organization, member = found
    here = Where("organizationId", organization["id"])
    members = await rows.find_many("member", here, limit=page_size(query_of(ctx).get("membersLimit"), rows.list_limit))
    full = {
        **shown(ctx, "organization", organization),
        "invitations": await visible_invitations(ctx, service, member),
        "members": [shown(ctx, "member", one) for one in await with_users(ctx.auth, members)],
    }
    if service.options.teams.enabled:
        full["teams"] = [
            _with_count(ctx, team) for team in await rows.find_many("team", here, limit=ctx.auth.rows.list_limit)
        ]
    return full


@endpoint(
    "/organization/list",
    methods=("GET",),
    security=Security.SESSION,
    operation_id="listOrganizations",
    reply=Reply("The organizations of the user, at most 100", {"type": "array", "items": ORGANIZATION}),
    requires_headers=True,
)
async def list_organizations(ctx: Context) -> list[Row]:
    """List the organizations of the user."""
    members = await ctx.auth.rows.find_many(
        "member", Where("userId", signed_in(ctx)[1]["id"]), limit=ctx.auth.rows.list_limit
    )
    if not members:
        return []
    ids = [member["organizationId"] for member in members]
    found = {row["id"]: row for row in await ctx.auth.rows.find_many("organization", Where("id", ids, "in"))}
    return [shown(ctx, "organization", found[one]) for one in ids if one in found]


def _with_count(ctx: Context, team: Row) -> Row:
    """Return a team as only this answer shows it: with how many members it has."""
    visible = shown(ctx, "team", team)
    return {name: value for name, value in team.items() if name in visible or name == "memberCount"}


async def visible_invitations(ctx: Context, service: Organizations, member: Row) -> list[Row]:
    """Return the invitations of an organization, at most 100, that a member may see: ids of invitations open it.

    Whoever may invite sees them; those to become an owner are for owners only, who alone may give that role.
    """
    if not await service.may(ctx, member, {"invitation": ["create"]}):
        return []
    return await listed_invitations(ctx, service, member)


async def listed_invitations(ctx: Context, service: Organizations, member: Row) -> list[Row]:
    """Return the invitations of a member's organization, at most 100; those to become an owner for owners only."""
    here = Where("organizationId", member["organizationId"])
    found = await ctx.auth.rows.find_many("invitation", here, limit=ctx.auth.rows.list_limit)
    is_creator = service.is_creator(member)
    return [
        shown(ctx, "invitation", invitation)
        for invitation in found
        if is_creator or service.options.creator not in role_names(invitation["role"])
    ]


async def _organization_of_member(ctx: Context) -> tuple[Row, Row] | None:
    """Return the organization that the query names, or the active one, with the user's membership; None for none.

    Raises:
        APIError: 400 if there is none such; 403 for others than members, whose active organization is then unset.
    """
    session, user = signed_in(ctx)
    query = query_of(ctx)
    slug = query.get("organizationSlug")
    organization_id = slug or query.get("organizationId") or session.get("activeOrganizationId")
    if not organization_id:
        return None
    organization = await require_organization(ctx.auth, organization_id, by="slug" if slug else "id")
    member = await find_member(ctx.auth, organization["id"], user["id"])
    if member is None:
        await set_active(ctx, activeOrganizationId=None)
        raise APIError.of(403, Errors.USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION)
    return organization, member
