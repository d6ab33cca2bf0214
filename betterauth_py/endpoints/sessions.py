"""A user's sessions: listing, revoking and updating them."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.core.context import EndpointContext
from betterauth_py.core.endpoint import Reply, endpoint
from betterauth_py.core.output import without_hidden_fields
from betterauth_py.core.refusals import answering
from betterauth_py.core.session_cookies import delete_session_cookie, set_session_cookie
from betterauth_py.flows.security import Security
from betterauth_py.flows.security_log import record
from betterauth_py.flows.session import signed_in
from betterauth_py.flows.update import UpdateRefusal, update_session_fields
from betterauth_py.security_events import SecurityEvent
from betterauth_py.wire.errors import APIError, BaseErrorCodes, UpdateErrorCodes
from betterauth_py.wire.validation import Object, Record, String

Context = EndpointContext[Any, Any]

STATUS_REPLY: Final = Reply(
    "Success", {"type": "object", "properties": {"status": {"type": "boolean"}}, "required": ["status"]}
)
_UPDATE_REFUSALS = answering(
    {
        UpdateRefusal.NOTHING_GIVEN: (400, "No fields to update"),
        UpdateRefusal.NOT_STORED: (400, UpdateErrorCodes.FAILED_TO_UPDATE_SESSION),
    }
)


@endpoint(
    "/list-sessions",
    methods=("GET",),
    security=Security.FRESH_SESSION,
    operation_id="listUserSessions",
    requires_headers=True,
    errors=((403, BaseErrorCodes.SESSION_NOT_FRESH),),
    reply=Reply("The sessions", {"type": "array", "items": {"$ref": "#/components/schemas/Session"}}),
)
async def list_sessions(ctx: Context) -> list[dict[str, Any]]:
    """List all active sessions of the user."""
    _, user = signed_in(ctx)
    sessions = await ctx.auth.sessions.list_active(user["id"], ctx.auth.now())
    return [without_hidden_fields(ctx.auth.schema, "session", session) for session in sessions]


@endpoint(
    "/revoke-session",
    methods=("POST",),
    security=Security.SENSITIVE_SESSION,
    operation_id="revokeSession",
    body=Object({"token": String("The token to revoke")}),
    requires_headers=True,
    reply=STATUS_REPLY,
)
async def revoke_session(ctx: Context) -> dict[str, bool]:
    """Revoke one of the user's sessions."""
    session, user = signed_in(ctx)
    token = ctx.body["token"]
    found = await ctx.auth.sessions.find_with_user(token)
    if found is not None and found[0]["userId"] == user["id"]:
        await ctx.auth.sessions.delete(token)
        record(ctx, SecurityEvent.SESSION_REVOKED, user)
    if token == session["token"]:
        delete_session_cookie(ctx)
    return {"status": True}


@endpoint(
    "/revoke-sessions",
    methods=("POST",),
    security=Security.SENSITIVE_SESSION,
    operation_id="revokeSessions",
    requires_headers=True,
    reply=STATUS_REPLY,
)
async def revoke_sessions(ctx: Context) -> dict[str, bool]:
    """Revoke all of the user's sessions, including the current one."""
    _, user = signed_in(ctx)
    await ctx.auth.sessions.delete_all_of(user["id"])
    record(ctx, SecurityEvent.SESSIONS_REVOKED, user)
    delete_session_cookie(ctx)
    return {"status": True}


@endpoint(
    "/revoke-other-sessions",
    methods=("POST",),
    security=Security.SENSITIVE_SESSION,
    operation_id="revokeOtherSessions",
    requires_headers=True,
    reply=STATUS_REPLY,
)
async def revoke_other_sessions(ctx: Context) -> dict[str, bool]:
    """Revoke all of the user's sessions except the current one."""
    session, user = signed_in(ctx)
    await ctx.auth.sessions.delete_others_of(user["id"], session["token"], ctx.auth.now())
    record(ctx, SecurityEvent.SESSIONS_REVOKED, user, kept="current")
    return {"status": True}


@endpoint(
    "/update-session",
    methods=("POST",),
    security=Security.SESSION,
    operation_id="updateSession",
    body=Record(),
    errors=(
        (400, BaseErrorCodes.FIELD_NOT_ALLOWED),
        (400, UpdateErrorCodes.FAILED_TO_UPDATE_SESSION),
        (401, BaseErrorCodes.FAILED_TO_GET_SESSION),
    ),
    reply=Reply(
        "The session",
        {
            "type": "object",
            "properties": {"session": {"$ref": "#/components/schemas/Session"}},
            "required": ["session"],
        },
    ),
)
async def update_session(ctx: Context) -> dict[str, Any]:
    """Update the additional fields of the current session."""
    session, user = signed_in(ctx)
    with _UPDATE_REFUSALS:
        updated = await update_session_fields(ctx.auth, session["token"], ctx.body)
    if updated is None:
        delete_session_cookie(ctx)
        raise APIError.of(401, BaseErrorCodes.FAILED_TO_GET_SESSION)
    await set_session_cookie(ctx, updated, user)
    return {"session": without_hidden_fields(ctx.auth.schema, "session", updated)}
