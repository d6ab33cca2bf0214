"""`POST /device/token`: a device polls until its user has decided, and gets a session once (RFC 8628, 3.4 and 3.5)."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.plugins import (
    APIError,
    AuthContext,
    EndpointContext,
    NotStoredError,
    Reply,
    Row,
    Security,
    Where,
    client_of,
    create_session,
    endpoint,
    validation,
)
from betterauth_py.plugins.device_authorization import errors
from betterauth_py.plugins.device_authorization.codes import MODEL
from betterauth_py.plugins.device_authorization.options import DeviceAuthorizationOptions
from betterauth_py.plugins.device_authorization.requesting import require_client
from betterauth_py.plugins.tools import to_milliseconds

Context = EndpointContext[dict[str, Any], Any]
GRANT_TYPE: Final = "urn:ietf:params:oauth:grant-type:device_code"


@endpoint(
    "/device/token",
    methods=("POST",),
    security=Security.PUBLIC,
    operation_id="deviceToken",
    body=validation.Object(
        {
            "grant_type": validation.OneOf((GRANT_TYPE,), "The grant type for device flow"),
            "device_code": validation.String("The device verification code"),
            "client_id": validation.String("The client ID of the application"),
        }
    ),
    errors=(
        *((400, error) for error in (errors.PENDING, errors.SLOW_DOWN, errors.EXPIRED_DEVICE_CODE, errors.DENIED)),
        *((400, error) for error in (errors.INVALID_CLIENT, errors.INVALID_DEVICE_CODE, errors.CLIENT_MISMATCH)),
        *((500, error) for error in (errors.USER_NOT_FOUND, errors.SESSION_REFUSED, errors.INVALID_STATUS)),
    ),
    shape_error=errors.shape_error,
    reply=Reply(
        "The session's token, to be sent as a bearer token",
        {
            "type": "object",
            "properties": {
                "access_token": {"type": "string"},
                "token_type": {"type": "string", "const": "Bearer"},
                "expires_in": {"type": "integer"},
                "scope": {"type": "string"},
            },
            "required": ["access_token", "token_type", "expires_in", "scope"],
        },
    ),
    tags=("Device authorization",),
)
async def device_token(ctx: Context) -> dict[str, Any]:
    """Exchange a device code for a session, once its user has approved it."""
    ctx.response_headers.set("pragma", "no-cache")
    auth, client_id = ctx.auth, ctx.body["client_id"]
    await require_client(auth.services.get(DeviceAuthorizationOptions), client_id)
    code = await auth.rows.find_one(MODEL, Where("deviceCode", ctx.body["device_code"]))
    if code is None:
        raise APIError.of(400, errors.INVALID_DEVICE_CODE)
    if code["clientId"] and code["clientId"] != client_id:
        raise APIError.of(400, errors.CLIENT_MISMATCH)
    await _require_approval(auth, code)
    user = await auth.users.find(code["userId"])
    if user is None:
        await _note_poll(auth, code)
        raise APIError.of(500, errors.USER_NOT_FOUND)
    session = await _redeem(ctx, code)
    ctx.new_session = (session, user)
    return {
        "access_token": session["token"],
        "token_type": "Bearer",
        "expires_in": _whole_seconds_left(auth, session),
        "scope": code["scope"] or "",
    }


async def _redeem(ctx: Context, code: Row) -> Row:
    """Spend the code and start the session of its user.

    Raises:
        APIError: 400 if the code is spent, 500 if the user is gone or a hook refuses the session; what a hook raises.
    """
    auth, refusal, session = ctx.auth, None, None
    try:
        async with auth.database.transaction():
            # Who revokes all access to a user locks it too: a code that is deleted meanwhile starts no session.
            await auth.users.lock(code["userId"])
            if not await _consume(auth, code, ctx.body["client_id"]):
                raise APIError.of(400, errors.INVALID_DEVICE_CODE)
            try:
                session = await create_session(auth, code["userId"], client=client_of(ctx))
            except APIError as error:
                # A hook's refusal: the code is spent all the same.
                refusal = error
    except NotStoredError:
        # Deleted in the meantime.
        raise APIError.of(500, errors.USER_NOT_FOUND) from None
    if refusal is not None:
        raise refusal
    if session is None:
        raise APIError.of(500, errors.SESSION_REFUSED)
    return session


def _whole_seconds_left(auth: AuthContext, session: Row) -> int:
    # Storing the session has begun the last second, even if the clock does not show it, as with better-auth 1.7.25.
    return (to_milliseconds(session["expiresAt"]) - auth.clock.milliseconds() - 1) // 1000


async def _require_approval(auth: AuthContext, code: Row) -> None:
    """Require that a device has waited and that its user has approved; expired and denied codes are deleted.

    Raises:
        APIError: 400 if it polls too often, must wait, was refused, or its code has expired; 500 for a status that only
            others have written.
    """
    now = auth.clock.milliseconds()
    interval = code["pollingInterval"]
    if code["lastPolledAt"] and interval and now - to_milliseconds(code["lastPolledAt"]) < interval:
        raise APIError.of(400, errors.SLOW_DOWN)
    of_code = Where("id", code["id"])
    if to_milliseconds(code["expiresAt"]) < now:
        await auth.rows.delete(MODEL, of_code)
        raise APIError.of(400, errors.EXPIRED_DEVICE_CODE)
    if code["status"] == "denied":
        await auth.rows.delete(MODEL, of_code)
        raise APIError.of(400, errors.DENIED)
    if code["status"] == "approved" and code["userId"]:
        return
    await _note_poll(auth, code)
    raise APIError.of(400, errors.PENDING) if code["status"] == "pending" else APIError.of(500, errors.INVALID_STATUS)


async def _consume(auth: AuthContext, code: Row, client_id: str) -> bool:
    """Spend an approved code of a client; False if another poll has spent it, or its user or status have changed."""
    spent = await auth.rows.consume_one(
        MODEL,
        Where("id", code["id"]),
        Where("clientId", client_id),
        Where("status", "approved"),
        Where("userId", code["userId"]),
    )
    return spent is not None


async def _note_poll(auth: AuthContext, code: Row) -> None:
    await auth.rows.update(MODEL, {"lastPolledAt": auth.now()}, Where("id", code["id"]))
