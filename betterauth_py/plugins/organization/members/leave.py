"""`POST /organization/remove-member` and `POST /organization/leave`."""

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
from betterauth_py.plugins.organization.guards import acting_member, active_organization
from betterauth_py.plugins.organization.rows import (
    find_member_by_email,
    has_members_with,
    organization_held,
    require_organization,
    require_user,
    set_active,
    with_user,
)
from betterauth_py.plugins.organization.schemas import MEMBER, MEMBER_WITH_USER, ORGANIZATION_ID
from betterauth_py.plugins.organization.service import Organizations, call_hook, service_of, shown
from betterauth_py.plugins.organization.teams.joining import leave_teams

Context = EndpointContext[dict[str, Any], Any]


@endpoint(
    "/organization/remove-member",
    methods=("POST",),
    security=Security.SESSION,
    operation_id="removeOrganizationMember",
    body=validation.Object(
        {
            "memberIdOrEmail": validation.String("The id of the member, or the address of its user"),
            "organizationId": ORGANIZATION_ID,
        }
    ),
    reply=Reply(
        "The member that there was",
        {"type": "object", "properties": {"member": MEMBER}, "required": ["member"]},
    ),
    errors=(
        (400, Errors.NO_ACTIVE_ORGANIZATION),
        (400, Errors.MEMBER_NOT_FOUND),
        (400, Errors.YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER),
        (400, Errors.ORGANIZATION_NOT_FOUND),
        (401, Errors.YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_MEMBER),
    ),
    requires_headers=True,
)
async def remove_member(ctx: Context) -> dict[str, Row]:
    """Remove a member from an organization."""
    service, auth = service_of(ctx), ctx.auth
    session, user = signed_in(ctx)
    organization_id = active_organization(ctx, ctx.body.get("organizationId"), Errors.NO_ACTIVE_ORGANIZATION)
    removed, answer = await _removable(ctx, service, organization_id)
    organization = await require_organization(auth, organization_id)
    removed_user = await require_user(auth, removed["userId"])
    hooks = service.options.organization_hooks
    told = {"member": removed, "user": removed_user, "organization": organization}
    await call_hook(hooks.before_remove_member, dict(told))
    async with organization_held(auth, organization_id):
        # Owners may have left, and roles have changed, since they were looked at.
        removed, _ = await _removable(ctx, service, organization_id)
        await _delete(ctx, service, removed)
    if removed["userId"] == user["id"] and session.get("activeOrganizationId") == organization_id:
        await set_active(ctx, activeOrganizationId=None)
    await call_hook(hooks.after_remove_member, dict(told))
    return {"member": answer}


async def _removable(ctx: Context, service: Organizations, organization_id: str) -> tuple[Row, Row]:
    """Return the member that the body names, if the call's user may remove it, and what the answer shows of it.

    Raises:
        APIError: 400 or 401 otherwise, in better-auth's order.
    """
    member = await acting_member(ctx, organization_id, 400, Errors.MEMBER_NOT_FOUND)
    name, removed, answer = ctx.body["memberIdOrEmail"], None, None
    if "@" in name:
        found = await find_member_by_email(ctx.auth, organization_id, name)
        if found is not None:
            removed, answer = found[0], with_user(shown(ctx, "member", found[0]), found[1])
    else:
        removed = await ctx.auth.rows.find_one("member", Where("id", name))
        answer = None if removed is None else shown(ctx, "member", removed)
    if removed is None or answer is None:
        raise APIError.of(400, Errors.MEMBER_NOT_FOUND)
    if service.is_creator(removed):
        only = not service.is_creator(member)
        if only or not await has_members_with(ctx.auth, organization_id, service.options.creator, 2):
            raise APIError.of(400, Errors.YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER)
    if not await service.may(ctx, member, {"member": ["delete"]}):
        raise APIError.of(401, Errors.YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_MEMBER)
    if removed["organizationId"] != organization_id:
        raise APIError.of(400, Errors.MEMBER_NOT_FOUND)
    return removed, answer


async def _delete(ctx: Context, service: Organizations, member: Row) -> None:
    await ctx.auth.rows.delete("member", Where("id", member["id"]))
    if service.options.teams.enabled:
        await leave_teams(ctx.auth, member["organizationId"], member["userId"])


@endpoint(
    "/organization/leave",
    methods=("POST",),
    security=Security.SESSION,
    operation_id="leaveOrganization",
    body=validation.Object({"organizationId": validation.String("The organization")}),
    reply=Reply("The member that there was", MEMBER_WITH_USER),
    errors=(
        (400, Errors.MEMBER_NOT_FOUND),
        (400, Errors.YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER),
    ),
    requires_headers=True,
)
async def leave_organization(ctx: Context) -> Row:
    """Leave an organization."""
    service = service_of(ctx)
    session, user = signed_in(ctx)
    organization_id = ctx.body["organizationId"]
    # Only members wait for each other, and make others wait.
    await acting_member(ctx, organization_id, 400, Errors.MEMBER_NOT_FOUND)
    async with organization_held(ctx.auth, organization_id):
        member = await acting_member(ctx, organization_id, 400, Errors.MEMBER_NOT_FOUND)
        if service.is_creator(member) and not await has_members_with(
            ctx.auth, organization_id, service.options.creator, 2
        ):
            raise APIError.of(400, Errors.YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER)
        await _delete(ctx, service, member)
    if session.get("activeOrganizationId") == organization_id:
        await set_active(ctx, activeOrganizationId=None)
    return with_user(shown(ctx, "member", member), user)
