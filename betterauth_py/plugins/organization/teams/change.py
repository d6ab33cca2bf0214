"""`POST /organization/create-team`, `.../update-team` and `.../remove-team`."""

from __future__ import annotations

from dataclasses import replace
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
    find_session,
    signed_in,
    validation,
)
from betterauth_py.plugins.organization.errors import OrganizationErrorCodes as Errors
from betterauth_py.plugins.organization.guards import (
    SESSION_OR_SERVER,
    acting_member,
    active_organization,
    require_permission,
)
from betterauth_py.plugins.organization.rows import find_member, organization_held, require_organization
from betterauth_py.plugins.organization.schemas import ORGANIZATION_ID, TEAM, message_reply, optional_text
from betterauth_py.plugins.organization.service import Organizations, call_hook, service_of, shown, stored_fields
from betterauth_py.plugins.organization.teams.default import store_team
from betterauth_py.plugins.organization.teams.joining import require_team
from betterauth_py.plugins.tools import resolve

Context = EndpointContext[dict[str, Any], Any]
CHANGES: dict[str, validation.Schema] = {
    "name": validation.Optional(validation.String("Its new name", min_length=1)),
    "organizationId": optional_text("Its organization. Default: the active one"),
}


@endpoint(
    "/organization/create-team",
    methods=("POST",),
    security=SESSION_OR_SERVER,
    operation_id="createTeam",
    body=validation.Object(
        {
            "name": validation.String("The name of the team"),
            "organizationId": ORGANIZATION_ID,
        }
    ),
    reply=Reply("The team", TEAM),
    errors=(
        (400, Errors.NO_ACTIVE_ORGANIZATION),
        (400, Errors.YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_TEAMS),
        (400, Errors.ORGANIZATION_NOT_FOUND),
        (403, Errors.YOU_ARE_NOT_ALLOWED_TO_INVITE_USERS_TO_THIS_ORGANIZATION),
        (403, Errors.YOU_ARE_NOT_ALLOWED_TO_CREATE_TEAMS_IN_THIS_ORGANIZATION),
    ),
)
async def create_team(ctx: Context) -> Row:
    """Create a team in an organization."""
    service = service_of(ctx)
    organization_id = _organization_id(ctx)
    if ctx.session is not None:
        refusal = Errors.YOU_ARE_NOT_ALLOWED_TO_INVITE_USERS_TO_THIS_ORGANIZATION
        member = await acting_member(ctx, organization_id, 403, refusal)
        refusal = Errors.YOU_ARE_NOT_ALLOWED_TO_CREATE_TEAMS_IN_THIS_ORGANIZATION
        await require_permission(ctx, member, "team", "create", refusal)
    limit = await _limit(ctx, service, organization_id)
    await _require_room(ctx, organization_id, limit)
    organization = await require_organization(ctx.auth, organization_id)
    values = {**ctx.body, "organizationId": organization_id}
    hooks, told = service.options.organization_hooks, {"user": _user(ctx), "organization": organization}
    changed = await call_hook(hooks.before_create_team, {"team": dict(values), **told})
    now = ctx.auth.now()
    async with organization_held(ctx.auth, organization_id):
        await _require_room(ctx, organization_id, limit)
        team = await store_team(ctx, {"createdAt": now, "updatedAt": now, **values, **(changed or {})})
    await call_hook(hooks.after_create_team, {"team": team, **told})
    return team


@endpoint(
    "/organization/update-team",
    methods=("POST",),
    security=Security.SESSION,
    operation_id="updateTeam",
    body=validation.Object({"teamId": validation.String("The team"), "data": validation.Object(CHANGES)}),
    reply=Reply("The team", {"anyOf": [TEAM, {"type": "null"}]}),
    errors=(
        (400, Errors.NO_ACTIVE_ORGANIZATION),
        (400, Errors.TEAM_NOT_FOUND),
        (400, Errors.ORGANIZATION_NOT_FOUND),
        (403, Errors.YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_TEAM),
    ),
    requires_headers=True,
)
async def update_team(ctx: Context) -> Row | None:
    """Change a team."""
    data = ctx.body["data"]
    organization_id = active_organization(ctx, data.get("organizationId"), Errors.NO_ACTIVE_ORGANIZATION)
    refusal = Errors.YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_TEAM
    member = await acting_member(ctx, organization_id, 403, refusal)
    await require_permission(ctx, member, "team", "update", refusal)
    team = shown(ctx, "team", await require_team(ctx.auth, organization_id, ctx.body["teamId"]))
    organization = await require_organization(ctx.auth, organization_id)
    updates = {name: value for name, value in data.items() if name != "organizationId"}
    hooks, told = service_of(ctx).options.organization_hooks, {"user": signed_in(ctx)[1], "organization": organization}
    changed = await call_hook(hooks.before_update_team, {"team": team, "updates": dict(updates), **told})
    changes = stored_fields(ctx, "team", updates if changed is None else changed)
    changes.pop("id", None)
    try:
        updated = await ctx.auth.rows.update(
            "team", changes, Where("id", team["id"]), Where("organizationId", organization_id)
        )
    except NotStoredError:
        raise APIError.of(400, BaseErrorCodes.VALIDATION_ERROR) from None
    answer = None if updated is None else shown(ctx, "team", updated)
    await call_hook(hooks.after_update_team, {"team": answer, **told})
    return answer


async def _may_remove(ctx: Context) -> None:
    await find_session(ctx)
    # As better-auth: first whether an organization is named.
    _organization_id(ctx)
    if ctx.session is None and not ctx.is_in_process:
        raise APIError(401)


@endpoint(
    "/organization/remove-team",
    methods=("POST",),
    security=replace(SESSION_OR_SERVER, check=_may_remove),
    operation_id="removeTeam",
    body=validation.Object(
        {
            "teamId": validation.String("The team"),
            "organizationId": optional_text("Its organization. Default: the active one"),
        }
    ),
    reply=message_reply("Team removed successfully."),
    errors=(
        (400, Errors.NO_ACTIVE_ORGANIZATION),
        (400, Errors.TEAM_NOT_FOUND),
        (400, Errors.UNABLE_TO_REMOVE_LAST_TEAM),
        (400, Errors.ORGANIZATION_NOT_FOUND),
        (403, Errors.YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_TEAM),
        (403, Errors.YOU_ARE_NOT_ALLOWED_TO_DELETE_TEAMS_IN_THIS_ORGANIZATION),
    ),
)
async def remove_team(ctx: Context) -> dict[str, str]:
    """Remove a team from its organization."""
    service, auth = service_of(ctx), ctx.auth
    organization_id = _organization_id(ctx)
    if ctx.session is not None:
        session, user = ctx.session
        member = await find_member(auth, organization_id, user["id"])
        if member is None or session.get("activeTeamId") == ctx.body["teamId"]:
            raise APIError.of(403, Errors.YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_TEAM)
        refusal = Errors.YOU_ARE_NOT_ALLOWED_TO_DELETE_TEAMS_IN_THIS_ORGANIZATION
        await require_permission(ctx, member, "team", "delete", refusal)
    team = await require_team(auth, organization_id, ctx.body["teamId"])
    await _require_another(ctx, service, organization_id)
    organization = await require_organization(auth, organization_id)
    hooks = service.options.organization_hooks
    told = {"team": shown(ctx, "team", team), "user": _user(ctx), "organization": organization}
    await call_hook(hooks.before_delete_team, dict(told))
    async with organization_held(auth, organization_id):
        await require_team(auth, organization_id, team["id"])
        await _require_another(ctx, service, organization_id)
        await auth.rows.delete_many("teamMember", Where("teamId", team["id"]))
        await auth.rows.delete("team", Where("id", team["id"]))
        await _uninvite(ctx, organization_id, team["id"])
    await call_hook(hooks.after_delete_team, dict(told))
    return {"message": "Team removed successfully."}


async def _uninvite(ctx: Context, organization_id: str, team_id: str) -> None:
    """Take a team that there is no more out of pending invitations."""
    pending = await ctx.auth.rows.find_many(
        "invitation",
        Where("organizationId", organization_id),
        Where("status", "pending"),
        Where("expiresAt", ctx.auth.now(), "gt"),
        Where("teamId", team_id, "contains"),
    )
    for invitation in pending:
        teams = invitation["teamId"].split(",")
        if team_id in teams:
            rest = ",".join(team for team in teams if team != team_id)
            await ctx.auth.rows.update("invitation", {"teamId": rest or None}, Where("id", invitation["id"]))


def _organization_id(ctx: Context) -> str:
    return active_organization(ctx, ctx.body.get("organizationId"), Errors.NO_ACTIVE_ORGANIZATION)


def _user(ctx: Context) -> Row | None:
    return None if ctx.session is None else ctx.session[1]


async def _limit(ctx: Context, service: Organizations, organization_id: str) -> float:
    """Return how many teams an organization may have; 0 for any number."""
    limit = service.options.teams.maximum_teams
    if not callable(limit):
        return limit or 0
    session = None if ctx.session is None else {"session": ctx.session[0], "user": ctx.session[1]}
    return float(await resolve(limit({"organization_id": organization_id, "session": session}, ctx)) or 0)


async def _require_room(ctx: Context, organization_id: str, limit: float) -> None:
    if limit and await ctx.auth.rows.count("team", Where("organizationId", organization_id)) >= limit:
        raise APIError.of(400, Errors.YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_TEAMS)


async def _require_another(ctx: Context, service: Organizations, organization_id: str) -> None:
    if service.options.teams.allow_removing_all_teams:
        return
    if await ctx.auth.rows.count("team", Where("organizationId", organization_id)) <= 1:
        raise APIError.of(400, Errors.UNABLE_TO_REMOVE_LAST_TEAM)
