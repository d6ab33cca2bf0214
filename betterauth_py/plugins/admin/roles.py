"""Roles and what they are allowed to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from betterauth_py.plugins import ConfigurationError, Role, Row
from betterauth_py.plugins.admin.options import PATH, AdminOptions
from betterauth_py.plugins.tools import load_access_control

Permissions = Mapping[str, Any]
"""The actions that are asked for on each resource."""

STATEMENTS: Final[Mapping[str, Sequence[str]]] = {
    "user": (
        "create",
        "list",
        "set-role",
        "ban",
        "impersonate",
        "impersonate-admins",
        "delete",
        "set-password",
        "set-email",
        "set-phone",
        "get",
        "update",
    ),
    "session": ("list", "revoke", "delete"),
}
"""The resources and their actions, as better-auth 1.7.25's `defaultStatements`."""

_OF_ADMINS: Final = {
    "user": [action for action in STATEMENTS["user"] if action != "impersonate-admins"],
    "session": STATEMENTS["session"],
}
DEFAULT_ROLES: Final[Mapping[str, Role]] = {"admin": Role(_OF_ADMINS), "user": Role({"user": (), "session": ()})}
"""The roles without the option `roles`."""


class Roles:
    """The roles of an application, and who is an admin."""

    def __init__(self, options: AdminOptions) -> None:
        """Read them from the options.

        Raises:
            ConfigurationError: if a role names what the access control does not know, or an admin role is none.
        """
        self._options = options
        self.are_declared = options.roles is not None
        """Whether users may have only the roles of the option `roles`."""
        self.known = DEFAULT_ROLES if options.roles is None else _read(options)
        given = options.admin_roles if isinstance(options.admin_roles, list) else options.admin_roles.split(",")
        self._admin_roles = {role.strip() for role in given}
        lower = {role.lower() for role in self.known}
        unknown = [role for role in given if role.lower() not in lower]
        if unknown and options.admin_roles != AdminOptions().admin_roles:
            raise ConfigurationError(
                f"Option `{PATH}.admin_roles`: there is no role {unknown[0]!r}. Declare it in `{PATH}.roles`, or use "
                f"one of: {', '.join(self.known)}."
            )

    def may(self, user: Row, permissions: Permissions) -> bool:
        """Return whether the user, of whom `id` and `role` count, has all of `permissions` by one role."""
        if user["id"] in self._options.admin_user_ids:
            return True
        roles = (self.known.get(name) for name in self._names_of(user))
        return any(role is not None and role.authorize(permissions) for role in roles)

    def is_admin(self, user: Row) -> bool:
        """Return whether the user counts as an admin, whom only some may impersonate."""
        is_named = user["id"] in self._options.admin_user_ids
        return is_named or any(name in self._admin_roles for name in self._names_of(user))

    def _names_of(self, user: Row) -> list[str]:
        # Not trimmed, as in better-auth 1.7.25: "user, admin" is no admin.
        names: str = user.get("role") or self._options.default_role or "user"
        return names.split(",")


def _read(options: AdminOptions) -> Mapping[str, Role]:
    return load_access_control(STATEMENTS if options.ac is None else options.ac, options.own_roles or {}, PATH)[1]
