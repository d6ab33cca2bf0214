"""`POST /organization/update-member-role`."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import APIError, EndpointContext, Reply, Row, Security, Where, endpoint, validation
from betterauth_py.plugins.organization.access import DEFAULT_ROLES, role_column, role_names
from betterauth_py.plugins.organization.errors import OrganizationErrorCodes as Errors
from betterauth_py.plugins.organization.guards import acting_member, active_organization
from betterauth_py.plugins.organization.rows import (
    has_members_with,
    organization_held,
    require_organization,
    require_user,
)
from betterauth_py.plugins.organization.schemas import MEMBER, ORGANIZATION_ID, ROLES_BODY
from betterauth_py.plugins.organization.service import Organizations, call_hook, service_of, shown

Context = EndpointContext[dict[str, Any], Any]


@endpoint(
    "/organization/update-member-role",
    methods=("POST",),
    security=Security.SESSION,
    operation_id="updateOrganizationMemberRole",
    body=validation.Object(
        {
            "role": ROLES_BODY,
            "memberId": validation.String("The member"),
            "organizationId": ORGANIZATION_ID,
        }
    ),
    reply=Reply("The member", MEMBER),
    errors=(
        (400, Errors.NO_ACTIVE_ORGANIZATION),
        (400, Errors.MEMBER_NOT_FOUND),
        (400, Errors.YOU_CANNOT_LEAVE_THE_ORGANIZATION_WITHOUT_AN_OWNER),
        (400, Errors.ROLE_NOT_FOUND),
        (400, Errors.ORGANIZATION_NOT_FOUND),
        (403, Errors.YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER),
    ),
    requires_headers=True,
)
async def update_member_role(ctx: Context) -> Row:
    """Change the roles of a member."""
    service, auth = service_of(ctx), ctx.auth
    if not ctx.body["role"]:
        raise APIError(400)
    organization_id = active_organization(ctx, ctx.body.get("organizationId"), Errors.NO_ACTIVE_ORGANIZATION)
    names = role_names(ctx.body["role"])
    if not names:
        raise APIError(400)
    member = await _changeable(ctx, service, organization_id, names)
    unknown = await unknown_roles(ctx, service, organization_id, names)
    if unknown:
        raise APIError(400, {"code": "ROLE_NOT_FOUND", "message": f"ROLE_NOT_FOUND: {', '.join(unknown)}"})
    organization = await require_organization(auth, organization_id)
    user = await require_user(auth, member["userId"])
    hooks, role = service.options.organization_hooks, role_column(names)
    told = {"member": member, "user": user, "organization": organization}
    changed = await call_hook(hooks.before_update_member_role, {**told, "new_role": role})
    role = role_column((changed or {}).get("role") or role)
    async with organization_held(auth, organization_id):
        # Owners may have left, and roles have changed, since they were looked at.
        member = await _changeable(ctx, service, organization_id, names)
        updated = await auth.rows.update("member", {"role": role}, Where("id", member["id"]))
    if updated is None:
        raise APIError.of(400, Errors.MEMBER_NOT_FOUND)
    await call_hook(
        hooks.after_update_member_role, {**told, "member": updated, "previous_role": told["member"]["role"]}
    )
    return shown(ctx, "member", updated)


async def _changeable(ctx: Context, service: Organizations, organization_id: str, names: list[str]) -> Row:
    """Return the member that the body names, if the call's user may give it these roles.

    Raises:
        APIError: 400 or 403 otherwise, in better-auth's order.
    """
    acting = await acting_member(ctx, organization_id, 400, Errors.MEMBER_NOT_FOUND)
    is_self = acting["id"] == ctx.body["memberId"]
    member = acting if is_self else await ctx.auth.rows.find_one("member", Where("id", ctx.body["memberId"]))
    if member is None:
        raise APIError.of(400, Errors.MEMBER_NOT_FOUND)
    refusal = APIError.of(403, Errors.YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER)
    if member["organizationId"] != organization_id:
        raise refusal
    creator, acts_as_creator = service.options.creator, service.is_creator(acting)
    if not acts_as_creator and (service.is_creator(member) or creator in names):
        raise refusal
    resigns = acts_as_creator and is_self and creator not in names
    if resigns and not await has_members_with(ctx.auth, organization_id, creator, 2):
        raise APIError.of(400, Errors.YOU_CANNOT_LEAVE_THE_ORGANIZATION_WITHOUT_AN_OWNER)
    if not acts_as_creator and not await service.may(ctx, acting, {"member": ["update"]}):
        raise refusal
    return member


async def unknown_roles(ctx: Context, service: Organizations, organization_id: str, names: list[str]) -> list[str]:
    """Return which of the names are no roles: neither better-auth's, nor of the options, nor of the organization."""
    unknown = [name for name in names if name not in DEFAULT_ROLES and name not in service.roles]
    if not unknown or not service.options.dynamic_access_control.enabled:
        return unknown
    here = Where("organizationId", organization_id)
    found = await ctx.auth.rows.find_many("organizationRole", here, Where("role", unknown, "in"))
    known = {role["role"] for role in found}
    return [name for name in unknown if name not in known]
