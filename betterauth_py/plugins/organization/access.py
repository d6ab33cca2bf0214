"""What roles are, and what each is allowed: better-auth's defaults, and those of the options."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from betterauth_py.plugins import AccessControl, Role
from betterauth_py.plugins.organization.options import PATH, OrganizationOptions
from betterauth_py.plugins.tools import load_access_control, trim

DEFAULT_STATEMENTS: Final = {
    "organization": ("update", "delete"),
    "member": ("create", "update", "delete"),
    "invitation": ("create", "cancel"),
    "team": ("create", "update", "delete"),
    "ac": ("create", "read", "update", "delete"),
}
"""The resources of the plugin and the actions on each, as better-auth's `defaultStatements`."""
DEFAULT_ACCESS: Final = AccessControl(DEFAULT_STATEMENTS)
"""The access control without options."""
DEFAULT_ROLES: Final = {
    "admin": DEFAULT_ACCESS.new_role({**DEFAULT_STATEMENTS, "organization": ("update",)}),
    "owner": DEFAULT_ACCESS.new_role(DEFAULT_STATEMENTS),
    "member": DEFAULT_ACCESS.new_role({**dict.fromkeys(DEFAULT_STATEMENTS, ()), "ac": ("read",)}),
}
"""The roles without options."""


def read_access(options: OrganizationOptions) -> tuple[AccessControl | None, dict[str, Role]]:
    """Return the access control of the options, None without one, and the roles.

    Raises:
        ConfigurationError: if they have another form, or a role names what the access control does not know.
    """
    own, given = options.ac, options.own_roles
    access, roles = load_access_control(DEFAULT_ACCESS if own is None else own, given or {}, PATH)
    return None if own is None else access, dict(DEFAULT_ROLES) if given is None else roles


def role_names(roles: str | Iterable[str] | None) -> list[str]:
    """Return the names in a role column, or in what a client has sent: without blanks, and without empty ones."""
    given = [roles or ""] if roles is None or isinstance(roles, str) else roles
    names = (trim(name) for role in given for name in role.split(","))
    return [name for name in names if name]


def role_column(roles: str | Iterable[str] | None) -> str:
    """Return role names as the column stores them."""
    return ",".join(role_names(roles))
