"""`betterauth users`: administration of users without a session, so that the first admin exists without SQL."""

from __future__ import annotations

import argparse
import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

from betterauth_py.assembly.sources import load_service_options
from betterauth_py.auth import BetterAuth
from betterauth_py.cli.development import complete_options
from betterauth_py.cli.users.changes import ban, create_admin, delete, revoke_sessions, set_password, set_role, unban
from betterauth_py.cli.users.output import print_outcome
from betterauth_py.cli.users.reading import list_users, show
from betterauth_py.core.auth_context import AuthContext
from betterauth_py.errors import ConfigurationError

_COMMANDS: Final[dict[str, Callable[[AuthContext, argparse.Namespace], Awaitable[dict[str, Any]]]]] = {
    "create-admin": create_admin,
    "list": list_users,
    "show": show,
    "set-role": set_role,
    "set-password": set_password,
    "ban": ban,
    "unban": unban,
    "revoke-sessions": revoke_sessions,
    "delete": delete,
}


def run_users(parsed: argparse.Namespace) -> int:
    """Run one of the commands and print what it has done; return the exit code.

    Raises:
        BetterAuthError: if the configuration or the database is wrong, or the command cannot be carried out.
    """
    # What the server warns of at its start is not for whoever administrates users.
    logging.getLogger("betterauth").setLevel(logging.ERROR)
    # The port is only for the URLs of mails in development.
    auth = BetterAuth(complete_options(load_service_options(parsed.config), 3000))
    if all(plugin.id != "admin" for plugin in auth.context.plugins):
        raise ConfigurationError(
            "`betterauth users` needs the admin plugin. Add the table [plugins.admin] to betterauth.toml, and run "
            "`betterauth migrate`."
        )
    print_outcome(asyncio.run(_run(auth, parsed)), as_json=parsed.json)
    return 0


async def _run(auth: BetterAuth, parsed: argparse.Namespace) -> dict[str, Any]:
    async with auth:
        return await _COMMANDS[parsed.users_command](auth.context, parsed)
