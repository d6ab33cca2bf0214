"""`GET /organization/get-invitation`, `.../list-invitations` and `.../list-user-invitations`."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import (
    APIError,
    EndpointContext,
    Guard,
    Reply,
    Row,
    Security,
    Where,
    endpoint,
    find_session,
    signed_in,
    validation,
)
from betterauth_py.plugins.organization.errors import OrganizationErrorCodes as Errors
from betterauth_py.plugins.organization.guards import UNAUTHENTICATED, require_permission
from betterauth_py.plugins.organization.invitations.answer import require_open_invitation
from betterauth_py.plugins.organization.invitations.recipients import require_recipient
from betterauth_py.plugins.organization.organizations.read import listed_invitations
from betterauth_py.plugins.organization.rows import find_member, require_organization
from betterauth_py.plugins.organization.schemas import INVITATION, ORGANIZATION_ID, optional_text
from betterauth_py.plugins.organization.service import query_of, service_of, shown

Context = EndpointContext[Any, Any]
_TEXT = {"type": "string"}
_SHOWN = {
    **INVITATION,
    "properties": {
        **INVITATION["properties"],
        "organizationName": _TEXT,
        "organizationSlug": _TEXT,
        "inviterEmail": _TEXT,
    },
}


@endpoint(
    "/organization/get-invitation",
    methods=("GET",),
    security=UNAUTHENTICATED,
    operation_id="getInvitation",
    query=validation.Object({"id": validation.String("The invitation")}),
    reply=Reply("The invitation, with its organization and who has sent it", _SHOWN),
    errors=(
        (400, Errors.INVITATION_NOT_FOUND),
        (400, Errors.ORGANIZATION_NOT_FOUND),
        (400, Errors.INVITER_IS_NO_LONGER_A_MEMBER_OF_THE_ORGANIZATION),
        (403, Errors.YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION),
        (403, Errors.EMAIL_VERIFICATION_REQUIRED_FOR_INVITATION),
    ),
    requires_headers=True,
)
async def get_invitation(ctx: Context) -> Row:
    """Get an invitation of the user."""
    auth = ctx.auth
    invitation = await require_open_invitation(ctx, ctx.query["id"])
    require_recipient(ctx, service_of(ctx).options, invitation, Errors.EMAIL_VERIFICATION_REQUIRED_FOR_INVITATION)
    organization = await require_organization(auth, invitation["organizationId"])
    member = await find_member(auth, organization["id"], invitation["inviterId"])
    inviter = None if member is None else await auth.users.find(member["userId"])
    if inviter is None:
        raise APIError.of(400, Errors.INVITER_IS_NO_LONGER_A_MEMBER_OF_THE_ORGANIZATION)
    return {
        **shown(ctx, "invitation", invitation),
        "organizationName": organization["name"],
        "organizationSlug": organization["slug"],
        "inviterEmail": inviter["email"],
    }


@endpoint(
    "/organization/list-invitations",
    methods=("GET",),
    security=Security.SESSION,
    operation_id="listInvitations",
    query=validation.Optional(validation.Object({"organizationId": ORGANIZATION_ID})),
    reply=Reply("The invitations of the organization, at most 100", {"type": "array", "items": INVITATION}),
    errors=((403, Errors.YOU_ARE_NOT_ALLOWED_TO_LIST_INVITATIONS),),
    requires_headers=True,
)
async def list_invitations(ctx: Context) -> list[Row]:
    """List the invitations of an organization."""
    service, (session, user) = service_of(ctx), signed_in(ctx)
    query = query_of(ctx)
    organization_id = query.get("organizationId") or session.get("activeOrganizationId")
    if not organization_id:
        raise APIError(400, {"message": "Organization ID is required"})
    member = await find_member(ctx.auth, organization_id, user["id"])
    if member is None:
        message = "You are not a member of this organization"
        raise APIError(403, {"message": message})
    await require_permission(ctx, member, "invitation", "create", Errors.YOU_ARE_NOT_ALLOWED_TO_LIST_INVITATIONS)
    return await listed_invitations(ctx, service, member)


async def _read_session(ctx: Context) -> None:
    await find_session(ctx)


@endpoint(
    "/organization/list-user-invitations",
    methods=("GET",),
    security=Guard(
        name="session or server",
        sentence="Signed-in users; code in this process for any address.",
        check=_read_session,
        schemes=Security.SESSION.schemes,
    ),
    operation_id="listUserInvitations",
    query=validation.Optional(
        validation.Object({"email": optional_text("An address, for calls in the process of the server")})
    ),
    reply=Reply(
        "The pending invitations of the user, at most 100",
        {
            "type": "array",
            "items": {**INVITATION, "properties": {**INVITATION["properties"], "organizationName": _TEXT}},
        },
    ),
    errors=((403, Errors.EMAIL_VERIFICATION_REQUIRED_FOR_INVITATION),),
)
async def list_user_invitations(ctx: Context) -> list[Row]:
    """List the pending invitations that the user has received."""
    query = query_of(ctx)
    if ctx.request is not None and query.get("email"):
        message = "User email cannot be passed for client side API calls."
        raise APIError(400, {"message": message})
    if ctx.session is not None and not ctx.session[1]["emailVerified"]:
        raise APIError.of(403, Errors.EMAIL_VERIFICATION_REQUIRED_FOR_INVITATION)
    email = ctx.session[1]["email"] if ctx.session is not None else query.get("email")
    if not email:
        message = "Missing session headers, or email query parameter."
        raise APIError(400, {"message": message})
    rows = ctx.auth.rows
    found = await rows.find_many(
        "invitation", Where("email", email.lower()), Where("status", "pending"), limit=ctx.auth.rows.list_limit
    )
    if not found:
        return []
    ids = [invitation["organizationId"] for invitation in found]
    names = {row["id"]: row["name"] for row in await rows.find_many("organization", Where("id", ids, "in"))}
    return [{**shown(ctx, "invitation", one), "organizationName": names.get(one["organizationId"])} for one in found]
