"""Access tokens of a user's accounts: selecting the account, and refreshing expired tokens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from betterauth_py.core.account_cookie import read_account_cookie, set_account_cookie
from betterauth_py.core.auth_context import logger
from betterauth_py.core.context import EndpointContext
from betterauth_py.crypto.symmetric import UndecryptableError
from betterauth_py.flows.oauth.identity import find_provider
from betterauth_py.flows.oauth.tokens import to_plain_token, to_stored_token
from betterauth_py.oauth.errors import OAuthError
from betterauth_py.oauth.social_provider import SocialProvider
from betterauth_py.oauth.tokens import Tokens
from betterauth_py.store.errors import NotStoredError
from betterauth_py.store.hooks import Row
from betterauth_py.wire.errors import APIError, BaseErrorCodes, OAuthErrorCodes

Context = EndpointContext[Any, Any]

# As better-auth 1.7.25: a token that expires within five seconds would expire before it is used.
_TOO_SOON: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class SelectedAccount:
    """The account that a request is about."""

    row: Row = field(repr=False)
    is_of_cookie: bool


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A valid access token, with what belongs to it."""

    access_token: str | None = field(repr=False)
    expires_at: datetime | None
    scopes: list[str]
    id_token: str | None = field(repr=False)

    def as_tokens(self) -> Tokens:
        """Return the tokens in the form that the request for a profile needs."""
        return Tokens(
            access_token=self.access_token,
            access_token_expires_at=self.expires_at,
            id_token=self.id_token,
            scopes=tuple(self.scopes),
        )


def acting_user_id(ctx: Context, named: str | None) -> str:
    """Return the id of the user whose accounts the call is about: the session's, or the one an in-process call names.

    Raises:
        APIError: 400 if there is neither.
    """
    user_id = ctx.session[1]["id"] if ctx.session is not None else named
    if not user_id:
        raise APIError.of(400, OAuthErrorCodes.USER_ID_OR_SESSION_REQUIRED)
    return str(user_id)


async def select_account(ctx: Context, user_id: str, selection: Mapping[str, Any]) -> SelectedAccount:
    """Return the user's account that `selection` names by its row id, or by the account's cookie.

    Raises:
        APIError: 400 if there is none.
    """
    if "accountId" in selection:
        for account in await ctx.auth.accounts.list_of(user_id):
            if account["id"] == selection["accountId"]:
                return SelectedAccount(account, is_of_cookie=False)
    elif ctx.options.account.store_account_cookie:
        cookie = read_account_cookie(ctx)
        if cookie is not None and cookie.get("userId") == user_id:
            return SelectedAccount(cookie, is_of_cookie=True)
    raise APIError.of(400, BaseErrorCodes.ACCOUNT_NOT_FOUND)


def supported_provider(ctx: Context, account: Row) -> SocialProvider:
    """Return the provider of an account.

    Raises:
        APIError: 400 if it is not configured (any more).
    """
    provider = find_provider(ctx, account["providerId"])
    if provider is None:
        message = f"Provider {account['providerId']} is not supported."
        raise APIError(400, {"message": message, "code": OAuthErrorCodes.PROVIDER_NOT_SUPPORTED.code})
    return provider


async def valid_access_token(ctx: Context, selected: SelectedAccount) -> AccessToken:
    """Return a valid access token; an expired one is refreshed.

    Raises:
        APIError: 400 if the provider is not configured, or returns none.
    """
    account = selected.row
    provider = supported_provider(ctx, account)
    try:
        tokens: Tokens | None = None
        if provider.can_refresh and _must_refresh(ctx, account):
            turn = ctx.auth.turns.of(f"account {account['id']}")
            has_waited = turn.locked()
            async with turn:
                # A rotating refresh token is valid once, and the previous holder of this lock may have used it.
                account, stored = await _current(ctx, selected, has_waited=has_waited)
                if _must_refresh(ctx, account):
                    used = account["refreshToken"]
                    try:
                        account, tokens = await _refresh(ctx, provider, account, stored)
                    except OAuthError:
                        # Another process may just have used the refresh token: use what it has stored.
                        _, account = await _current(ctx, selected, has_waited=True)
                        if account["refreshToken"] == used or _must_refresh(ctx, account):
                            raise
            set_account_cookie(ctx, account)
        access_token = tokens.access_token if tokens else None
        return AccessToken(
            access_token if access_token is not None else to_plain_token(ctx.auth, account["accessToken"] or ""),
            (tokens.access_token_expires_at if tokens else None) or account["accessTokenExpiresAt"],
            scopes_of(account),
            (tokens.id_token if tokens else None) or account["idToken"],
        )
    except (OAuthError, UndecryptableError, NotStoredError) as error:
        logger.error("There is no valid access token of %s: %s", provider.id, error)
        raise APIError.of(400, OAuthErrorCodes.FAILED_TO_GET_ACCESS_TOKEN) from None


async def refreshed(ctx: Context, selected: SelectedAccount) -> tuple[Row, Tokens, str]:
    """Refresh the tokens of an account; return the updated account, the new tokens, and the current refresh token.

    Raises:
        APIError: 400 if there is no refresh token, or the provider is not configured or refuses it.
    """
    provider = supported_provider(ctx, selected.row)
    if not provider.can_refresh:
        message = f"Provider {provider.id} does not support token refreshing."
        raise APIError(400, {"message": message, "code": OAuthErrorCodes.TOKEN_REFRESH_NOT_SUPPORTED.code})
    if not selected.row["refreshToken"]:
        raise APIError.of(400, OAuthErrorCodes.REFRESH_TOKEN_NOT_FOUND)
    try:
        turn = ctx.auth.turns.of(f"account {selected.row['id']}")
        has_waited = turn.locked()
        async with turn:
            before, stored = await _current(ctx, selected, has_waited=has_waited)
            account, tokens = await _refresh(ctx, provider, before, stored)
            used = to_plain_token(ctx.auth, before["refreshToken"])
    except (OAuthError, UndecryptableError, NotStoredError) as error:
        logger.error("The tokens of %s could not be refreshed: %s", provider.id, error)
        raise APIError.of(400, OAuthErrorCodes.FAILED_TO_REFRESH_ACCESS_TOKEN) from None
    if selected.is_of_cookie:
        set_account_cookie(ctx, account)
    return account, tokens, tokens.refresh_token or used or ""


def scopes_of(account: Row) -> list[str]:
    """Return the scopes of an account as a list."""
    return [scope.strip() for scope in (account["scope"] or "").split(",") if scope.strip()]


def _must_refresh(ctx: Context, account: Row) -> bool:
    expires_at = account["accessTokenExpiresAt"]
    return bool(account["refreshToken"]) and expires_at is not None and expires_at - ctx.auth.now() < _TOO_SOON


async def _current(ctx: Context, selected: SelectedAccount, *, has_waited: bool) -> tuple[Row, Row]:
    """Return the current account and its stored row.

    An account selected by cookie has the cookie's tokens, as in better-auth 1.7.25; but whoever has waited for another
    request about the account holds a cookie from before, whose refresh token that request has used.
    """
    row = selected.row
    accounts = await ctx.auth.accounts.list_of(row["userId"])
    stored = next((account for account in accounts if account["id"] == row["id"]), row)
    return (row if selected.is_of_cookie and not has_waited else stored), stored


async def _refresh(ctx: Context, provider: SocialProvider, account: Row, stored: Row) -> tuple[Row, Tokens]:
    """Request new tokens, store them, return the updated account. No database connection is held during the request.

    Raises:
        OAuthError: if the provider returns none.
        UndecryptableError: if the refresh token cannot be decrypted.
    """
    try:
        tokens = await provider.refresh(to_plain_token(ctx.auth, account["refreshToken"]) or "")
    except OAuthError:
        raise
    except Exception as error:
        # The deployment's own `refresh_access_token`.
        logger.exception("refresh_access_token of %s failed", provider.id)
        raise OAuthError(type(error).__name__) from None
    changes = {
        "accessToken": to_stored_token(ctx.auth, tokens.access_token),
        "refreshToken": to_stored_token(ctx.auth, tokens.refresh_token) or account["refreshToken"],
        "refreshTokenExpiresAt": tokens.refresh_token_expires_at or account["refreshTokenExpiresAt"],
        "idToken": tokens.id_token or account["idToken"],
    }
    if tokens.access_token_expires_at is not None:
        changes["accessTokenExpiresAt"] = tokens.access_token_expires_at
    # A rotating refresh token is void once used, so a row that another process has changed since holds newer tokens.
    updated = await ctx.auth.accounts.update(account["id"], changes, while_refresh_token=stored["refreshToken"])
    return updated or {**account, **changes}, tokens
