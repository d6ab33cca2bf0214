"""The organization plugin: organizations, their members, invitations, teams and roles."""

from __future__ import annotations

from betterauth_py.plugins import AuthContext, Contributions, Plugin, plugin_factory
from betterauth_py.plugins.organization.access import DEFAULT_ACCESS, DEFAULT_ROLES, DEFAULT_STATEMENTS, read_access
from betterauth_py.plugins.organization.endpoints import endpoints_for
from betterauth_py.plugins.organization.errors import OrganizationErrorCodes
from betterauth_py.plugins.organization.hook_options import OrganizationHooks
from betterauth_py.plugins.organization.invitations.mails import INVITATION, warn_without_sender
from betterauth_py.plugins.organization.options import (
    DefaultTeamOptions,
    DynamicAccessControlOptions,
    OrganizationOptions,
    TeamsOptions,
    check_options,
)
from betterauth_py.plugins.organization.service import Organizations
from betterauth_py.plugins.organization.tables import session_columns, tables

__all__ = [
    "DEFAULT_ACCESS",
    "DEFAULT_ROLES",
    "DEFAULT_STATEMENTS",
    "DefaultTeamOptions",
    "DynamicAccessControlOptions",
    "OrganizationErrorCodes",
    "OrganizationHooks",
    "OrganizationOptions",
    "Organizations",
    "TeamsOptions",
    "organization",
]


@plugin_factory(OrganizationOptions)
def organization(options: OrganizationOptions) -> Plugin:
    """Return the organization plugin, as better-auth's `organization({...})`.

    Example:
        ```python
        auth = BetterAuth(plugins=[organization(teams={"enabled": True})])
        ```

    Raises:
        ConfigurationError: if an option is wrong.
    """
    check_options(options)
    access, roles = read_access(options)
    service = Organizations(options, access, roles)
    has_teams = options.teams.enabled

    async def start(auth: AuthContext) -> None:
        warn_without_sender(auth, options)

    return Plugin(
        id="organization",
        endpoints=endpoints_for(options),
        schema=tables(teams=has_teams, roles=options.dynamic_access_control.enabled),
        columns={"session": session_columns(teams=has_teams)},
        error_codes=OrganizationErrorCodes,
        mails=[INVITATION],
        setup=lambda _auth: Contributions(services={Organizations: service}),
        start=start,
    )
