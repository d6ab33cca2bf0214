"""Functions in organization's profiles; ``contracts/oracle/functions/organization.mjs`` is the other half."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from betterauth_py.conformance.collected_mails import MailCollector
from betterauth_py.conformance.option_names import camel_case
from betterauth_py.plugins import AccessControl, APIError, EndpointContext, ErrorCode, Row
from betterauth_py.plugins.organization.access import DEFAULT_ROLES, DEFAULT_STATEMENTS

Context = EndpointContext[Any, Any]
_ACCESS: Final = AccessControl({**DEFAULT_STATEMENTS, "project": ("create", "update", "delete")})
_ROLES: Final = {
    "owner": _ACCESS.new_role({**DEFAULT_ROLES["owner"].statements, "project": ["create", "update", "delete"]}),
    "admin": _ACCESS.new_role({**DEFAULT_ROLES["admin"].statements, "project": ["create", "update"]}),
    "member": _ACCESS.new_role({**DEFAULT_ROLES["member"].statements, "project": []}),
    "editor": _ACCESS.new_role({"project": ["update"]}),
    "recruiter": _ACCESS.new_role({"invitation": ["create", "cancel"], "member": ["delete", "update"]}),
}
_HOOKS: Final = (
    "create_organization", "update_organization", "delete_organization", "add_member", "remove_member",
    "update_member_role", "create_invitation", "accept_invitation", "reject_invitation", "cancel_invitation",
    "create_team", "update_team", "delete_team", "add_team_member", "remove_team_member",
)  # fmt: skip


def functions(mails: MailCollector) -> dict[str, Any]:
    """The table of names."""

    async def send_invitation(mail: dict[str, Any], _: Context) -> None:
        if mail["email"].startswith("broken"):
            raise RuntimeError("no mail today")
        mails.append(
            {
                "kind": "invitation", "id": mail["id"], "role": mail["role"], "to": mail["email"],
                "organization": mail["organization"]["slug"], "status": mail["invitation"]["status"],
                "by": mail["inviter"]["role"], "from": mail["inviter"]["user"]["email"],
            }
        )  # fmt: skip

    def hook(when: str, change: str) -> Callable[..., Any]:
        async def run(data: dict[str, Any], *_: Context) -> dict[str, Any] | None:
            user = data.get("user") or data.get("inviter") or data.get("cancelled_by") or {}
            organization, team = data.get("organization") or {}, data.get("team") or {}
            updates, invitation = data.get("updates") or {}, data.get("invitation") or {}
            told = {
                "kind": f"{when} {change.title().replace('_', '')}",
                "keys": " ".join(sorted(camel_case(name) for name in data)),
                "user": user.get("email"),
                "organization": organization.get("name"),
                "role": (data.get("member") or invitation).get("role"),
                "new": data.get("new_role") or data.get("previous_role"),
                "team": team.get("name"),
                "updates": updates.get("name"),
            }
            mails.append({name: value for name, value in told.items() if value is not None})
            said = updates.get("name") or team.get("name") or invitation.get("email") or organization.get("name") or ""
            if when != "before":
                return None
            if said.startswith("kept"):
                raise APIError.of(403, ErrorCode("KEPT", "Not this one"))
            if change == "update_member_role" and data["new_role"] == "admin":
                return {"data": {"role": "admin,member"}}
            if not said.startswith("changed"):
                return None
            own = {"create_invitation": {"role": "admin"}, "add_member": {"role": "owner,admin"}}
            return {"data": own.get(change, {"name": f"{said} by the hook"})}

        return run

    async def may_create(user: Row) -> bool:
        return bool(user["email"].startswith("ada"))

    async def has_many(user: Row) -> bool:
        return not user["email"].startswith("ada")

    async def most_members(_: Row, organization: Row) -> int:
        return 1 if organization["slug"] == "small" else 3

    async def most_invitations(data: dict[str, Any], _: Context) -> int:
        return (
            1 if data["organization"]["slug"] == "small" and data["member"]["role"] == "owner" and data["user"] else 3
        )

    async def most_teams(data: dict[str, Any], ctx: Context) -> int:
        return 2 if data["organization_id"] and data["session"] and ctx.path else 9

    async def most_team_members(data: dict[str, Any]) -> int:
        return 2 if data["team_id"] and data["organization_id"] and data["session"]["user"] else 9

    async def most_roles(organization_id: str) -> int:
        return 2 if organization_id else 9

    return {
        "sendInvitationEmail": send_invitation,
        "organizationHooks": {
            f"{when}_{change}": hook(when, change) for change in _HOOKS for when in ("before", "after")
        },
        "mayCreateOrganization": may_create,
        "hasManyOrganizations": has_many,
        "mostMembers": most_members,
        "mostInvitations": most_invitations,
        "mostTeams": most_teams,
        "mostTeamMembers": most_team_members,
        "mostRoles": most_roles,
        "projectAccess": _ACCESS,
        "projectRoles": _ROLES,
    }
