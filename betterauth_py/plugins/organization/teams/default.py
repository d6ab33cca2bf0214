"""The team that a new organization begins with."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import EndpointContext, Row
from betterauth_py.plugins.organization.rows import store
from betterauth_py.plugins.organization.service import Organizations, call_hook, shown, stored_fields
from betterauth_py.plugins.organization.teams.joining import store_team_member
from betterauth_py.plugins.tools import resolve

Context = EndpointContext[Any, Any]


async def create_default_team(ctx: Context, service: Organizations, organization: Row, user: Row) -> Row | None:
    """Create the team that an organization begins with, with its creator as a member; None without teams."""
    teams, hooks = service.options.teams, service.options.organization_hooks
    if not teams.enabled or not teams.default_team.enabled:
        return None
    values = {"organizationId": organization["id"], "name": organization["name"]}
    changed = await call_hook(
        hooks.before_create_team, {"team": dict(values), "user": user, "organization": organization}
    )
    values |= changed or {}
    own = teams.default_team.custom_create_default_team
    team = await resolve(own(organization, ctx)) if own is not None else None
    if team is None:
        team = await store_team(ctx, {"createdAt": ctx.auth.now(), **values})
    await store_team_member(ctx.auth, team["id"], user["id"], None)
    await call_hook(hooks.after_create_team, {"team": team, "user": user, "organization": organization})
    return team


async def store_team(ctx: Context, values: Row) -> Row:
    """Store a team and return what answers show of it.

    Raises:
        APIError: 400 if it cannot be stored.
    """
    row = {"id": ctx.auth.generate_id("team"), **stored_fields(ctx, "team", values), "memberCount": 0}
    return shown(ctx, "team", await store(ctx.auth, "team", row))
