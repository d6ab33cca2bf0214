"""New users get a role, and impersonations are no sessions that a user sees."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.plugins import DatabaseHooksOptions, EndpointContext, Hook, Row, RowHooks, TableHooks
from betterauth_py.plugins.admin.options import AdminOptions

Context = EndpointContext[Any, Any]


def giving_role(options: AdminOptions) -> DatabaseHooksOptions:
    """Return the hook that gives users without a role the default one."""

    async def give_role(user: Row, _ctx: Context | None) -> Row | None:
        return None if "role" in user else {"role": options.default_role}

    return DatabaseHooksOptions(user=TableHooks(create=RowHooks(before=give_role)))


async def _hide_impersonations(ctx: Context) -> list[Row] | None:
    if not isinstance(ctx.returned, list):
        return None
    return [session for session in ctx.returned if not session.get("impersonatedBy")]


AFTER: Final = [Hook(paths={"/list-sessions"}, handler=_hide_impersonations)]
