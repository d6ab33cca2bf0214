"""`POST /sign-out`."""

from __future__ import annotations

from typing import Any

from betterauth_py.core.context import EndpointContext
from betterauth_py.core.endpoint import Reply, endpoint
from betterauth_py.core.session_cookies import delete_session_cookie
from betterauth_py.flows.cached_session import learn_session
from betterauth_py.flows.oauth.logout import find_user_to_log_out, logout_url
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
    reply=Reply(
        "Success; with the URL of the provider's page if it signs its users out too",
        {
            "type": "object",
            "properties": {
                "success": {"type": "boolean"},
                "url": {"type": "string"},
                "redirect": {"type": "boolean"},
            },
            "required": ["success"],
        },
    ),
)
async def sign_out(ctx: EndpointContext[Any, Any]) -> dict[str, Any]:
    """Sign out the current user."""
    token = ctx.get_signed_cookie(ctx.auth.cookies.session_token)
    user_id = None
    if token:
        try:
            await learn_session(ctx)
            user_id = await find_user_to_log_out(ctx, token)
        except Exception as error:
            ctx.auth.log_failure("read a session from the database", error)
        try:
            await ctx.auth.sessions.delete(token)
            record(ctx, SecurityEvent.SIGN_OUT)
        except Exception as error:
            # As in better-auth, the cookies are cleared even if the database is unavailable.
            ctx.auth.log_failure("delete a session from the database", error)
    delete_session_cookie(ctx)
    url = await _provider_page(ctx, user_id) if user_id is not None else None
    if url is None:
        return {"success": True}
    redirects = not (ctx.body or {}).get("disableRedirect")
    if redirects:
        ctx.set_header("location", url)
    return {"success": True, "url": url, "redirect": redirects}


async def _provider_page(ctx: EndpointContext[Any, Any], user_id: str) -> str | None:
    body = ctx.body or {}
    try:
        return await logout_url(ctx, user_id, callback_url=body.get("callbackURL"), state=body.get("state"))
    except Exception as error:
        # The user is signed out here in any case.
        ctx.auth.log_failure("find the page where the provider signs a user out", error)
        return None
