"""`POST /organization/set-active`."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import (
    APIError,
    EndpointContext,
    Reply,
    Row,
    Security,
    endpoint,
    set_session_cookie,
    signed_in,
    validation,
)
from betterauth_py.plugins.organization.errors import OrganizationErrorCodes as Errors
from betterauth_py.plugins.organization.rows import find_member, require_organization, set_active
from betterauth_py.plugins.organization.schemas import ORGANIZATION, optional_text
from betterauth_py.plugins.organization.service import shown
from betterauth_py.plugins.tools import end_session_of_call, stored_token

Context = EndpointContext[dict[str, Any], Any]


@endpoint(
    "/organization/set-active",
    methods=("POST",),
    security=Security.SESSION,
    operation_id="setActiveOrganization",
    body=validation.Object(
        {
            "organizationId": validation.nullish(validation.String("The organization; null for none")),
            "organizationSlug": optional_text("Its short name, instead of its id"),
        }
    ),
    reply=Reply("The organization that is active; null for none", {"anyOf": [ORGANIZATION, {"type": "null"}]}),
    errors=(
        (400, Errors.ORGANIZATION_NOT_FOUND),
        (403, Errors.USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION),
    ),
    requires_headers=True,
)
async def set_active_organization(ctx: Context) -> Row | None:
    """Set the session's active organization."""
    session, user = signed_in(ctx)
    active = session.get("activeOrganizationId")
    given, slug = ctx.body.get("organizationId"), ctx.body.get("organizationSlug")
    if "organizationId" in ctx.body and given is None:
        if active:
            await activate(ctx, activeOrganizationId=None)
        return None
    organization_id = given or (None if slug else active)
    if not organization_id and slug:
        organization_id = (await require_organization(ctx.auth, slug, by="slug"))["id"]
    if not organization_id:
        return None
    if await find_member(ctx.auth, organization_id, user["id"]) is None:
        await set_active(ctx, activeOrganizationId=None)
        raise APIError.of(403, Errors.USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION)
    organization = await require_organization(ctx.auth, organization_id)
    await activate(ctx, activeOrganizationId=organization["id"])
    return shown(ctx, "organization", organization)


async def activate(ctx: Context, **changes: str | None) -> None:
    """Set the session's active organization or team, and its cookies anew.

    Raises:
        APIError: 401 if the session has ended meanwhile.
    """
    if stored_token(ctx) is None:
        # A session that is nowhere stored, such as an API key's, has nothing active and gets no cookie.
        return
    updated = await set_active(ctx, **changes)
    if updated is None:
        raise end_session_of_call(ctx)
    await set_session_cookie(ctx, updated, signed_in(ctx)[1])
