"""The endpoints of the plugin, as its options have them."""

from __future__ import annotations

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
from betterauth_py.plugins.organization.schemas import additional, with_body


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
    ]
