"""`POST /organization/create-role`, `.../update-role` and `.../delete-role`."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import (
    APIError,
    BaseErrorCodes,
    EndpointContext,
    NotStoredError,
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
    predefined_names,
    require_access,
    require_free_name,
    require_grantable,
    require_own_name,
    shown_role,
)
from betterauth_py.plugins.organization.rows import has_members_with, organization_held, store
from betterauth_py.plugins.organization.schemas import (
    ORGANIZATION_ID,
    PERMISSION,
    PERMISSIONS_BODY,
    ROLE,
    optional_text,
)
from betterauth_py.plugins.organization.service import service_of, stored_fields
from betterauth_py.plugins.tools import resolve, stringify

Context = EndpointContext[dict[str, Any], Any]
CHANGES: dict[str, validation.Schema] = {
    "permission": validation.Optional(PERMISSIONS_BODY),
    "roleName": optional_text("Its new name"),
}
_SUCCESS = {"type": "boolean"}


@endpoint(
    "/organization/create-role",
    methods=("POST",),
    security=Security.SESSION,
    operation_id="createOrgRole",
    body=validation.Object(
        {
            "organizationId": ORGANIZATION_ID,
            "role": validation.String("The name of the role"),
            "permission": PERMISSIONS_BODY,
            "additionalFields": validation.Optional(validation.Object({})),
        }
    ),
    reply=Reply(
        "The role",
        {
            "type": "object",
            "properties": {"success": _SUCCESS, "roleData": ROLE, "statements": PERMISSION},
            "required": ["success", "roleData", "statements"],
        },
    ),
    errors=(
        (400, Errors.YOU_MUST_BE_IN_AN_ORGANIZATION_TO_CREATE_A_ROLE),
        (400, Errors.ROLE_NAME_IS_ALREADY_TAKEN),
        (400, Errors.TOO_MANY_ROLES),
        (400, Errors.INVALID_RESOURCE),
        (403, Errors.YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION),
        (403, Errors.YOU_ARE_NOT_ALLOWED_TO_CREATE_A_ROLE),
        (501, Errors.MISSING_AC_INSTANCE),
    ),
    requires_headers=True,
)
async def create_org_role(ctx: Context) -> dict[str, Any]:
    """Create a role of an organization."""
    access = require_access(ctx)
    refusal = Errors.YOU_MUST_BE_IN_AN_ORGANIZATION_TO_CREATE_A_ROLE
    organization_id = organization_of(ctx, ctx.body.get("organizationId"), refusal)
    name, permission = ctx.body["role"].lower(), ctx.body["permission"]
    require_own_name(ctx, name)
    refusal = Errors.YOU_ARE_NOT_ALLOWED_TO_CREATE_A_ROLE
    member = await member_who_may(ctx, organization_id, "create", refusal)
    limit = await _limit(ctx, organization_id)
    await _require_room(ctx, organization_id, limit)
    await require_grantable(ctx, access, member, permission, refusal)
    async with organization_held(ctx.auth, organization_id):
        await _require_room(ctx, organization_id, limit)
        await require_free_name(ctx, organization_id, name)
        row = {
            "id": ctx.auth.generate_id("organizationRole"), "createdAt": ctx.auth.now(),
            "organizationId": organization_id, "permission": stringify(permission).decode(), "role": name,
            **ctx.body.get("additionalFields", {}),
        }  # fmt: skip
        created = await store(ctx.auth, "organizationRole", row)
    return {"success": True, "roleData": shown_role(ctx, created), "statements": permission}


async def _limit(ctx: Context, organization_id: str) -> float:
    limit = service_of(ctx).options.dynamic_access_control.maximum_roles_per_organization
    if callable(limit):
        return float(await resolve(limit(organization_id)))
    return float("inf") if limit is None else limit


async def _require_room(ctx: Context, organization_id: str, limit: float) -> None:
    if await ctx.auth.rows.count("organizationRole", Where("organizationId", organization_id)) >= limit:
        raise APIError.of(400, Errors.TOO_MANY_ROLES)


@endpoint(
    "/organization/update-role",
    methods=("POST",),
    security=Security.SESSION,
    operation_id="updateOrgRole",
    body=validation.Intersection(
        validation.Object({"organizationId": ORGANIZATION_ID, "data": validation.Object(CHANGES)}),
        validation.Union((ROLE_NAME, ROLE_ID)),
    ),
    reply=Reply(
        "The role",
        {
            "type": "object",
            "properties": {"success": _SUCCESS, "roleData": ROLE},
            "required": ["success", "roleData"],
        },
    ),
    errors=(
        (400, Errors.NO_ACTIVE_ORGANIZATION),
        (400, Errors.ROLE_NOT_FOUND),
        (400, Errors.INVALID_RESOURCE),
        (400, Errors.ROLE_NAME_IS_ALREADY_TAKEN),
        (403, Errors.YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION),
        (403, Errors.YOU_ARE_NOT_ALLOWED_TO_UPDATE_A_ROLE),
        (501, Errors.MISSING_AC_INSTANCE),
    ),
    requires_headers=True,
)
async def update_org_role(ctx: Context) -> dict[str, Any]:
    """Change a role of an organization."""
    access = require_access(ctx)
    organization_id = organization_of(ctx, ctx.body.get("organizationId"), Errors.NO_ACTIVE_ORGANIZATION)
    refusal = Errors.YOU_ARE_NOT_ALLOWED_TO_UPDATE_A_ROLE
    member = await member_who_may(ctx, organization_id, "update", refusal)
    role, data = await named_role(ctx, organization_id, ctx.body), ctx.body["data"]
    changes = {name: value for name, value in data.items() if name not in CHANGES}
    if data.get("permission") is not None:
        await require_grantable(ctx, access, member, data["permission"], refusal)
        changes["permission"] = stringify(data["permission"]).decode()
    if data.get("roleName"):
        changes["role"] = data["roleName"].lower()
        require_own_name(ctx, changes["role"])
    async with organization_held(ctx.auth, organization_id):
        if "role" in changes:
            await require_free_name(ctx, organization_id, changes["role"])
        await _update(ctx, organization_id, role, stored_fields(ctx, "organizationRole", changes))
    return {"success": True, "roleData": shown_role(ctx, {**role, **changes})}


async def _update(ctx: Context, organization_id: str, role: Row, changes: Row) -> None:
    here = Where("organizationId", organization_id)
    try:
        await ctx.auth.rows.update_many("organizationRole", changes, here, Where("id", role["id"]))
    except NotStoredError:
        raise APIError.of(400, BaseErrorCodes.VALIDATION_ERROR) from None


@endpoint(
    "/organization/delete-role",
    methods=("POST",),
    security=Security.SESSION,
    operation_id="deleteOrgRole",
    body=validation.Intersection(
        validation.Object({"organizationId": ORGANIZATION_ID}), validation.Union((ROLE_NAME, ROLE_ID))
    ),
    reply=Reply("It is deleted", {"type": "object", "properties": {"success": _SUCCESS}, "required": ["success"]}),
    errors=(
        (400, Errors.NO_ACTIVE_ORGANIZATION),
        (400, Errors.CANNOT_DELETE_A_PRE_DEFINED_ROLE),
        (400, Errors.ROLE_NOT_FOUND),
        (400, Errors.ROLE_IS_ASSIGNED_TO_MEMBERS),
        (403, Errors.YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION),
        (403, Errors.YOU_ARE_NOT_ALLOWED_TO_DELETE_A_ROLE),
    ),
    requires_headers=True,
)
async def delete_org_role(ctx: Context) -> dict[str, bool]:
    """Delete a role of an organization that no member has."""
    organization_id = organization_of(ctx, ctx.body.get("organizationId"), Errors.NO_ACTIVE_ORGANIZATION)
    await member_who_may(ctx, organization_id, "delete", Errors.YOU_ARE_NOT_ALLOWED_TO_DELETE_A_ROLE)
    if ctx.body.get("roleName") in predefined_names(service_of(ctx)):
        raise APIError.of(400, Errors.CANNOT_DELETE_A_PRE_DEFINED_ROLE)
    async with organization_held(ctx.auth, organization_id):
        role = await named_role(ctx, organization_id, ctx.body)
        if await has_members_with(ctx.auth, organization_id, role["role"]):
            raise APIError.of(400, Errors.ROLE_IS_ASSIGNED_TO_MEMBERS)
        await ctx.auth.rows.delete("organizationRole", Where("id", role["id"]))
    return {"success": True}
