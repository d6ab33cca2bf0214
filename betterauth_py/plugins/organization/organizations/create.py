"""`POST /organization/create` and `POST /organization/check-slug`."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import (
    APIError,
    EndpointContext,
    Reply,
    Row,
    Where,
    endpoint,
    validation,
)
from betterauth_py.plugins.organization.access import role_column
from betterauth_py.plugins.organization.errors import OrganizationErrorCodes as Errors
from betterauth_py.plugins.organization.guards import CHECKED_SESSION_OR_SERVER, SESSION_OR_SERVER
from betterauth_py.plugins.organization.rows import find_organization, set_active, store
from betterauth_py.plugins.organization.schemas import MEMBER, ORGANIZATION
from betterauth_py.plugins.organization.service import (
    Organizations,
    call_hook,
    read_metadata,
    service_of,
    shown,
    stored_fields,
    write_metadata,
)
from betterauth_py.plugins.organization.teams.default import create_default_team
from betterauth_py.plugins.tools import resolve

Context = EndpointContext[dict[str, Any], Any]


@endpoint(
    "/organization/create",
    methods=("POST",),
    security=SESSION_OR_SERVER,
    operation_id="createOrganization",
    body=validation.Object(
        {
            "name": validation.String("The name of the organization", min_length=1),
            "slug": validation.String("Its short name, which no other organization has", min_length=1),
            "userId": validation.Optional(
                validation.String("The user who creates it, for calls in the process of the server", coerce=True)
            ),
            "logo": validation.nullish(validation.String("The URL of its logo")),
            "metadata": validation.Optional(validation.Record(validation.Anything(), description="Values of your own")),
            "keepCurrentActiveOrganization": validation.Optional(
                validation.Boolean("Whether it does not become the session's active organization")
            ),
        }
    ),
    reply=Reply(
        "The organization, with its creator as the first member",
        {
            **ORGANIZATION,
            "properties": {**ORGANIZATION["properties"], "members": {"type": "array", "items": MEMBER}},
        },
    ),
    errors=(
        (400, Errors.ORGANIZATION_ALREADY_EXISTS),
        (403, Errors.YOU_ARE_NOT_ALLOWED_TO_CREATE_A_NEW_ORGANIZATION),
        (403, Errors.YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_ORGANIZATIONS),
    ),
)
async def create_organization(ctx: Context) -> Row:
    """Create an organization."""
    service = service_of(ctx)
    user = await _creator(ctx)
    await _require_allowed(ctx, service, user)
    if await find_organization(ctx.auth, ctx.body["slug"], by="slug") is not None:
        raise APIError.of(400, Errors.ORGANIZATION_ALREADY_EXISTS)
    given = {name: value for name, value in ctx.body.items() if name not in {"keepCurrentActiveOrganization", "userId"}}
    hooks = service.options.organization_hooks
    changed = await call_hook(hooks.before_create_organization, {"organization": given, "user": user})
    if changed is not None:
        given = {**ctx.body, **changed}
    organization, member = await _store(ctx, service, user, given)
    await call_hook(hooks.after_add_member, {"member": member, "user": user, "organization": organization})
    team = await create_default_team(ctx, service, organization, user)
    await call_hook(hooks.after_create_organization, {"organization": organization, "user": user, "member": member})
    if not ctx.body.get("keepCurrentActiveOrganization"):
        active = {"activeOrganizationId": organization["id"]}
        await set_active(ctx, **(active if team is None else {**active, "activeTeamId": team["id"]}))
    return {**shown(ctx, "organization", organization), "members": [shown(ctx, "member", member)]}


async def _creator(ctx: Context) -> Row:
    if ctx.session is not None:
        return ctx.session[1]
    user = await ctx.auth.users.find(ctx.body["userId"]) if ctx.body.get("userId") else None
    if user is None:
        raise APIError(401)
    return user


async def _require_allowed(ctx: Context, service: Organizations, user: Row) -> None:
    allowed = service.options.allow_user_to_create_organization
    if callable(allowed):
        allowed = await resolve(allowed(user))
    if not allowed and ctx.session is not None:
        raise APIError.of(403, Errors.YOU_ARE_NOT_ALLOWED_TO_CREATE_A_NEW_ORGANIZATION)
    limit = service.options.organization_limit
    if callable(limit):
        if await resolve(limit(user)):
            raise APIError.of(403, Errors.YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_ORGANIZATIONS)
    else:
        await _require_below(ctx, user, limit)


async def _require_below(ctx: Context, user: Row, limit: Any) -> None:
    if isinstance(limit, int) and await ctx.auth.rows.count("member", Where("userId", user["id"])) >= limit:
        raise APIError.of(403, Errors.YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_ORGANIZATIONS)


async def _store(ctx: Context, service: Organizations, user: Row, given: Row) -> tuple[Row, Row]:
    """Store an organization and its first member together, while the user is below the limit."""
    auth = ctx.auth
    row = {"id": auth.generate_id("organization"), **stored_fields(ctx, "organization", given), "createdAt": auth.now()}
    async with auth.database.transaction():
        await auth.database.lock(f"organizations of {user['id']}")
        await _require_below(ctx, user, service.options.organization_limit)
        # Another request may have taken the slug meanwhile.
        created = await store(auth, "organization", write_metadata(row), Errors.ORGANIZATION_ALREADY_EXISTS)
        organization = read_metadata(created)
        member = {"userId": user["id"], "organizationId": organization["id"], "role": service.options.creator}
        changed = await call_hook(
            service.options.organization_hooks.before_add_member,
            {"member": dict(member), "user": user, "organization": organization},
        )
        member |= changed or {}
        member = {**stored_fields(ctx, "member", member), "role": role_column(member["role"])}
        row = {"id": auth.generate_id("member"), **member, "createdAt": auth.now()}
        return organization, await store(auth, "member", row)


@endpoint(
    "/organization/check-slug",
    methods=("POST",),
    security=CHECKED_SESSION_OR_SERVER,
    operation_id="checkOrganizationSlug",
    body=validation.Object({"slug": validation.String("The short name to check")}),
    reply=Reply(
        "No organization has it",
        {"type": "object", "properties": {"status": {"type": "boolean"}}, "required": ["status"]},
    ),
    errors=((400, Errors.ORGANIZATION_SLUG_ALREADY_TAKEN),),
)
async def check_organization_slug(ctx: Context) -> dict[str, bool]:
    """Check whether a slug is free."""
    if await find_organization(ctx.auth, ctx.body["slug"], by="slug") is not None:
        raise APIError.of(400, Errors.ORGANIZATION_SLUG_ALREADY_TAKEN)
    return {"status": True}
