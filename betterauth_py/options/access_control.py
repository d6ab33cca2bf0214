"""The options `ac` and `roles` of plugins: tables, objects of Python, or their import strings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from betterauth_py.access import AccessControl, Role, read_access_control
from betterauth_py.options.load import load_value


def load_access_control(ac: Any, roles: Mapping[str, Any], place: str) -> tuple[AccessControl, dict[str, Role]]:
    """Return the access control and the roles that options name; `place` names them in errors.

    Raises:
        ConfigurationError: if one has another form, or a role names what the access control does not know.
    """
    given = {name: _imported(Role, role, f"{place}.roles.{name}") for name, role in roles.items()}
    return read_access_control(_imported(AccessControl, ac, f"{place}.ac"), given, place)


def _imported(kind: type[Any], given: Any, place: str) -> Any:
    return load_value(kind, given, place) if isinstance(given, str) else given
