"""Tokens of a user's accounts: `/get-access-token`, `/refresh-token` and `/account-info`."""

from __future__ import annotations

from typing import Any

from betterauth_py.core.context import EndpointContext
from betterauth_py.core.endpoint import Reply, endpoint
from betterauth_py.flows.oauth.access_tokens import acting_user_id, refreshed, select_account, valid_access_token
from betterauth_py.flows.oauth.identity import find_provider, read_profile
from betterauth_py.flows.security import Security
from betterauth_py.javascript.values import UNDEFINED
from betterauth_py.wire.errors import APIError, BaseErrorCodes, OAuthErrorCodes
from betterauth_py.wire.validation import Object, OneOf, Optional, String, Union, Unknown

Context = EndpointContext[Any, Any]

_USER_ID = Optional(String("The user ID associated with the account"))
_SELECTION = Union(
    (
        Object({"accountId": String("The Better Auth account ID"), "userId": _USER_ID}, unknown=Unknown.REFUSED),
        Object(
            {
                "useAccountCookie": OneOf((True,), "Select the current OAuth account from its signed cookie"),
                "userId": _USER_ID,
            },
            unknown=Unknown.REFUSED,
        ),
    )
)
_DATE = {"type": "string", "format": "date-time"}
_NULLABLE_TEXT = {"type": ["string", "null"]}


@endpoint(
    "/get-access-token",
    methods=("POST",),
    security=Security.SESSION_OR_SERVER,
    operation_id="getAccessToken",
    body=_SELECTION,
    errors=(
        (400, OAuthErrorCodes.USER_ID_OR_SESSION_REQUIRED),
        (400, BaseErrorCodes.ACCOUNT_NOT_FOUND),
        (400, OAuthErrorCodes.PROVIDER_NOT_SUPPORTED),
        (400, OAuthErrorCodes.FAILED_TO_GET_ACCESS_TOKEN),
    ),
    reply=Reply(
        "An access token that can be used now",
        {
            "type": "object",
            "properties": {
                "accessToken": {"type": "string"},
                "accessTokenExpiresAt": _DATE,
                "scopes": {"type": "array", "items": {"type": "string"}},
                "idToken": {"type": "string"},
            },
            "required": ["accessToken", "scopes"],
        },
    ),
)
async def get_access_token(ctx: Context) -> dict[str, Any]:
    """Get a valid access token, doing a refresh if needed."""
    user_id = acting_user_id(ctx, ctx.body.get("userId"))
    token = await valid_access_token(ctx, await select_account(ctx, user_id, ctx.body))
    return {
        "accessToken": token.access_token,
        "accessTokenExpiresAt": UNDEFINED if token.expires_at is None else token.expires_at,
        "scopes": token.scopes,
        "idToken": UNDEFINED if token.id_token is None else token.id_token,
    }


@endpoint(
    "/refresh-token",
    methods=("POST",),
    security=Security.SESSION_OR_SERVER,
    operation_id="refreshToken",
    body=_SELECTION,
    errors=(
        (400, OAuthErrorCodes.USER_ID_OR_SESSION_REQUIRED),
        (400, BaseErrorCodes.ACCOUNT_NOT_FOUND),
        (400, OAuthErrorCodes.PROVIDER_NOT_SUPPORTED),
        (400, OAuthErrorCodes.TOKEN_REFRESH_NOT_SUPPORTED),
        (400, OAuthErrorCodes.REFRESH_TOKEN_NOT_FOUND),
        (400, OAuthErrorCodes.FAILED_TO_REFRESH_ACCESS_TOKEN),
    ),
    reply=Reply(
        "The new tokens",
        {
            "type": "object",
            "properties": {
                "accessToken": {"type": "string"},
                "refreshToken": {"type": "string"},
                "accessTokenExpiresAt": _DATE,
                "refreshTokenExpiresAt": {"type": ["string", "null"], "format": "date-time"},
                "scope": _NULLABLE_TEXT,
                "idToken": _NULLABLE_TEXT,
                "providerId": {"type": "string"},
                "accountId": {"type": "string", "description": "The Better Auth account ID"},
            },
            "required": ["accessToken", "refreshToken", "providerId", "accountId"],
        },
    ),
)
async def refresh_token(ctx: Context) -> dict[str, Any]:
    """Refresh the access token using a refresh token."""
    user_id = acting_user_id(ctx, ctx.body.get("userId"))
    account, tokens, refresh = await refreshed(ctx, await select_account(ctx, user_id, ctx.body))
    expires_at = tokens.access_token_expires_at
    return {
        "accessToken": tokens.access_token,
        "refreshToken": refresh,
        "accessTokenExpiresAt": UNDEFINED if expires_at is None else expires_at,
        "refreshTokenExpiresAt": account["refreshTokenExpiresAt"],
        "scope": account["scope"],
        "idToken": account["idToken"],
        "providerId": account["providerId"],
        "accountId": account["id"],
    }


@endpoint(
    "/account-info",
    methods=("GET",),
    security=Security.SESSION_OR_SERVER,
    operation_id="accountInfo",
    query=_SELECTION,
    errors=(
        (400, OAuthErrorCodes.USER_ID_OR_SESSION_REQUIRED),
        (400, BaseErrorCodes.ACCOUNT_NOT_FOUND),
        (400, OAuthErrorCodes.PROVIDER_NOT_CONFIGURED),
        (400, OAuthErrorCodes.FAILED_TO_GET_ACCESS_TOKEN),
        (400, OAuthErrorCodes.ACCESS_TOKEN_NOT_FOUND),
        (401, BaseErrorCodes.FAILED_TO_GET_USER_INFO),
    ),
    reply=Reply(
        "What the provider says of the user now",
        {
            "type": "object",
            "properties": {
                "user": {
                    "type": "object",
                    "properties": {
                        "name": {"type": "string"},
                        "email": _NULLABLE_TEXT,
                        "image": {"type": "string"},
                        "emailVerified": {"type": "boolean"},
                    },
                    "required": ["emailVerified"],
                },
                "data": {"type": "object", "additionalProperties": True, "description": "The provider's own profile"},
                "account": {
                    "type": "object",
                    "properties": {
                        "id": {"type": "string"},
                        "providerId": {"type": "string"},
                        "accountId": {"type": "string"},
                    },
                    "required": ["id", "providerId", "accountId"],
                },
            },
            "required": ["user", "data", "account"],
        },
    ),
)
async def account_info(ctx: Context) -> dict[str, Any]:
    """Get the account info provided by the provider."""
    user_id = acting_user_id(ctx, ctx.query.get("userId"))
    selected = await select_account(ctx, user_id, ctx.query)
    account = selected.row
    provider = find_provider(ctx, account["providerId"])
    if provider is None:
        raise APIError.of(400, OAuthErrorCodes.PROVIDER_NOT_CONFIGURED)
    token = await valid_access_token(ctx, selected)
    if not token.access_token:
        raise APIError.of(400, OAuthErrorCodes.ACCESS_TOKEN_NOT_FOUND)
    user = await read_profile(provider, token.as_tokens())
    if user is None:
        raise APIError.of(401, BaseErrorCodes.FAILED_TO_GET_USER_INFO)
    shown = {name: account[name] for name in ("id", "providerId", "accountId")}
    return {"user": user.fields, "data": user.profile, "account": shown}
