"""`GET /get-session` with an answer of your own, and the same for the list of the device's sessions."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from betterauth_py.plugins import (
    Endpoint,
    EndpointContext,
    Hook,
    Reply,
    Security,
    core_endpoint,
    endpoint,
)
from betterauth_py.plugins.custom_session.options import CustomSessionFunction
from betterauth_py.plugins.tools import ResponseHeaders, resolve

Context = EndpointContext[Any, Any]
_LISTED: Final = "/multi-session/list-device-sessions"


def endpoint_for(fn: CustomSessionFunction) -> Endpoint[Any, Any]:
    """Return the endpoint that answers with what `fn` returns."""
    core = core_endpoint("get_session")

    @endpoint(
        "/get-session",
        methods=("GET",),
        security=Security.PUBLIC,
        operation_id="getSession",
        replaces="get_session",
        no_store=core.no_store,
        query=core.query,
        requires_headers=True,
        errors=[error for error in core.errors if error[0] != 405],
        reply=Reply("Whatever the function returns, or null without a session", {}),
        tags=("Custom session",),
    )
    async def get_session(ctx: Context) -> Any:
        """Get the current session, as the deployment's function shows it."""
        own, ctx.response_headers = ctx.response_headers, ResponseHeaders()
        try:
            found = await core.handler(ctx)
        finally:
            of_session, ctx.response_headers = ctx.response_headers, own
        shown = None if found is None else await resolve(fn(found, ctx))
        # After the function, as in better-auth 1.7.25: its own cookies come first, and its error is sent without these.
        own.update(of_session)
        return shown

    return get_session


def hook_for(fn: CustomSessionFunction) -> Hook:
    """Return the hook that shows every listed session as `fn` does."""

    async def show_listed(ctx: Context) -> list[Any] | None:
        if not isinstance(ctx.returned, list):
            return None
        return list(await asyncio.gather(*(resolve(fn(entry, ctx)) for entry in ctx.returned)))

    return Hook(paths=(_LISTED,), optional=True, handler=show_listed)
