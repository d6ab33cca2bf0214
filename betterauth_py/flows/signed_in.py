"""The answers to a sign-in: with a redirect (by e-mail address and by username), or with token and user only."""

from __future__ import annotations

from typing import Any

from betterauth_py.core.context import EndpointContext
from betterauth_py.core.endpoint import Reply
from betterauth_py.core.output import without_hidden_fields
from betterauth_py.core.session_cookies import set_session_cookie
from betterauth_py.javascript.values import UNDEFINED
from betterauth_py.store.hooks import Row

SIGN_IN_SCHEMA = {
    "type": "object",
    "properties": {
        "redirect": {"type": "boolean"},
        "token": {"type": "string", "description": "Session token"},
        "url": {"type": "string"},
        "user": {"$ref": "#/components/schemas/User"},
    },
    "required": ["redirect", "token", "user"],
}

TOKEN_REPLY = Reply(
    "The session's token and the user",
    {
        "type": "object",
        "properties": {"token": {"type": "string"}, "user": {"$ref": "#/components/schemas/User"}},
        "required": ["token", "user"],
    },
)
"""What `answer_with_token` returns."""


async def answer_sign_in(
    ctx: EndpointContext[dict[str, Any], Any], session: Row, user: Row, *, remember: bool
) -> dict[str, Any]:
    """Set the session's cookies and, where the body has a `callbackURL`, `Location`; return the answer."""
    await set_session_cookie(ctx, session, user, remember=remember)
    callback_url = ctx.body.get("callbackURL", UNDEFINED)
    if callback_url:
        ctx.set_header("location", callback_url)
    return {
        "redirect": bool(callback_url),
        "token": session["token"],
        "url": callback_url,
        "user": without_hidden_fields(ctx.auth.schema, "user", user),
    }


async def answer_with_token(
    ctx: EndpointContext[Any, Any], session: Row, user: Row, *, remember: bool | None = None
) -> dict[str, Any]:
    """Set the session's cookies; return its token and the user. `remember` is as for `set_session_cookie`."""
    await set_session_cookie(ctx, session, user, remember=remember)
    return {"token": session["token"], "user": without_hidden_fields(ctx.auth.schema, "user", user)}
