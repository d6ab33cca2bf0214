"""`GET /organization/list-roles` and `GET /organization/get-role`."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import (
    APIError,
    BaseErrorCodes,
    EndpointContext,
    Reply,
    Row,
    Security,
    Where,
    endpoint,
    validation,
)
from betterauth_py.plugins.organization.errors import OrganizationErrorCodes as Errors
from betterauth_py.plugins.organization.roles.checks import (
    ROLE_ID,
    ROLE_NAME,
    member_who_may,
    named_role,
    organization_of,
    shown_role,
)
from betterauth_py.plugins.organization.schemas import ORGANIZATION_ID, ROLE
from betterauth_py.plugins.organization.service import query_of

Context = EndpointContext[Any, Any]
_ORGANIZATION = validation.Object({"organizationId": ORGANIZATION_ID})


@endpoint(
    "/organization/list-roles",
    methods=("GET",),
    security=Security.SESSION,
    operation_id="listOrgRoles",
    query=validation.Optional(_ORGANIZATION),
    reply=Reply("The roles that members have created, at most 100", {"type": "array", "items": ROLE}),
    errors=(
        (400, Errors.NO_ACTIVE_ORGANIZATION),
        (403, Errors.YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION),
        (403, Errors.YOU_ARE_NOT_ALLOWED_TO_LIST_A_ROLE),
    ),
    requires_headers=True,
)
async def list_org_roles(ctx: Context) -> list[Row]:
    """List the roles that members of an organization have created."""
    organization_id = organization_of(ctx, query_of(ctx).get("organizationId"), Errors.NO_ACTIVE_ORGANIZATION)
    await member_who_may(ctx, organization_id, "read", Errors.YOU_ARE_NOT_ALLOWED_TO_LIST_A_ROLE)
    here = Where("organizationId", organization_id)
    roles = await ctx.auth.rows.find_many("organizationRole", here, limit=ctx.auth.rows.list_limit)
    return [shown_role(ctx, role) for role in roles]


@endpoint(
    "/organization/get-role",
    methods=("GET",),
    security=Security.SESSION,
    operation_id="getOrgRole",
    query=validation.Optional(validation.Intersection(_ORGANIZATION, validation.Union((ROLE_NAME, ROLE_ID)))),
    reply=Reply("The role", ROLE),
    errors=(
        (400, Errors.NO_ACTIVE_ORGANIZATION),
        (400, Errors.ROLE_NOT_FOUND),
        (403, Errors.YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION),
        (403, Errors.YOU_ARE_NOT_ALLOWED_TO_READ_A_ROLE),
    ),
    requires_headers=True,
)
async def get_org_role(ctx: Context) -> Row:
    """Get a role that members of an organization have created."""
    query = query_of(ctx)
    organization_id = organization_of(ctx, query.get("organizationId"), Errors.NO_ACTIVE_ORGANIZATION)
    await member_who_may(ctx, organization_id, "read", Errors.YOU_ARE_NOT_ALLOWED_TO_READ_A_ROLE)
    if not query:
        # Only a call in this process can come without a query; better-auth fails.
        raise APIError.of(400, BaseErrorCodes.VALIDATION_ERROR)
    return shown_role(ctx, await named_role(ctx, organization_id, query))
