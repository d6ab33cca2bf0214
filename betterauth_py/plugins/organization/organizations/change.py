"""`POST /organization/update` and `POST /organization/delete`."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import (
    APIError,
    BaseErrorCodes,
    EndpointContext,
    NotStoredError,
    Reply,
    Row,
    Where,
    endpoint,
    signed_in,
    validation,
)
from betterauth_py.plugins.organization.errors import OrganizationErrorCodes as Errors
from betterauth_py.plugins.organization.guards import (
    DELETION,
    DELETION_DISABLED,
    NAMED_SESSION,
    acting_member,
    active_organization,
    require_permission,
)
from betterauth_py.plugins.organization.rows import find_organization, organization_held, set_active
from betterauth_py.plugins.organization.schemas import ORGANIZATION, ORGANIZATION_ID
from betterauth_py.plugins.organization.service import (
    call_hook,
    read_metadata,
    service_of,
    shown,
    stored_fields,
    write_metadata,
)

Context = EndpointContext[dict[str, Any], Any]
CHANGES: dict[str, validation.Schema] = {
    "name": validation.Optional(validation.String("Its new name", min_length=1)),
    "slug": validation.Optional(validation.String("Its new short name", min_length=1)),
    "logo": validation.nullish(validation.String("The URL of its new logo")),
    "metadata": validation.Optional(validation.Record(validation.Anything(), description="Its new values")),
}


@endpoint(
    "/organization/update",
    methods=("POST",),
    security=NAMED_SESSION,
    operation_id="updateOrganization",
    body=validation.Object(
        {
            "data": validation.Object(CHANGES),
            "organizationId": ORGANIZATION_ID,
        }
    ),
    reply=Reply("The organization", {"anyOf": [ORGANIZATION, {"type": "null"}]}),
    errors=(
        (400, Errors.ORGANIZATION_NOT_FOUND),
        (400, Errors.USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION),
        (400, Errors.ORGANIZATION_SLUG_ALREADY_TAKEN),
        (403, Errors.YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_ORGANIZATION),
    ),
    requires_headers=True,
)
async def update_organization(ctx: Context) -> Row | None:
    """Change an organization."""
    user = signed_in(ctx)[1]
    organization_id = active_organization(ctx, ctx.body.get("organizationId"), Errors.ORGANIZATION_NOT_FOUND)
    member = await acting_member(ctx, organization_id, 400, Errors.USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION)
    refusal = Errors.YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_ORGANIZATION
    await require_permission(ctx, member, "organization", "update", refusal)
    changes = ctx.body["data"]
    if isinstance(changes.get("slug"), str):
        other = await find_organization(ctx.auth, changes["slug"], by="slug")
        if other is not None and other["id"] != organization_id:
            raise APIError.of(400, Errors.ORGANIZATION_SLUG_ALREADY_TAKEN)
    hooks = service_of(ctx).options.organization_hooks
    changed = await call_hook(
        hooks.before_update_organization, {"organization": dict(changes), "user": user, "member": member}
    )
    updated = await _update(ctx, organization_id, stored_fields(ctx, "organization", {**changes, **(changed or {})}))
    await call_hook(hooks.after_update_organization, {"organization": updated, "user": user, "member": member})
    return None if updated is None else shown(ctx, "organization", updated)


async def _update(ctx: Context, organization_id: str, changes: Row) -> Row | None:
    changes.pop("id", None)
    if not changes:
        raise APIError(400, {"message": "No fields to update"})
    try:
        updated = await ctx.auth.rows.update("organization", write_metadata(changes), Where("id", organization_id))
    except NotStoredError:
        other = await find_organization(ctx.auth, str(changes.get("slug", "")), by="slug")
        taken = other is not None and other["id"] != organization_id
        error = Errors.ORGANIZATION_SLUG_ALREADY_TAKEN if taken else BaseErrorCodes.VALIDATION_ERROR
        raise APIError.of(400, error) from None
    return None if updated is None else read_metadata(updated)


@endpoint(
    "/organization/delete",
    methods=("POST",),
    security=DELETION,
    operation_id="deleteOrganization",
    body=validation.Object({"organizationId": validation.String("The organization")}),
    reply=Reply("The organization that there was", ORGANIZATION),
    errors=(
        (400, Errors.ORGANIZATION_NOT_FOUND),
        (400, Errors.USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION),
        (403, Errors.YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_ORGANIZATION),
        (404, DELETION_DISABLED),
    ),
    requires_headers=True,
)
async def delete_organization(ctx: Context) -> Row:
    """Delete an organization with its members, invitations and teams."""
    session, user = signed_in(ctx)
    organization_id = ctx.body["organizationId"]
    if not organization_id:
        raise APIError.of(400, Errors.ORGANIZATION_NOT_FOUND)
    member = await acting_member(ctx, organization_id, 400, Errors.USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION)
    refusal = Errors.YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_ORGANIZATION
    await require_permission(ctx, member, "organization", "delete", refusal)
    organization = await find_organization(ctx.auth, organization_id)
    if organization is None:
        raise APIError(400)
    hooks = service_of(ctx).options.organization_hooks
    await call_hook(hooks.before_delete_organization, {"organization": organization, "user": user}, ctx)
    async with organization_held(ctx.auth, organization_id):
        # What belongs to it goes with it, by its foreign keys too; those of teams and roles have no other statement.
        member = await acting_member(ctx, organization_id, 400, Errors.USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION)
        await require_permission(ctx, member, "organization", "delete", refusal)
        await ctx.auth.rows.delete_many("member", Where("organizationId", organization_id))
        await ctx.auth.rows.delete_many("invitation", Where("organizationId", organization_id))
        await ctx.auth.rows.delete("organization", Where("id", organization_id))
    if session.get("activeOrganizationId") == organization_id:
        await set_active(ctx, activeOrganizationId=None)
    await call_hook(hooks.after_delete_organization, {"organization": organization, "user": user}, ctx)
    return shown(ctx, "organization", organization)
