"""The options of the organization plugin: better-auth's `organization({...})` with its names in snake_case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from betterauth_py.plugins import (
    ColumnsOptions,
    ConfigurationError,
    EndpointContext,
    MaybeAwaitable,
    Row,
    Seconds,
    TableOptions,
)
from betterauth_py.plugins.organization.hook_options import OrganizationHooks
from betterauth_py.plugins.tools import RoleTable, logger, parse_url

PATH = "plugins.organization"
Context = EndpointContext[Any, Any]
_INVITATION_LIFE, _MOST_MEMBERS = 172_800, 100


@dataclass(frozen=True, kw_only=True)
class DynamicAccessControlOptions:
    """Roles that members create and change, in the table `organizationRole`."""

    enabled: bool = False
    """Whether there are such roles. Without the option `ac`, none can be created or changed (501)."""
    maximum_roles_per_organization: int | Callable[[str], MaybeAwaitable[int]] | None = None
    """How many roles an organization may create, or a function that returns it for the organization's id. Unset: any
    number."""


@dataclass(frozen=True, kw_only=True)
class DefaultTeamOptions:
    """The team that a new organization begins with."""

    enabled: bool = True
    """Whether there is one."""
    custom_create_default_team: Callable[[Row, Context], MaybeAwaitable[Row | None]] | None = None
    """Creates the team of a new organization, and returns its row. Unset: a team with the organization's name."""


@dataclass(frozen=True, kw_only=True)
class TeamsOptions:
    """Teams within organizations."""

    enabled: bool = False
    """Whether there are teams: their tables and endpoints, and the session's `activeTeamId`."""
    default_team: DefaultTeamOptions = field(default_factory=DefaultTeamOptions)
    """The team that a new organization begins with."""
    maximum_teams: int | Callable[[dict[str, Any], Context], MaybeAwaitable[int]] | None = None
    """How many teams an organization may have, or a function that returns it; it gets `organization_id` and `session`,
    which has `session` and `user`. Unset or 0: any number."""
    maximum_members_per_team: int | Callable[[dict[str, Any]], MaybeAwaitable[int]] | None = None
    """How many members a team may have, or a function that returns it; it gets `team_id`, `organization_id` and
    `session`, which has `session` and `user`. Unset: any number."""
    allow_removing_all_teams: bool = False
    """Whether the last team of an organization can be removed."""


@dataclass(frozen=True, kw_only=True)
class SchemaOptions:
    """Names in the database, and columns of your own."""

    session: ColumnsOptions = field(default_factory=ColumnsOptions)
    """The columns of the session table."""
    organization: TableOptions = field(default_factory=TableOptions)
    """The organizations."""
    member: TableOptions = field(default_factory=TableOptions)
    """The members."""
    invitation: TableOptions = field(default_factory=TableOptions)
    """The invitations."""
    team: TableOptions = field(default_factory=TableOptions)
    """The teams."""
    team_member: TableOptions = field(default_factory=TableOptions)
    """The members of teams."""
    organization_role: TableOptions = field(default_factory=TableOptions)
    """The roles that members create."""


@dataclass(frozen=True, kw_only=True)
class OrganizationOptions:
    """Organizations and their members, from the `organization` plugin; see [its page](plugins/organization.md)."""

    allow_user_to_create_organization: bool | Callable[[Row], MaybeAwaitable[bool]] = True
    """Whether users may create organizations, or a function that says it of a user."""
    organization_limit: int | Callable[[Row], MaybeAwaitable[bool]] | None = None
    """How many organizations a user may be in and still create one, or a function that returns whether a user has
    reached the limit. Unset: any number."""
    creator_role: str = "owner"
    """The role of whoever creates an organization. Only members with it give it to others, and an organization always
    has one of them."""
    membership_limit: int | Callable[[Row, Row], MaybeAwaitable[int]] = _MOST_MEMBERS
    """How many members an organization may have, or a function that returns it; it gets the new user and the
    organization. 0 stands for 100."""
    ac: Any = None
    """The resources and the actions on each: `{"project": ["create", "update"]}`, or an `AccessControl`. Unset: those
    of better-auth, `organization`, `member`, `invitation`, `team` and `ac`."""
    roles: RoleTable | None = None
    """The roles, and what each may do: `{"editor": {"project": ["update"]}}`, or a `Role`. They take the place of
    `owner`, `admin` and `member`. Unset: those three."""
    dynamic_access_control: DynamicAccessControlOptions = field(default_factory=DynamicAccessControlOptions)
    """Roles that members create and change."""
    teams: TeamsOptions = field(default_factory=TeamsOptions)
    """Teams within organizations."""
    invitation_expires_in: Seconds = _INVITATION_LIFE
    """Seconds for which an invitation can be accepted. 0 stands for 48 hours."""
    invitation_limit: int | Callable[[dict[str, Any], Context], MaybeAwaitable[int]] = 100
    """How many invitations of an organization may be pending, or a function that returns it; it gets `user`,
    `organization` and `member`."""
    cancel_pending_invitations_on_re_invite: bool = False
    """Whether inviting an address again cancels its pending invitation. Otherwise it is refused."""
    require_email_verification_on_invitation: bool | None = None
    """Whether invitations are shown to, accepted and rejected by users with a verified address only. Unset: whoever has
    the id of an invitation, which is a secret of the mail, needs no verified address. True is recommended."""
    send_invitation_email: Callable[[dict[str, Any], Context], MaybeAwaitable[None]] | None = None
    """Mails an invitation. Gets `id`, `role`, `email`, `organization`, `invitation` and `inviter`, a member with its
    `user`; then the call's context. Failures are logged. Unset: the server sends the mail `organization-invitation`
    itself (`[mail]`), if there is an `invitation_url`."""
    invitation_url: str | None = None
    """The page of your application that shows an invitation and accepts it: `https://example.com/accept/{id}`. The
    server's own mail links to it, with the invitation's id for `{id}`."""
    disable_organization_deletion: bool = False
    """Whether organizations cannot be deleted."""
    organization_hooks: OrganizationHooks = field(default_factory=OrganizationHooks)
    """Functions around changes."""
    schema: SchemaOptions = field(default_factory=SchemaOptions)
    """Names in the database, and columns of your own."""

    @property
    def creator(self) -> str:
        """The role of whoever creates an organization."""
        return self.creator_role or "owner"

    @property
    def own_roles(self) -> dict[str, Any] | None:
        """The roles of the deployment by name, as they are given; None without."""
        return None if self.roles is None else dict(self.roles.items())

    @property
    def invitation_life(self) -> int:
        """Seconds for which an invitation can be accepted."""
        return self.invitation_expires_in or _INVITATION_LIFE

    @property
    def page_of_members(self) -> int:
        """How many members a list without a limit shows: with a number as the limit of members, all of them."""
        return (self.membership_limit if isinstance(self.membership_limit, int) else 0) or _MOST_MEMBERS


def check_options(options: OrganizationOptions) -> None:
    """Refuse what cannot work.

    Raises:
        ConfigurationError: naming the option, the problem and the fix.
    """
    numbers: dict[str, Any] = {
        "organization_limit": options.organization_limit,
        "membership_limit": options.membership_limit,
        "invitation_limit": options.invitation_limit,
        "invitation_expires_in": options.invitation_expires_in,
        "teams.maximum_teams": options.teams.maximum_teams,
        "teams.maximum_members_per_team": options.teams.maximum_members_per_team,
        "dynamic_access_control.maximum_roles_per_organization": (
            options.dynamic_access_control.maximum_roles_per_organization
        ),
    }
    for name, number in numbers.items():
        if isinstance(number, int | float) and number < 0:
            raise ConfigurationError(f"Option `{PATH}.{name}` must be 0 or more.")
    if options.creator_role.strip() != options.creator_role or "," in options.creator_role:
        raise ConfigurationError(f"Option `{PATH}.creator_role` must be the name of one role, without blanks or comma.")
    roles = options.own_roles
    if roles is not None and options.creator not in roles:
        logger.warning(
            "Option `%s.roles` has no role %r: whoever creates an organization may do nothing in it. Add the role, or "
            "name another in `%s.creator_role`.",
            PATH,
            options.creator,
            PATH,
        )
    for name in roles or {}:
        if not name.strip() or name.strip() != name or "," in name:
            raise ConfigurationError(f"Option `{PATH}.roles.{name}`: the name of a role has no comma or outer blanks.")
    url = options.invitation_url
    if url is not None and ("{id}" not in url or parse_url(url.replace("{id}", "x")) is None):
        raise ConfigurationError(
            f"Option `{PATH}.invitation_url` must be an absolute URL with {{id}} for the id of the invitation: "
            "'https://example.com/accept-invitation/{id}'."
        )
