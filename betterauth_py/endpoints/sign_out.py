"""`POST /sign-out`."""

from __future__ import annotations

from typing import Any

from betterauth_py.core.context import EndpointContext
from betterauth_py.core.endpoint import Reply, endpoint
from betterauth_py.core.session_cookies import delete_session_cookie
from betterauth_py.flows.security import Security
from betterauth_py.flows.security_log import record
from betterauth_py.security_events import SecurityEvent
from betterauth_py.wire.validation import Boolean, Object, Optional, String


@endpoint(
    "/sign-out",
    methods=("POST",),
    security=Security.PUBLIC,
    operation_id="signOut",
    body=Optional(
        Object(
            {
                "callbackURL": Optional(String("The URL to redirect to after provider logout")),
                "disableRedirect": Optional(Boolean("Return the provider logout URL without redirecting")),
                "state": Optional(String("State to pass to the provider logout endpoint")),
            }
        )
    ),
    requires_headers=True,
    reply=Reply("Success", {"type": "object", "properties": {"success": {"type": "boolean"}}, "required": ["success"]}),
)
async def sign_out(ctx: EndpointContext[Any, Any]) -> dict[str, bool]:
    """Sign out the current user."""
    token = ctx.get_signed_cookie(ctx.auth.cookies.session_token)
    if token:
        try:
            await ctx.auth.sessions.delete(token)
            record(ctx, SecurityEvent.SIGN_OUT)
        except Exception as error:
            # As in better-auth, the cookies are cleared even if the database is unavailable.
            ctx.auth.log_failure("delete a session from the database", error)
    delete_session_cookie(ctx)
    return {"success": True}
