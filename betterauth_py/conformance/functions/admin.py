"""Functions in the profiles of the admin plugin; ``contracts/oracle/functions/admin.mjs`` is the other half."""

from __future__ import annotations

from typing import Any

from betterauth_py.conformance.collected_mails import MailCollector
from betterauth_py.plugins import AccessControl
from betterauth_py.plugins.admin import STATEMENTS


async def _banned_message(user: dict[str, Any]) -> str:
    return f"{user['name']} is banned: {user['banReason']}"


def functions(_: MailCollector) -> dict[str, Any]:
    """The table of names."""
    projects = ("create", "share")
    ac = AccessControl({**STATEMENTS, "project": projects})
    admins = [action for action in STATEMENTS["user"] if action != "impersonate-admins"]
    return {
        "adminAc": ac,
        "adminRoles": {
            "admin": ac.new_role({**STATEMENTS, "user": admins, "project": projects}),
            "owner": ac.new_role({**STATEMENTS, "project": projects}),
            "user": ac.new_role({"project": ("create",)}),
            "helper": ac.new_role({"user": ("list", "get", "update", "create", "impersonate"), "session": ("list",)}),
        },
        "bannedMessage": _banned_message,
    }
