"""Usernames in sign-ups and updates: validated before the endpoint, stored normalized."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import (
    APIError,
    AuthContext,
    DatabaseHooksOptions,
    EndpointContext,
    Hook,
    NotStoredError,
    Row,
    RowHooks,
    TableHooks,
    find_session,
)
from betterauth_py.plugins.username.errors import UsernameErrorCodes
from betterauth_py.plugins.username.names import Names

Context = EndpointContext[Any, Any]
_SIGN_UP = "/sign-up/email"
_UPDATE = "/update-user"


def before_hooks(names: Names) -> list[Hook]:
    """Return the hooks around sign-up and update, in better-auth 1.7.25's order."""

    async def take_display_username(ctx: Context) -> None:
        body = _body_of(ctx)
        display_username = body.get("displayUsername")
        if not isinstance(display_username, str) or "username" in body:
            return
        if await names.fault_of(display_username) is None:
            body["username"] = display_username

    async def judge(ctx: Context) -> None:
        body = _body_of(ctx)
        username, display_username = body.get("username"), body.get("displayUsername")
        if isinstance(username, str):
            await names.require(username)
            await _refuse_taken(ctx, names, username)
        if names.options.display_username and isinstance(display_username, str):
            await names.require_display_username(display_username)

    async def show_username(ctx: Context) -> None:
        body = _body_of(ctx)
        if names.options.display_username and body.get("username") and not body.get("displayUsername"):
            body["displayUsername"] = body["username"]

    return [
        Hook(paths={_SIGN_UP}, handler=take_display_username),
        Hook(paths={_SIGN_UP, _UPDATE}, handler=judge),
        Hook(paths={_SIGN_UP}, handler=show_username),
    ]


async def _refuse_taken(ctx: Context, names: Names, username: str) -> None:
    """Refuse a username that another user has, or a change that the options forbid.

    Raises:
        APIError: 400.
    """
    user: Row | None = None
    if ctx.path == _UPDATE:
        session = await find_session(ctx)
        user = session[1] if session is not None else None
        present = user.get("username") if user is not None else None
        if names.options.immutable_username and present and present != names.normalized(username):
            raise APIError.of(400, UsernameErrorCodes.USERNAME_IS_IMMUTABLE)
    owner = await names.owner_of(ctx.auth, username)
    if owner is not None and (user is None or owner["id"] != user["id"]):
        raise APIError.of(400, UsernameErrorCodes.USERNAME_IS_ALREADY_TAKEN)


def _body_of(ctx: Context) -> dict[str, Any]:
    """Return the body, to be changed in place; if it is not an object, a new one that is discarded."""
    return ctx.body if isinstance(ctx.body, dict) else {}


def row_hooks(auth: AuthContext, names: Names) -> DatabaseHooksOptions:
    """Return the hooks around user rows, for every way in which they are stored."""

    async def judge(row: Row, ctx: Context | None, *, creating: bool) -> Row:
        username, display_username = row.get("username"), row.get("displayUsername")
        changes: Row = {}
        # An empty list or object is truthy in JavaScript.
        if isinstance(username, list | dict) or (username and not isinstance(username, str)):
            # better-auth 1.7.25 fails here: it answers a sign-up as one that cannot be stored, an update with 500.
            raise NotStoredError("a username that is no text")
        if username:
            if ctx is None or ctx.path not in {_SIGN_UP, _UPDATE}:
                await _judge_stored(auth, names, row, ctx, creating=creating)
            changes["username"] = names.normalized(username)
        if names.options.display_username:
            if display_username:
                changes["displayUsername"] = names.display_normalized(display_username)
            elif username and creating:
                changes["displayUsername"] = username
        return changes

    async def before_create(row: Row, ctx: Any) -> Row:
        return await judge(row, ctx, creating=True)

    async def before_update(row: Row, ctx: Any) -> Row:
        return await judge(row, ctx, creating=False)

    table = TableHooks(create=RowHooks(before=before_create), update=RowHooks(before=before_update))
    return DatabaseHooksOptions(user=table)


async def _judge_stored(auth: AuthContext, names: Names, row: Row, ctx: Context | None, *, creating: bool) -> None:
    """Validate a username that no hook of an endpoint has validated.

    Raises:
        APIError: 400.
    """
    username, display_username = row["username"], row.get("displayUsername")
    await names.require(username)
    owner = await names.owner_of(auth, username)
    of_session = ctx.session[1]["id"] if ctx is not None and ctx.session is not None else row.get("id")
    if owner is not None and (creating or owner["id"] != of_session):
        raise APIError.of(400, UsernameErrorCodes.USERNAME_IS_ALREADY_TAKEN)
    if display_username:
        await names.require_display_username(display_username)
