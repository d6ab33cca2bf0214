"""The functions around changes of organizations: better-auth's `organizationHooks` with its names in snake_case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from betterauth_py.plugins import EndpointContext, MaybeAwaitable

Data = dict[str, Any]
Before = Callable[[Data], MaybeAwaitable[Mapping[str, Any] | None]]
Told = Callable[[Data], MaybeAwaitable[None]]
ToldOfDeletion = Callable[[Data, EndpointContext[Any, Any]], MaybeAwaitable[None]]


@dataclass(frozen=True, kw_only=True)
class OrganizationHooks:
    """Functions around changes. Each gets a table; its rows have the names of the wire (`organizationId`).

    An `APIError` that one raises is the answer. One that runs before a change prevents it so, and may return
    `{"data": {...}}` where that is said.
    """

    before_create_organization: Before | None = None
    """Called before an organization is created, with `organization` and `user`. May return the values of the
    organization as `data`."""
    after_create_organization: Told | None = None
    """Called after an organization is created, with `organization`, `member` and `user`."""
    before_update_organization: Before | None = None
    """Called before an organization is changed, with `organization` (the changes), `user` and `member`. May return
    changes as `data`."""
    after_update_organization: Told | None = None
    """Called after an organization is changed, with `organization`, `user` and `member`."""
    before_delete_organization: ToldOfDeletion | None = None
    """Called before an organization is deleted, with `organization` and `user`, then the call's context."""
    after_delete_organization: ToldOfDeletion | None = None
    """Called after an organization is deleted, with `organization` and `user`, then the call's context."""
    before_add_member: Before | None = None
    """Called before a member is added, but not when an invitation is accepted, with `member`, `user` and
    `organization`. May return values of the member as `data`."""
    after_add_member: Told | None = None
    """Called after a member is added, but not when an invitation is accepted, with `member`, `user` and
    `organization`."""
    before_remove_member: Told | None = None
    """Called before a member is removed, but not when one leaves, with `member`, `user` and `organization`."""
    after_remove_member: Told | None = None
    """Called after a member is removed, but not when one leaves, with `member`, `user` and `organization`."""
    before_update_member_role: Before | None = None
    """Called before the role of a member is changed, with `member`, `new_role`, `user` and `organization`. May return
    another `role` as `data`."""
    after_update_member_role: Told | None = None
    """Called after the role of a member is changed, with `member`, `previous_role`, `user` and `organization`."""
    before_create_invitation: Before | None = None
    """Called before an invitation is created, with `invitation`, `inviter` and `organization`. May return values of
    the invitation as `data`."""
    after_create_invitation: Told | None = None
    """Called after an invitation is created and mailed, with `invitation`, `inviter` and `organization`."""
    before_accept_invitation: Told | None = None
    """Called before an invitation is accepted, with `invitation`, `user` and `organization`."""
    after_accept_invitation: Told | None = None
    """Called after an invitation is accepted, with `invitation`, `member`, `user` and `organization`."""
    before_reject_invitation: Told | None = None
    """Called before an invitation is rejected, with `invitation`, `user` and `organization`."""
    after_reject_invitation: Told | None = None
    """Called after an invitation is rejected, with `invitation`, `user` and `organization`."""
    before_cancel_invitation: Told | None = None
    """Called before an invitation is cancelled, with `invitation`, `cancelled_by` (a user) and `organization`."""
    after_cancel_invitation: Told | None = None
    """Called after an invitation is cancelled, with `invitation`, `cancelled_by` (a user) and `organization`."""
    before_create_team: Before | None = None
    """Called before a team is created, with `team`, `user` and `organization`. May return values of the team as
    `data`."""
    after_create_team: Told | None = None
    """Called after a team is created, with `team`, `user` and `organization`."""
    before_update_team: Before | None = None
    """Called before a team is changed, with `team`, `updates`, `user` and `organization`. May return other changes as
    `data`."""
    after_update_team: Told | None = None
    """Called after a team is changed, with `team`, `user` and `organization`."""
    before_delete_team: Told | None = None
    """Called before a team is removed, with `team`, `user` and `organization`."""
    after_delete_team: Told | None = None
    """Called after a team is removed, with `team`, `user` and `organization`."""
    before_add_team_member: Told | None = None
    """Called before a member is added to a team, with `team_member`, `team`, `user` and `organization`."""
    after_add_team_member: Told | None = None
    """Called after a member is added to a team, with `team_member`, `team`, `user` and `organization`."""
    before_remove_team_member: Told | None = None
    """Called before a member is removed from a team, with `team_member`, `team`, `user` and `organization`."""
    after_remove_team_member: Told | None = None
    """Called after a member is removed from a team, with `team_member`, `team`, `user` and `organization`."""
