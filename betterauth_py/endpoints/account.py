"""A user's accounts: `/list-accounts` and `/unlink-account`."""

from __future__ import annotations

from typing import Any

from betterauth_py.core.context import EndpointContext
from betterauth_py.core.endpoint import Reply, endpoint
from betterauth_py.core.output import without_hidden_fields
from betterauth_py.endpoints.sessions import STATUS_REPLY
from betterauth_py.flows.security import Security
from betterauth_py.flows.security_log import record
from betterauth_py.flows.session import require_session, signed_in
from betterauth_py.security_events import SecurityEvent
from betterauth_py.wire.errors import APIError, BaseErrorCodes
from betterauth_py.wire.validation import Object, String

Context = EndpointContext[Any, Any]
Row = dict[str, Any]


@endpoint(
    "/list-accounts",
    methods=("GET",),
    security=Security.SESSION,
    operation_id="listUserAccounts",
    reply=Reply(
        "The accounts, without tokens and passwords",
        {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "accountId": {"type": "string"},
                    "providerId": {"type": "string"},
                    "userId": {"type": "string"},
                    "createdAt": {"type": "string", "format": "date-time"},
                    "updatedAt": {"type": "string", "format": "date-time"},
                    "id": {"type": "string"},
                    "scopes": {"type": "array", "items": {"type": "string"}},
                },
                "required": ["accountId", "providerId", "userId", "createdAt", "updatedAt", "id", "scopes"],
            },
        },
    ),
)
async def list_user_accounts(ctx: Context) -> list[Row]:
    """List all accounts linked to the user."""
    _, user = signed_in(ctx)
    accounts = await ctx.auth.accounts.list_of(user["id"], limit=ctx.auth.rows.list_limit)
    return [_shown(ctx, account) for account in accounts]


@endpoint(
    "/unlink-account",
    methods=("POST",),
    security=Security.FRESH_SESSION,
    operation_id="unlinkAccount",
    body=Object({"accountId": String("The Better Auth account ID to unlink")}),
    errors=(
        (400, BaseErrorCodes.FAILED_TO_UNLINK_LAST_ACCOUNT),
        (400, BaseErrorCodes.ACCOUNT_NOT_FOUND),
        (403, BaseErrorCodes.SESSION_NOT_FRESH),
    ),
    reply=STATUS_REPLY,
)
async def unlink_account(ctx: Context) -> dict[str, bool]:
    """Unlink one of the user's accounts."""
    _, user = signed_in(ctx)
    async with ctx.auth.database.transaction():
        # Two concurrent requests must not delete the last two accounts.
        accounts = await ctx.auth.accounts.list_of(user["id"], lock=True)
        if len(accounts) == 1 and not ctx.options.account.account_linking.allow_unlinking_all:
            raise APIError.of(400, BaseErrorCodes.FAILED_TO_UNLINK_LAST_ACCOUNT)
        if not any(account["id"] == ctx.body["accountId"] for account in accounts):
            raise APIError.of(400, BaseErrorCodes.ACCOUNT_NOT_FOUND)
        await require_session(ctx)
        await ctx.auth.accounts.delete(ctx.body["accountId"])
    record(ctx, SecurityEvent.ACCOUNT_UNLINKED, user)
    return {"status": True}


def _shown(ctx: Context, account: Row) -> Row:
    shown = dict(without_hidden_fields(ctx.auth.schema, "account", account))
    scope = shown.pop("scope", None) or ""
    return {**shown, "scopes": [part.strip() for part in scope.split(",") if part.strip()]}
