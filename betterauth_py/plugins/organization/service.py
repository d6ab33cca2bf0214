"""What all endpoints of the plugin share: its options, its roles, and who is allowed what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from betterauth_py.plugins import AccessControl, APIError, EndpointContext, Role, Row, Where
from betterauth_py.plugins.organization.access import role_names
from betterauth_py.plugins.organization.options import OrganizationOptions
from betterauth_py.plugins.tools import InvalidJSONError, logger, parse, resolve, stringify, without_hidden_fields

Context = EndpointContext[Any, Any]
Permissions = Mapping[str, Any]


@dataclass(frozen=True)
class Organizations:
    """The plugin's service: its options and its roles."""

    options: OrganizationOptions
    access: AccessControl | None
    """The access control of the options; None without one."""
    roles: Mapping[str, Role]
    """The roles of the options, or better-auth's."""

    async def may(self, ctx: Context, member: Row, permissions: Permissions) -> bool:
        """Return whether a member may do all of `permissions`, by one of the member's roles."""
        if not permissions:
            return False
        return self.allows(await self.roles_of(ctx, member["organizationId"]), member, permissions)

    @staticmethod
    def allows(roles: Mapping[str, Role], member: Row, permissions: Permissions) -> bool:
        """Return whether one of a member's roles, as they are in `roles`, may do all of `permissions`."""
        names = role_names(member["role"])
        return any(name in roles and roles[name].authorize(permissions).success for name in names)

    async def roles_of(self, ctx: Context, organization_id: str) -> Mapping[str, Role]:
        """Return the roles of an organization: those of the options, with those that members have created.

        Raises:
            APIError: 500 if a role in the database is none.
        """
        if not self.options.dynamic_access_control.enabled or self.access is None:
            return self.roles
        roles = dict(self.roles)
        for row in await ctx.auth.rows.find_many("organizationRole", Where("organizationId", organization_id)):
            name, given = row["role"], read_permission(row["permission"])
            if given is None:
                logger.error("The role %r of an organization has permissions that cannot be read", name)
                raise APIError(500, {"message": f"Invalid permissions for role {name}"})
            known = roles[name].statements if name in roles else {}
            merged = {resource: tuple(actions) for resource, actions in known.items()}
            for resource, actions in given.items():
                merged[resource] = tuple(dict.fromkeys((*merged.get(resource, ()), *actions)))
            roles[name] = Role(merged)
        return roles

    def is_creator(self, member: Row) -> bool:
        """Return whether a member has the role of creators."""
        return self.options.creator in role_names(member["role"])


def service_of(ctx: Context) -> Organizations:
    """Return the plugin's service."""
    return ctx.auth.services.get(Organizations)


def query_of(ctx: Context) -> dict[str, Any]:
    """Return the query, which may be left out."""
    query: Any = ctx.query
    return query if isinstance(query, dict) else {}


def read_permission(text: str) -> dict[str, list[str]] | None:
    """Return what a role in the database is allowed; None if that cannot be read."""
    try:
        given = parse(text.encode())
    except InvalidJSONError:
        return None
    if not isinstance(given, dict) or not all(
        isinstance(actions, list) and all(isinstance(action, str) for action in actions) for actions in given.values()
    ):
        return None
    return given


async def call_hook(hook: Any, data: dict[str, Any], *context: Context) -> dict[str, Any] | None:
    """Call a function of the deployment, if there is one; return the `data` that it returns, or None.

    Raises:
        APIError: the function's.
    """
    if hook is None:
        return None
    answer = await resolve(hook(data, *context))
    if isinstance(answer, Mapping) and "data" in answer:
        return dict(answer["data"])
    return None


def shown(ctx: Context, model: str, row: Row) -> Row:
    """Return a row as answers show it."""
    return without_hidden_fields(ctx.auth.schema, model, row)


def stored_fields(ctx: Context, model: str, values: Mapping[str, Any]) -> Row:
    """Return those of `values` that a table has columns for, `id` included."""
    known = ctx.auth.schema.models[model].fields
    return {name: value for name, value in values.items() if name in known or name == "id"}


def read_metadata(organization: Row) -> Row:
    """Return an organization with its metadata as an object, or without any."""
    text = organization["metadata"]
    if not text:
        return {name: value for name, value in organization.items() if name != "metadata"}
    try:
        return {**organization, "metadata": parse(text.encode())}
    except InvalidJSONError:
        return organization


def write_metadata(values: Row) -> Row:
    """Return the values of an organization with the metadata as the column stores them."""
    given = values.get("metadata")
    return {**values, "metadata": stringify(given).decode()} if isinstance(given, dict) else values
