"""`POST /organization/invite-member`."""

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
    signed_in,
    validation,
)
from betterauth_py.plugins.organization.access import role_column, role_names
from betterauth_py.plugins.organization.errors import OrganizationErrorCodes as Errors
from betterauth_py.plugins.organization.guards import acting_member, active_organization, require_permission
from betterauth_py.plugins.organization.invitations.mails import mail_invitation
from betterauth_py.plugins.organization.members.role import unknown_roles
from betterauth_py.plugins.organization.rows import find_member_by_email, organization_held, require_organization, store
from betterauth_py.plugins.organization.schemas import INVITATION, ORGANIZATION_ID, ROLES_BODY, optional_text
from betterauth_py.plugins.organization.service import Organizations, call_hook, service_of, shown, stored_fields
from betterauth_py.plugins.organization.teams.joining import require_invitable_teams
from betterauth_py.plugins.tools import resolve

Context = EndpointContext[dict[str, Any], Any]
_OWN_FIELDS = frozenset({"email", "role", "organizationId", "resend"})


@endpoint(
    "/organization/invite-member",
    methods=("POST",),
    security=Security.SESSION,
    operation_id="createOrganizationInvitation",
    body=validation.Object(
        {
            "email": validation.String("The address to invite"),
            "role": ROLES_BODY,
            "organizationId": ORGANIZATION_ID,
            "resend": validation.Optional(
                validation.Boolean("Whether a pending invitation of the address is prolonged and mailed again")
            ),
            "teamId": validation.Union(
                (
                    optional_text("A team, or several, to join"),
                    validation.Optional(validation.Array(validation.String())),
                )
            ),
        }
    ),
    reply=Reply("The invitation", INVITATION),
    errors=(
        (400, Errors.ORGANIZATION_NOT_FOUND),
        (400, BaseErrorCodes.INVALID_EMAIL),
        (400, Errors.MEMBER_NOT_FOUND),
        (400, Errors.ROLE_NOT_FOUND),
        (400, Errors.USER_IS_ALREADY_A_MEMBER_OF_THIS_ORGANIZATION),
        (400, Errors.USER_IS_ALREADY_INVITED_TO_THIS_ORGANIZATION),
        (400, Errors.TEAM_NOT_FOUND),
        (400, Errors.INVALID_TEAM_ID),
        (403, Errors.YOU_ARE_NOT_ALLOWED_TO_INVITE_USERS_TO_THIS_ORGANIZATION),
        (403, Errors.YOU_ARE_NOT_ALLOWED_TO_INVITE_USER_WITH_THIS_ROLE),
        (403, Errors.INVITATION_LIMIT_REACHED),
        (403, Errors.TEAM_MEMBER_LIMIT_REACHED),
    ),
    requires_headers=True,
)
async def create_invitation(ctx: Context) -> Row:
    """Invite somebody to an organization."""
    service, auth, user = service_of(ctx), ctx.auth, signed_in(ctx)[1]
    organization_id = active_organization(ctx, ctx.body.get("organizationId"), Errors.ORGANIZATION_NOT_FOUND)
    email = ctx.body["email"].lower()
    if not validation.is_email(email):
        raise APIError.of(400, BaseErrorCodes.INVALID_EMAIL)
    member = await acting_member(ctx, organization_id, 400, Errors.MEMBER_NOT_FOUND)
    refusal = Errors.YOU_ARE_NOT_ALLOWED_TO_INVITE_USERS_TO_THIS_ORGANIZATION
    await require_permission(ctx, member, "invitation", "create", refusal)
    await _require_roles(ctx, service, member)
    if await find_member_by_email(auth, organization_id, email) is not None:
        raise APIError.of(400, Errors.USER_IS_ALREADY_A_MEMBER_OF_THIS_ORGANIZATION)
    pending = await _pending(ctx, organization_id, email)
    cancels = service.options.cancel_pending_invitations_on_re_invite
    if pending is not None and not ctx.body.get("resend") and not cancels:
        raise APIError.of(400, Errors.USER_IS_ALREADY_INVITED_TO_THIS_ORGANIZATION)
    organization = await require_organization(auth, organization_id)
    if pending is not None and ctx.body.get("resend"):
        invitation = await _prolonged(ctx, service, member, pending)
        await mail_invitation(ctx, service.options, invitation, organization, member)
        return shown(ctx, "invitation", invitation)
    limit = await _limit(ctx, service, organization, member)
    # What is cancelled for the new one takes no room.
    await _require_room(ctx, organization_id, limit + (pending is not None))
    team_ids = await require_invitable_teams(ctx, service, organization_id, ctx.body.get("teamId"))
    more = {name: value for name, value in ctx.body.items() if name not in _OWN_FIELDS}
    given = {
        "role": role_column(ctx.body["role"]), "email": email, "organizationId": organization_id, "teamIds": team_ids,
        **more,
    }  # fmt: skip
    hooks = service.options.organization_hooks
    told = {**given, "inviterId": user["id"], "teamId": team_ids[0] if team_ids else None}
    changed = await call_hook(
        hooks.before_create_invitation, {"invitation": told, "inviter": user, "organization": organization}
    )
    invitation = await _store(ctx, service, {**given, **(changed or {})}, limit)
    await mail_invitation(ctx, service.options, invitation, organization, member)
    await call_hook(
        hooks.after_create_invitation, {"invitation": invitation, "inviter": user, "organization": organization}
    )
    return shown(ctx, "invitation", invitation)


async def _require_roles(ctx: Context, service: Organizations, member: Row) -> None:
    names = role_names(ctx.body["role"])
    if not names:
        raise APIError.of(400, Errors.ROLE_NOT_FOUND)
    unknown = await unknown_roles(ctx, service, member["organizationId"], names)
    if unknown:
        raise APIError(400, {"message": f"ROLE_NOT_FOUND: {', '.join(unknown)}"})
    if service.options.creator in names and not service.is_creator(member):
        raise APIError.of(403, Errors.YOU_ARE_NOT_ALLOWED_TO_INVITE_USER_WITH_THIS_ROLE)


async def _pending(ctx: Context, organization_id: str, email: str) -> Row | None:
    """Return the invitation of an address that can be accepted, or None."""
    return await ctx.auth.rows.find_one(
        "invitation",
        Where("email", email),
        Where("organizationId", organization_id),
        Where("status", "pending"),
        Where("expiresAt", ctx.auth.now(), "gt"),
    )


async def _prolonged(ctx: Context, service: Organizations, member: Row, pending: Row) -> Row:
    """Let an invitation end later, if it is still pending."""
    if service.options.creator in role_names(pending["role"]) and not service.is_creator(member):
        raise APIError.of(403, Errors.YOU_ARE_NOT_ALLOWED_TO_INVITE_USER_WITH_THIS_ROLE)
    ends = ctx.auth.after(service.options.invitation_life)
    updated = await ctx.auth.rows.update(
        "invitation", {"expiresAt": ends}, Where("id", pending["id"]), Where("status", "pending")
    )
    if updated is None:
        raise APIError.of(400, Errors.INVITATION_NOT_FOUND)
    return updated


async def _limit(ctx: Context, service: Organizations, organization: Row, member: Row) -> float:
    limit = service.options.invitation_limit
    if not callable(limit):
        return limit
    data = {"user": signed_in(ctx)[1], "organization": organization, "member": member}
    return float(await resolve(limit(data, ctx)))


async def _require_room(ctx: Context, organization_id: str, limit: float) -> None:
    pending = await ctx.auth.rows.count(
        "invitation",
        Where("organizationId", organization_id),
        Where("status", "pending"),
        Where("expiresAt", ctx.auth.now(), "gt"),
    )
    if pending >= limit:
        raise APIError.of(403, Errors.INVITATION_LIMIT_REACHED)


async def _store(ctx: Context, service: Organizations, given: Row, limit: float) -> Row:
    """Store an invitation: one for each address, and up to the limit."""
    auth = ctx.auth
    async with organization_held(auth, given["organizationId"]):
        pending = await _pending(ctx, given["organizationId"], given["email"])
        if pending is not None:
            if not service.options.cancel_pending_invitations_on_re_invite:
                raise APIError.of(400, Errors.USER_IS_ALREADY_INVITED_TO_THIS_ORGANIZATION)
            await auth.rows.update("invitation", {"status": "canceled"}, Where("id", pending["id"]))
        await _require_room(ctx, given["organizationId"], limit)
        teams = given.pop("teamIds")
        row = {
            "id": auth.generate_id("invitation"), "status": "pending",
            "expiresAt": auth.after(service.options.invitation_life), "createdAt": auth.now(),
            "inviterId": signed_in(ctx)[1]["id"], **given, "teamId": ",".join(teams) if teams else None,
        }  # fmt: skip
        return await store(auth, "invitation", stored_fields(ctx, "invitation", row))
