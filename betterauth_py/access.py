"""Access control as better-auth's plugins share it: statements, roles and what a role is allowed to do.

    access = AccessControl({"project": ["create", "update", "delete"], "invoice": ["read"]})
    editor = access.new_role({"project": ["create", "update"]})
    editor.authorize({"project": ["update"]}).success          # True
    editor.authorize({"project": ["delete"]}).error            # unauthorized to access resource "project"

In TOML the same is two tables, which `read_access_control` reads:

    [plugins.organization.ac]
    project = ["create", "update", "delete"]

    [plugins.organization.roles.editor]
    project = ["create", "update"]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from betterauth_py.errors import ConfigurationError

Connector = Literal["AND", "OR"]


class RoleTable(Protocol):
    """Roles by their names: a mapping."""

    def items(self) -> Iterable[tuple[str, Any]]:
        """Return the names and the roles."""


Statements = Mapping[str, Sequence[str]]
"""The actions that are known, or allowed, on each resource."""
Request = Mapping[str, Any]
"""The actions that are asked for on each resource: a list, or `{"actions": [...], "connector": "OR"}`."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a role may do what was asked, and if not, why, in better-auth's words."""

    success: bool
    error: str | None = None

    def __bool__(self) -> bool:
        """Return whether it may."""
        return self.success


_ALLOWED = Decision(success=True)


@dataclass(frozen=True, slots=True)
class Role:
    """What somebody in a role is allowed to do."""

    statements: Statements

    def authorize(self, request: Request, connector: Connector = "AND") -> Decision:
        """Decide on `request` as better-auth 1.7.25 does.

        With the connector AND every resource must be granted and the first that is not is named; with OR one is enough.
        A request without resources, or without actions on any of them, is refused.
        """
        granted = False
        for resource, asked in request.items():
            allowed = self.statements.get(resource)
            if allowed is None:
                if connector == "AND":
                    return Decision(False, f"You are not allowed to access resource: {resource}")
                continue
            if _is_granted(allowed, asked):
                if connector == "OR":
                    return _ALLOWED
                granted = True
            elif connector == "AND":
                return Decision(False, f'unauthorized to access resource "{resource}"')
        return _ALLOWED if granted else Decision(False, "Not authorized")


@dataclass(frozen=True, slots=True)
class AccessControl:
    """The resources of an application and the actions there are on each."""

    statements: Statements

    def new_role(self, statements: Statements) -> Role:
        """Return a role that is allowed `statements`.

        Raises:
            ConfigurationError: if they name a resource or an action that this access control does not know.
                better-auth has TypeScript's compiler find that.
        """
        for resource, actions in statements.items():
            if resource not in self.statements:
                known = ", ".join(self.statements)
                msg = f"The access control has no resource {resource!r}. It has: {known}"
                raise ConfigurationError(msg)
            unknown = [action for action in actions if action not in self.statements[resource]]
            if unknown:
                known = ", ".join(self.statements[resource])
                msg = f"The resource {resource!r} has no action {unknown[0]!r}. It has: {known}"
                raise ConfigurationError(msg)
        return Role({resource: tuple(actions) for resource, actions in statements.items()})


def read_access_control(
    ac: AccessControl | Mapping[str, Any], roles: Mapping[str, Any], place: str
) -> tuple[AccessControl, dict[str, Role]]:
    """Make an access control and its roles of two tables, as TOML has them; `place` names them in errors.

    An `AccessControl` may stand for its table, and a `Role` for a role's.

    Raises:
        ConfigurationError: if a table has another form, or a role names what the access control does not know.
    """
    access = AccessControl(_statements(ac.statements if isinstance(ac, AccessControl) else ac, f"{place}.ac"))
    made: dict[str, Role] = {}
    for name, given in roles.items():
        where = f"{place}.roles.{name}"
        if isinstance(given, Role):
            made[name] = given
            continue
        if not isinstance(given, Mapping):
            msg = f"Option `{where}` is {type(given).__name__}. Give a table of resources, or a `Role`."
            raise ConfigurationError(msg)
        try:
            made[name] = access.new_role(_statements(given, where))
        except ConfigurationError as error:
            msg = f"Option {where}: {error}"
            raise ConfigurationError(msg) from None
    return access, made


def _is_granted(allowed: Sequence[str], asked: Any) -> bool:
    connector: Any = "AND"
    if isinstance(asked, Mapping):
        connector = asked.get("connector")
        asked = asked.get("actions")
    if not isinstance(asked, list | tuple) or not asked:
        return False
    decisions = (isinstance(action, str) and action in allowed for action in asked)
    return any(decisions) if connector == "OR" else all(decisions)


def _statements(value: Any, place: str) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, Mapping):
        msg = f"Option {place} is {type(value).__name__}. Give a table of resources, each with a list of actions."
        raise ConfigurationError(msg)
    made: dict[str, tuple[str, ...]] = {}
    for resource, actions in value.items():
        if not isinstance(actions, list | tuple) or not all(isinstance(action, str) for action in actions):
            msg = f'Option {place}.{resource} is no list of actions. Write it as ["create", "read"].'
            raise ConfigurationError(msg)
        made[resource] = tuple(actions)
    return made
