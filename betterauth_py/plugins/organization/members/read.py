"""`GET /organization/list-members`, `get-active-member`, `get-active-member-role` and `POST .../has-permission`."""

from __future__ import annotations

from typing import Any, Literal, get_args

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
from betterauth_py.plugins.organization.errors import OrganizationErrorCodes as Errors
from betterauth_py.plugins.organization.guards import acting_member, active_organization
from betterauth_py.plugins.organization.paging import page_size, skipped
from betterauth_py.plugins.organization.rows import find_member, require_organization, with_user, with_users
from betterauth_py.plugins.organization.schemas import (
    MEMBER_WITH_USER,
    ORGANIZATION_ID,
    PERMISSIONS_BODY,
    WHICH,
    optional_text,
)
from betterauth_py.plugins.organization.service import query_of, service_of, shown

Context = EndpointContext[Any, Any]
Operator = Literal["eq", "ne", "lt", "lte", "gt", "gte", "in", "not_in", "contains", "starts_with", "ends_with"]
_NUMBER = validation.Optional(validation.Union((validation.String(), validation.Number())))


@endpoint(
    "/organization/list-members",
    methods=("GET",),
    security=Security.SESSION,
    operation_id="listMembers",
    query=validation.Optional(
        validation.Object(
            {
                "limit": _NUMBER,
                "offset": _NUMBER,
                "sortBy": optional_text("The field to sort by"),
                "sortDirection": validation.Optional(validation.OneOf(("asc", "desc"))),
                "filterField": optional_text("The field to filter by"),
                "filterValue": validation.Optional(
                    validation.Union(
                        (
                            validation.String(),
                            validation.Number(),
                            validation.Boolean(),
                            validation.Array(validation.String()),
                            validation.Array(validation.Number()),
                        )
                    )
                ),
                "filterOperator": validation.Optional(validation.OneOf(get_args(Operator))),
                **WHICH,
            }
        )
    ),
    reply=Reply(
        "A page of members, and how many there are",
        {
            "type": "object",
            "properties": {"members": {"type": "array", "items": MEMBER_WITH_USER}, "total": {"type": "number"}},
            "required": ["members", "total"],
        },
    ),
    errors=(
        (400, Errors.ORGANIZATION_NOT_FOUND),
        (400, Errors.NO_ACTIVE_ORGANIZATION),
        (403, Errors.YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION),
    ),
    requires_headers=True,
)
async def list_members(ctx: Context) -> Row:
    """List the members of an organization."""
    query, rows = query_of(ctx), ctx.auth.rows
    organization_id = await _named_organization(ctx)
    await acting_member(ctx, organization_id, 403, Errors.YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION)
    where = [Where("organizationId", organization_id)]
    if query.get("filterField"):
        where.append(_filter(ctx, query))
    sorted_by = query.get("sortBy") or None
    if sorted_by is not None:
        _require_field(ctx, sorted_by)
    members = await rows.find_many(
        "member",
        *where,
        order_by=sorted_by,
        descending=query.get("sortDirection") == "desc",
        limit=page_size(query.get("limit"), service_of(ctx).options.page_of_members),
        offset=skipped(query.get("offset")),
    )
    shown_members = [shown(ctx, "member", member) for member in await with_users(ctx.auth, members)]
    return {"members": shown_members, "total": await rows.count("member", *where)}


def _filter(ctx: Context, query: dict[str, Any]) -> Where:
    """Return the condition that a client asks for.

    Raises:
        APIError: 400 for a field that is not shown, or a value that does not fit the operator; better-auth answers 500.
    """
    field: str = query["filterField"]
    operator: Operator = query.get("filterOperator") or "eq"
    _require_field(ctx, field)
    value = query.get("filterValue")
    if (operator in {"in", "not_in"}) is not isinstance(value, list):
        raise APIError.of(400, BaseErrorCodes.VALIDATION_ERROR)
    return Where(field, value, operator)


def _require_field(ctx: Context, name: str) -> None:
    if not ctx.auth.schema.shows("member", name):
        raise APIError.of(400, BaseErrorCodes.VALIDATION_ERROR)


@endpoint(
    "/organization/get-active-member",
    methods=("GET",),
    security=Security.SESSION,
    operation_id="getActiveMember",
    reply=Reply("The user's membership of the active organization", MEMBER_WITH_USER),
    errors=((400, Errors.NO_ACTIVE_ORGANIZATION), (400, Errors.MEMBER_NOT_FOUND)),
    requires_headers=True,
)
async def get_active_member(ctx: Context) -> Row:
    """Get the user's membership of the active organization."""
    organization_id = active_organization(ctx, None, Errors.NO_ACTIVE_ORGANIZATION)
    member = await acting_member(ctx, organization_id, 400, Errors.MEMBER_NOT_FOUND)
    return with_user(shown(ctx, "member", member), signed_in(ctx)[1])


@endpoint(
    "/organization/get-active-member-role",
    methods=("GET",),
    security=Security.SESSION,
    operation_id="getActiveMemberRole",
    query=validation.Optional(
        validation.Object({"userId": optional_text("The member's user. Default: the user who asks"), **WHICH})
    ),
    reply=Reply(
        "The member's roles",
        {"type": "object", "properties": {"role": {"type": "string"}}, "required": ["role"]},
    ),
    errors=(
        (400, Errors.ORGANIZATION_NOT_FOUND),
        (400, Errors.NO_ACTIVE_ORGANIZATION),
        (403, Errors.YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION),
    ),
    requires_headers=True,
)
async def get_active_member_role(ctx: Context) -> dict[str, Any]:
    """Get the roles of a member of an organization."""
    refusal = Errors.YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION
    organization_id = await _named_organization(ctx)
    member = await acting_member(ctx, organization_id, 403, refusal)
    other = query_of(ctx).get("userId")
    if other:
        found = await find_member(ctx.auth, organization_id, other)
        if found is None:
            raise APIError.of(403, refusal)
        member = found
    return {"role": member["role"]}


async def _named_organization(ctx: Context) -> str:
    """Return the organization that the query names by id or slug, or the active one.

    Raises:
        APIError: 400 without one.
    """
    query = query_of(ctx)
    slug = query.get("organizationSlug")
    if slug:
        organization = await require_organization(ctx.auth, slug, by="slug")
        return str(organization["id"])
    return active_organization(ctx, query.get("organizationId"), Errors.NO_ACTIVE_ORGANIZATION)


@endpoint(
    "/organization/has-permission",
    methods=("POST",),
    security=Security.SESSION,
    operation_id="hasPermission",
    body=validation.Intersection(
        validation.Object({"organizationId": ORGANIZATION_ID}),
        validation.Union(
            (
                validation.Object({"permission": PERMISSIONS_BODY}),
                validation.Object({"permissions": PERMISSIONS_BODY}),
            ),
            exclusive=True,
        ),
    ),
    reply=Reply(
        "Whether the user may do all of it",
        {
            "type": "object",
            "properties": {"error": {"type": "null"}, "success": {"type": "boolean"}},
            "required": ["error", "success"],
        },
    ),
    errors=(
        (400, Errors.NO_ACTIVE_ORGANIZATION),
        (401, Errors.USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION),
    ),
    requires_headers=True,
)
async def has_permission(ctx: Context) -> dict[str, Any]:
    """Check whether the user may do something in an organization."""
    organization_id = active_organization(ctx, ctx.body.get("organizationId"), Errors.NO_ACTIVE_ORGANIZATION)
    member = await acting_member(ctx, organization_id, 401, Errors.USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION)
    return {"error": None, "success": await service_of(ctx).may(ctx, member, ctx.body.get("permissions") or {})}
