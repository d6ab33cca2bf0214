"""`GET /one-time-token/generate` and `POST /one-time-token/verify`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from betterauth_py.plugins import (
    APIError,
    Endpoint,
    EndpointContext,
    Reply,
    Row,
    Security,
    endpoint,
    set_session_cookie,
    signed_in,
    validation,
)
from betterauth_py.plugins.one_time_token.tokens import OneTimeTokens
from betterauth_py.plugins.tools import session_reply

Context = EndpointContext[dict[str, Any], Any]

# A session that is not remembered lives a day; both moments of its row may be read from the clock one after the other.
_FORGOTTEN: Final = timedelta(days=1)
_TOLERANCE: Final = timedelta(seconds=5)
_TAGS: Final = ("One-time token",)


def endpoints_for(tokens: OneTimeTokens) -> list[Endpoint[Any, Any]]:
    """Return the endpoints, which generate and take `tokens`."""

    @endpoint(
        "/one-time-token/generate",
        methods=("GET",),
        security=Security.SESSION,
        operation_id="generateOneTimeToken",
        reply=Reply(
            "The token", {"type": "object", "properties": {"token": {"type": "string"}}, "required": ["token"]}
        ),
        tags=_TAGS,
    )
    async def generate_one_time_token(ctx: Context) -> dict[str, str]:
        """Generate a token that opens the session once more."""
        if tokens.options.disable_client_request and ctx.request is not None:
            raise _bad_request("Client requests are disabled")
        return {"token": await tokens.generate(ctx, *signed_in(ctx))}

    @endpoint(
        "/one-time-token/verify",
        methods=("POST",),
        security=Security.PUBLIC,
        operation_id="verifyOneTimeToken",
        body=validation.Object({"token": validation.String('The token to verify. Eg: "some-token"')}),
        reply=Reply(
            "The session and its user",
            {
                "type": "object",
                "properties": {
                    "session": {"$ref": "#/components/schemas/Session"},
                    "user": {"$ref": "#/components/schemas/User"},
                },
                "required": ["session", "user"],
            },
        ),
        tags=_TAGS,
    )
    async def verify_one_time_token(ctx: Context) -> Row:
        """Open the session of a token."""
        session_token = await tokens.take(ctx, ctx.body["token"])
        if session_token is None:
            raise _bad_request("Invalid token")
        found = await ctx.auth.sessions.find_with_user(session_token, fresh=True)
        if found is None:
            raise _bad_request("Session not found")
        session, user = found
        if session["expiresAt"] < ctx.auth.now():
            raise _bad_request("Session expired")
        if not tokens.options.disable_set_session_cookie:
            await set_session_cookie(ctx, session, user, remember=False if _is_forgotten(ctx, session) else None)
        return session_reply(ctx.auth.schema, session, user)

    return [generate_one_time_token, verify_one_time_token]


def _is_forgotten(ctx: Context, session: Row) -> bool:
    """Return whether a session was started with `rememberMe: false`: it lives for one day, others for longer.

    Where `session.expires_in` is one day as well, nothing tells them apart.
    """
    usual = timedelta(seconds=ctx.options.session.effective_expires_in)
    life = session["expiresAt"] - session["createdAt"]
    return abs(usual - _FORGOTTEN) > _TOLERANCE and abs(life - _FORGOTTEN) <= _TOLERANCE


def _bad_request(message: str) -> APIError:
    # Errors of these endpoints have no declared code in better-auth 1.7.25.
    return APIError(400, {"message": message})
