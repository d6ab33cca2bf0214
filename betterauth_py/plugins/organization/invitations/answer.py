"""`POST /organization/accept-invitation`, `.../reject-invitation` and `.../cancel-invitation`."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import (
    APIError,
    EndpointContext,
    ErrorCode,
    Reply,
    Row,
    Security,
    Where,
    endpoint,
    signed_in,
    validation,
)
from betterauth_py.plugins.organization.access import role_column
from betterauth_py.plugins.organization.errors import OrganizationErrorCodes as Errors
from betterauth_py.plugins.organization.guards import acting_member, require_permission
from betterauth_py.plugins.organization.invitations.recipients import require_recipient
from betterauth_py.plugins.organization.members.add import membership_limit, store_member
from betterauth_py.plugins.organization.organizations.active import activate
from betterauth_py.plugins.organization.rows import count_members, organization_held, require_organization, set_active
from betterauth_py.plugins.organization.schemas import INVITATION, MEMBER
from betterauth_py.plugins.organization.service import call_hook, service_of, shown
from betterauth_py.plugins.organization.teams.joining import join_team, require_team

Context = EndpointContext[dict[str, Any], Any]
_BODY = validation.Object({"invitationId": validation.String("The invitation")})
_REJECTED_NONE = ErrorCode("INVITATION_NOT_FOUND", "Invitation not found!")


@endpoint(
    "/organization/accept-invitation",
    methods=("POST",),
    security=Security.SESSION,
    operation_id="acceptInvitation",
    body=_BODY,
    reply=Reply(
        "The invitation and the new member",
        {
            "type": "object",
            "properties": {"invitation": INVITATION, "member": MEMBER},
            "required": ["invitation", "member"],
        },
    ),
    errors=(
        (400, Errors.INVITATION_NOT_FOUND),
        (400, Errors.ORGANIZATION_NOT_FOUND),
        (400, Errors.TEAM_NOT_FOUND),
        (400, Errors.USER_IS_ALREADY_A_MEMBER_OF_THIS_ORGANIZATION),
        (403, Errors.YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION),
        (403, Errors.EMAIL_VERIFICATION_REQUIRED_BEFORE_ACCEPTING_OR_REJECTING_INVITATION),
        (403, Errors.ORGANIZATION_MEMBERSHIP_LIMIT_REACHED),
        (403, Errors.TEAM_MEMBER_LIMIT_REACHED),
    ),
    requires_headers=True,
)
async def accept_invitation(ctx: Context) -> dict[str, Row]:
    """Accept an invitation to an organization."""
    service, auth, user = service_of(ctx), ctx.auth, signed_in(ctx)[1]
    invitation = await require_open_invitation(ctx, ctx.body["invitationId"])
    refusal = Errors.EMAIL_VERIFICATION_REQUIRED_BEFORE_ACCEPTING_OR_REJECTING_INVITATION
    require_recipient(ctx, service.options, invitation, refusal)
    organization = await require_organization(ctx.auth, invitation["organizationId"])
    limit = await membership_limit(service.options, user, organization)
    if await count_members(auth, organization["id"]) >= limit:
        raise APIError.of(403, Errors.ORGANIZATION_MEMBERSHIP_LIMIT_REACHED)
    hooks = service.options.organization_hooks
    told = {"invitation": invitation, "user": user, "organization": organization}
    await call_hook(hooks.before_accept_invitation, dict(told))
    async with organization_held(auth, organization["id"]):
        accepted = await _answered(
            ctx, invitation, "accepted", Where("status", "pending"), Where("expiresAt", auth.now(), "gte")
        )
        if accepted is None:
            raise APIError.of(400, Errors.INVITATION_NOT_FOUND)
        teams = (accepted.get("teamId") or "").split(",") if service.options.teams.enabled else []
        teams = [team for team in teams if team]
        for team_id in teams:
            await require_team(auth, organization["id"], team_id)
            await join_team(ctx, service, organization["id"], team_id, user["id"])
        row = {"organizationId": organization["id"], "userId": user["id"], "role": role_column(accepted["role"])}
        member = await store_member(auth, row, limit)
    if len(teams) == 1:
        await activate(ctx, activeTeamId=teams[0])
    await set_active(ctx, activeOrganizationId=organization["id"])
    await call_hook(hooks.after_accept_invitation, {**told, "invitation": accepted, "member": member})
    return {"invitation": shown(ctx, "invitation", accepted), "member": shown(ctx, "member", member)}


@endpoint(
    "/organization/reject-invitation",
    methods=("POST",),
    security=Security.SESSION,
    operation_id="rejectInvitation",
    body=_BODY,
    reply=Reply(
        "The invitation",
        {
            "type": "object",
            "properties": {"invitation": INVITATION, "member": {"type": "null"}},
            "required": ["invitation", "member"],
        },
    ),
    errors=(
        (400, _REJECTED_NONE),
        (400, Errors.ORGANIZATION_NOT_FOUND),
        (403, Errors.YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION),
        (403, Errors.EMAIL_VERIFICATION_REQUIRED_BEFORE_ACCEPTING_OR_REJECTING_INVITATION),
    ),
    requires_headers=True,
)
async def reject_invitation(ctx: Context) -> dict[str, Row | None]:
    """Reject an invitation to an organization."""
    service, user = service_of(ctx), signed_in(ctx)[1]
    invitation = await _find_invitation(ctx, ctx.body["invitationId"])
    if invitation is None or invitation["status"] != "pending":
        raise APIError.of(400, _REJECTED_NONE)
    refusal = Errors.EMAIL_VERIFICATION_REQUIRED_BEFORE_ACCEPTING_OR_REJECTING_INVITATION
    require_recipient(ctx, service.options, invitation, refusal)
    told = {"user": user, "organization": await require_organization(ctx.auth, invitation["organizationId"])}
    hooks = service.options.organization_hooks
    await call_hook(hooks.before_reject_invitation, {"invitation": invitation, **told})
    rejected = await _answered(ctx, invitation, "rejected", Where("status", "pending"))
    if rejected is None:
        raise APIError.of(400, _REJECTED_NONE)
    await call_hook(hooks.after_reject_invitation, {"invitation": rejected, **told})
    return {"invitation": shown(ctx, "invitation", rejected), "member": None}


@endpoint(
    "/organization/cancel-invitation",
    methods=("POST",),
    security=Security.SESSION,
    operation_id="cancelOrganizationInvitation",
    body=_BODY,
    reply=Reply("The invitation", INVITATION),
    errors=(
        (400, Errors.INVITATION_NOT_FOUND),
        (400, Errors.MEMBER_NOT_FOUND),
        (400, Errors.ORGANIZATION_NOT_FOUND),
        (403, Errors.YOU_ARE_NOT_ALLOWED_TO_CANCEL_THIS_INVITATION),
    ),
    requires_headers=True,
)
async def cancel_invitation(ctx: Context) -> Row:
    """Cancel an invitation to an organization."""
    invitation = await _find_invitation(ctx, ctx.body["invitationId"])
    if invitation is None:
        raise APIError.of(400, Errors.INVITATION_NOT_FOUND)
    member = await acting_member(ctx, invitation["organizationId"], 400, Errors.MEMBER_NOT_FOUND)
    refusal = Errors.YOU_ARE_NOT_ALLOWED_TO_CANCEL_THIS_INVITATION
    await require_permission(ctx, member, "invitation", "cancel", refusal)
    told = {
        "cancelled_by": signed_in(ctx)[1],
        "organization": await require_organization(ctx.auth, invitation["organizationId"]),
    }
    if invitation["status"] != "pending":
        # better-auth cancels it, and shows an accepted invitation as cancelled.
        raise APIError.of(400, Errors.INVITATION_NOT_FOUND)
    hooks = service_of(ctx).options.organization_hooks
    await call_hook(hooks.before_cancel_invitation, {"invitation": invitation, **told})
    canceled = await _answered(ctx, invitation, "canceled", Where("status", "pending"))
    if canceled is None:
        raise APIError.of(400, Errors.INVITATION_NOT_FOUND)
    await call_hook(hooks.after_cancel_invitation, {"invitation": canceled, **told})
    return shown(ctx, "invitation", canceled)


async def require_open_invitation(ctx: EndpointContext[Any, Any], invitation_id: str) -> Row:
    """Return an invitation that can be accepted.

    Raises:
        APIError: 400 if there is none.
    """
    invitation = await _find_invitation(ctx, invitation_id)
    if invitation is None or invitation["status"] != "pending" or invitation["expiresAt"] < ctx.auth.now():
        raise APIError.of(400, Errors.INVITATION_NOT_FOUND)
    return invitation


async def _find_invitation(ctx: EndpointContext[Any, Any], invitation_id: str) -> Row | None:
    return await ctx.auth.rows.find_one("invitation", Where("id", invitation_id))


async def _answered(ctx: Context, invitation: Row, status: str, *conditions: Where) -> Row | None:
    """Give an invitation another status if the conditions hold in that moment; of several callers, one does."""
    return await ctx.auth.rows.increment(
        "invitation", {}, Where("id", invitation["id"]), *conditions, changes={"status": status}
    )
