"""`GET /passkey/list-user-passkeys`, `POST /passkey/delete-passkey` and `POST /passkey/update-passkey`."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.plugins import (
    APIError,
    Endpoint,
    EndpointContext,
    ErrorCode,
    NotStoredError,
    Reply,
    Security,
    Where,
    endpoint,
    signed_in,
    validation,
)
from betterauth_py.plugins.passkey.ceremonies import passkeys_of
from betterauth_py.plugins.passkey.errors import PasskeyErrorCodes
from betterauth_py.plugins.passkey.schemas import PASSKEY_SCHEMA
from betterauth_py.plugins.tools import SecurityEvent, record, without_hidden_fields

Context = EndpointContext[dict[str, Any], Any]


@endpoint(
    "/passkey/list-user-passkeys",
    methods=("GET",),
    security=Security.SESSION,
    operation_id="listPasskeys",
    reply=Reply("The passkeys of the user, at most 100", {"type": "array", "items": PASSKEY_SCHEMA}),
    tags=("Passkey",),
)
async def list_passkeys(ctx: Context) -> list[dict[str, Any]]:
    """List all passkeys for the authenticated user."""
    rows = await passkeys_of(ctx, signed_in(ctx)[1]["id"])
    return [without_hidden_fields(ctx.auth.schema, "passkey", row) for row in rows]


@endpoint(
    "/passkey/delete-passkey",
    methods=("POST",),
    security=Security.SESSION,
    operation_id="deletePasskey",
    body=validation.Object({"id": validation.String("The id of the passkey")}),
    errors=((404, PasskeyErrorCodes.PASSKEY_NOT_FOUND),),
    reply=Reply(
        "It is deleted",
        {"type": "object", "properties": {"status": {"type": "boolean"}}, "required": ["status"]},
    ),
    tags=("Passkey",),
)
async def delete_passkey(ctx: Context) -> dict[str, bool]:
    """Delete a specific passkey."""
    user_id = await _require_own(ctx, None)
    await ctx.auth.rows.delete("passkey", Where("id", ctx.body["id"]), Where("userId", user_id))
    record(ctx, SecurityEvent.PASSKEY_REMOVED, signed_in(ctx)[1])
    return {"status": True}


@endpoint(
    "/passkey/update-passkey",
    methods=("POST",),
    security=Security.SESSION,
    operation_id="updatePasskey",
    body=validation.Object(
        {
            "id": validation.String("The id of the passkey"),
            "name": validation.Checked(
                validation.String("The new name of the passkey"), (validation.TRIM, validation.MinLength(1))
            ),
        }
    ),
    errors=(
        (400, PasskeyErrorCodes.FAILED_TO_UPDATE_PASSKEY),
        (401, PasskeyErrorCodes.YOU_ARE_NOT_ALLOWED_TO_REGISTER_THIS_PASSKEY),
        (404, PasskeyErrorCodes.PASSKEY_NOT_FOUND),
    ),
    reply=Reply(
        "The passkey",
        {"type": "object", "properties": {"passkey": PASSKEY_SCHEMA}, "required": ["passkey"]},
    ),
    tags=("Passkey",),
)
async def update_passkey(ctx: Context) -> dict[str, Any]:
    """Update a specific passkey's name."""
    user_id = await _require_own(ctx, PasskeyErrorCodes.YOU_ARE_NOT_ALLOWED_TO_REGISTER_THIS_PASSKEY)
    own = Where("id", ctx.body["id"]), Where("userId", user_id)
    try:
        updated = await ctx.auth.rows.update("passkey", {"name": ctx.body["name"]}, *own)
    except NotStoredError:
        raise APIError.of(400, PasskeyErrorCodes.FAILED_TO_UPDATE_PASSKEY) from None
    if updated is None:
        # It has been deleted meanwhile.
        raise APIError.of(404, PasskeyErrorCodes.PASSKEY_NOT_FOUND)
    return {"passkey": without_hidden_fields(ctx.auth.schema, "passkey", updated)}


async def _require_own(ctx: Context, forbidden: ErrorCode | None) -> str:
    """Return the user's id, if the passkey that the body names is the user's.

    Raises:
        APIError: 400 without an id, 404 without a passkey, 401 with the error `forbidden`, or none, if it is another's.
    """
    _, user = signed_in(ctx)
    user_id: str = user["id"]
    if not ctx.body["id"]:
        raise APIError(400, {"message": "Missing required parameter: id"})
    passkey = await ctx.auth.rows.find_one("passkey", Where("id", ctx.body["id"]))
    if passkey is None:
        raise APIError.of(404, PasskeyErrorCodes.PASSKEY_NOT_FOUND)
    if passkey["userId"] != user_id:
        raise APIError(401) if forbidden is None else APIError.of(401, forbidden)
    return user_id


MANAGEMENT: Final[list[Endpoint[Any, Any]]] = [list_passkeys, delete_passkey, update_passkey]
"""The endpoints that show and change the passkeys of a user."""
