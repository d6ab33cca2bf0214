"""The options of the admin plugin: better-auth's `admin({...})` with its names in snake_case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from betterauth_py.plugins import ColumnsOptions, ConfigurationError, MaybeAwaitable, Row, Seconds
from betterauth_py.plugins.tools import RoleTable

PATH: Final = "plugins.admin"
_LONGEST: Final = 100 * 365 * 86_400


@dataclass(frozen=True, kw_only=True)
class SchemaOptions:
    """Names in the database."""

    user: ColumnsOptions = field(default_factory=ColumnsOptions)
    """The columns of the user table."""
    session: ColumnsOptions = field(default_factory=ColumnsOptions)
    """The column of the session table."""


@dataclass(frozen=True, kw_only=True)
class AdminOptions:
    """Administration of users: the [`admin` plugin](plugins/admin.md)."""

    default_role: str = "user"
    """The role of new users."""
    admin_roles: str | list[str] = field(default_factory=lambda: ["admin"])
    """The roles whose users count as admins, whom nobody impersonates without the permission `impersonate-admins`: a
    list, or a text with commas. What admins may do is in `roles`."""
    admin_user_ids: list[str] = field(default_factory=list)
    """The ids of users who may do everything, whatever their roles."""
    ac: Any = None
    """The resources and their actions, such as `{"user" = ["list", "ban"], "project" = ["create"]}`, or an
    `AccessControl` or its import string. Unset: those of the plugin, `user` and `session`."""
    roles: RoleTable | None = None
    """What each role is allowed: role, resource, actions; in Python also `Role` objects. Users then can have no other
    role. Unset: `admin`, who may do everything but impersonate admins, and `user`, who may do nothing; any text
    is accepted as a role."""
    default_ban_reason: str | None = None
    """The reason of a ban without one. Unset: `No reason`."""
    default_ban_expires_in: Seconds | None = None
    """Seconds after which a ban ends that does not say. Unset: never."""
    impersonation_session_duration: Seconds = 3600
    """Seconds after which an impersonation ends."""
    banned_user_message: str | Callable[[Row], MaybeAwaitable[str]] = (
        "You have been banned from this application. Please contact support if you believe this is an error."
    )
    """What banned users are told when they try to sign in: a text, or a function of the user that returns it."""
    allow_impersonating_admins: bool = False
    """Whether everyone who may impersonate may also impersonate admins. Better: give a role `impersonate-admins`."""
    schema: SchemaOptions = field(default_factory=SchemaOptions)
    """Names in the database."""

    @property
    def own_roles(self) -> dict[str, Any] | None:
        """The roles of the deployment by name, as they are given; None without."""
        return None if self.roles is None else dict(self.roles.items())

    @property
    def effective_impersonation_duration(self) -> int:
        """The seconds that count: 0 stands for the default, as in better-auth 1.7.25."""
        return self.impersonation_session_duration or 3600


def check_options(options: AdminOptions) -> None:
    """Refuse what cannot work.

    Raises:
        ConfigurationError: naming the option, the problem and the fix.
    """
    for name in ("default_ban_expires_in", "impersonation_session_duration"):
        value = getattr(options, name) or 0
        if not 0 <= value <= _LONGEST:
            raise ConfigurationError(
                f"Option `{PATH}.{name}`: {value} cannot be used. Give seconds from 0 to {_LONGEST} (100 years)."
            )
    if any("," in name for name in options.own_roles or {}):
        raise ConfigurationError(f"Option `{PATH}.roles`: a role's name has no comma, which separates a user's roles.")
