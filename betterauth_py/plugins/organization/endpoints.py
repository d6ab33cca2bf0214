"""The endpoints of the plugin, as its options have them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from betterauth_py.plugins import Endpoint, validation
from betterauth_py.plugins.organization.invitations.answer import (
    accept_invitation,
    cancel_invitation,
    reject_invitation,
)
from betterauth_py.plugins.organization.invitations.invite import create_invitation
from betterauth_py.plugins.organization.invitations.read import get_invitation, list_invitations, list_user_invitations
from betterauth_py.plugins.organization.members.add import add_member
from betterauth_py.plugins.organization.members.leave import leave_organization, remove_member
from betterauth_py.plugins.organization.members.read import (
    get_active_member,
    get_active_member_role,
    has_permission,
    list_members,
)
from betterauth_py.plugins.organization.members.role import update_member_role
from betterauth_py.plugins.organization.options import OrganizationOptions
from betterauth_py.plugins.organization.organizations.active import set_active_organization
from betterauth_py.plugins.organization.organizations.change import CHANGES, delete_organization, update_organization
from betterauth_py.plugins.organization.organizations.create import check_organization_slug, create_organization
from betterauth_py.plugins.organization.organizations.read import (
    get_full_organization,
    get_organization,
    list_organizations,
)
from betterauth_py.plugins.organization.roles.change import CHANGES as ROLE_CHANGES
from betterauth_py.plugins.organization.roles.change import create_org_role, delete_org_role, update_org_role
from betterauth_py.plugins.organization.roles.read import get_org_role, list_org_roles
from betterauth_py.plugins.organization.schemas import additional, with_body
from betterauth_py.plugins.organization.teams.change import CHANGES as TEAM_CHANGES
from betterauth_py.plugins.organization.teams.change import create_team, remove_team, update_team
from betterauth_py.plugins.organization.teams.members import add_team_member, remove_team_member
from betterauth_py.plugins.organization.teams.read import (
    list_organization_teams,
    list_team_members,
    list_user_teams,
    set_active_team,
)


def endpoints_for(options: OrganizationOptions) -> list[Endpoint[Any, Any]]:
    """Return the endpoints; bodies have the columns that a deployment adds."""
    schema = options.schema
    changes = {**additional(schema.organization, partial=True), **CHANGES}
    return [
        with_body(create_organization, additional(schema.organization)),
        with_body(update_organization, {"data": validation.Object(changes)}),
        delete_organization,
        set_active_organization,
        get_organization,
        get_full_organization,
        list_organizations,
        with_body(create_invitation, additional(schema.invitation)),
        cancel_invitation,
        accept_invitation,
        get_invitation,
        reject_invitation,
        list_invitations,
        get_active_member,
        check_organization_slug,
        with_body(add_member, additional(schema.member)),
        remove_member,
        update_member_role,
        leave_organization,
        list_user_invitations,
        list_members,
        get_active_member_role,
        has_permission,
        *(_team_endpoints(options) if options.teams.enabled else []),
        *(_role_endpoints(options) if options.dynamic_access_control.enabled else []),
    ]


def _team_endpoints(options: OrganizationOptions) -> list[Endpoint[Any, Any]]:
    added = options.schema.team
    changes = {**TEAM_CHANGES, **additional(added, partial=True)}
    return [
        with_body(create_team, additional(added)),
        list_organization_teams,
        remove_team,
        with_body(update_team, {"data": validation.Object(changes)}),
        set_active_team,
        list_user_teams,
        list_team_members,
        add_team_member,
        remove_team_member,
    ]


def _role_endpoints(options: OrganizationOptions) -> list[Endpoint[Any, Any]]:
    added = options.schema.organization_role
    changes = validation.Object({**ROLE_CHANGES, **additional(added, nullish=True)})
    body = update_org_role.body
    if isinstance(body, validation.Intersection) and isinstance(body.left, validation.Object):
        body = replace(body, left=replace(body.left, fields={**body.left.fields, "data": changes}))
    fields = validation.Optional(validation.Object(additional(added)))
    return [
        with_body(create_org_role, {"additionalFields": fields}),
        delete_org_role,
        list_org_roles,
        get_org_role,
        replace(update_org_role, body=body),
    ]
