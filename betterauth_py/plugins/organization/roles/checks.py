"""What creating and changing roles demand: permissions that the member has, and names that are free."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import AccessControl, APIError, EndpointContext, ErrorCode, Row, Where, signed_in, validation
from betterauth_py.plugins.organization.access import DEFAULT_ROLES
from betterauth_py.plugins.organization.errors import OrganizationErrorCodes as Errors
from betterauth_py.plugins.organization.guards import acting_member, require_permission
from betterauth_py.plugins.organization.service import Organizations, read_permission, service_of, shown
from betterauth_py.plugins.tools import logger

Context = EndpointContext[Any, Any]
ROLE_NAME = validation.Object({"roleName": validation.String("The name of the role", min_length=1)})
ROLE_ID = validation.Object({"roleId": validation.String("The id of the role", min_length=1)})


def organization_of(ctx: Context, given: Any, refusal: ErrorCode) -> str:
    """Return the organization that the client has named, or the session's active one.

    Raises:
        APIError: 400 with `refusal` without either, also for an empty name.
    """
    organization_id = signed_in(ctx)[0].get("activeOrganizationId") if given is None else given
    if not organization_id:
        raise APIError.of(400, refusal)
    return str(organization_id)


def require_access(ctx: Context) -> AccessControl:
    """Return the access control of the options.

    Raises:
        APIError: 501 without one.
    """
    access = service_of(ctx).access
    if access is None:
        logger.error("Roles of organizations need the option `plugins.organization.ac`: resources and their actions")
        raise APIError.of(501, Errors.MISSING_AC_INSTANCE)
    return access


async def member_who_may(ctx: Context, organization_id: str, action: str, refusal: ErrorCode) -> Row:
    """Return the membership of the call's user, who may do something with roles.

    Raises:
        APIError: 403 otherwise.
    """
    member = await acting_member(ctx, organization_id, 403, Errors.YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION)
    await require_permission(ctx, member, "ac", action, refusal)
    return member


def predefined_names(service: Organizations) -> list[str]:
    """Return the names that no member gives to a role, nor deletes: those of the options, or better-auth's."""
    return list(DEFAULT_ROLES if service.options.roles is None else service.roles)


async def require_grantable(
    ctx: Context, access: AccessControl, member: Row, permission: dict[str, list[str]], refusal: ErrorCode
) -> None:
    """Require that a role has only permissions of resources that there are, and that the member has too.

    Raises:
        APIError: 400 for another resource; 403 with what the member lacks.
    """
    if any(resource not in access.statements for resource in permission):
        raise APIError.of(400, Errors.INVALID_RESOURCE)
    service, missing = service_of(ctx), []
    roles = await service.roles_of(ctx, member["organizationId"])
    for resource, actions in permission.items():
        for action in actions:
            if not service.allows(roles, member, {resource: [action]}):
                missing.append(f"{resource}:{action}")
    if missing:
        raise APIError(403, {"message": refusal.message, "code": refusal.code, "missingPermissions": missing})


async def require_free_name(ctx: Context, organization_id: str, name: str) -> None:
    """Require that no role has this name.

    Raises:
        APIError: 400 otherwise.
    """
    found = await ctx.auth.rows.find_one(
        "organizationRole", Where("organizationId", organization_id), Where("role", name)
    )
    if found is not None:
        raise APIError.of(400, Errors.ROLE_NAME_IS_ALREADY_TAKEN)


def require_own_name(ctx: Context, name: str) -> None:
    """Require that a name is none of those that the options have.

    Raises:
        APIError: 400 otherwise.
    """
    if name in predefined_names(service_of(ctx)):
        raise APIError.of(400, Errors.ROLE_NAME_IS_ALREADY_TAKEN)


async def named_role(ctx: Context, organization_id: str, named: dict[str, Any]) -> Row:
    """Return the role of an organization that `named` names by name or id.

    Raises:
        APIError: 400 if there is none.
    """
    by = Where("role", named["roleName"]) if named.get("roleName") else Where("id", named["roleId"])
    role = await ctx.auth.rows.find_one("organizationRole", Where("organizationId", organization_id), by)
    if role is None:
        raise APIError.of(400, Errors.ROLE_NOT_FOUND)
    return role


def shown_role(ctx: Context, role: Row) -> Row:
    """Return a role as answers show it."""
    return {**shown(ctx, "organizationRole", role), "permission": read_permission(role["permission"])}
