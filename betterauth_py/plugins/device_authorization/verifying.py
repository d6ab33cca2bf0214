"""`GET /device`, `POST /device/approve`, `POST /device/deny`: a signed-in user decides about a device."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.plugins import (
    APIError,
    Endpoint,
    EndpointContext,
    ErrorCode,
    Reply,
    Row,
    Security,
    Where,
    answering,
    endpoint,
    find_session,
    validation,
)
from betterauth_py.plugins.device_authorization import errors
from betterauth_py.plugins.device_authorization.codes import MODEL, find_by_user_code
from betterauth_py.plugins.tools import count_password_try, to_milliseconds, while_signed_in

Context = EndpointContext[Any, Any]
_TAGS: Final = ("Device authorization",)
_LIMITED: Final = answering({})


@endpoint(
    "/device",
    methods=("GET",),
    security=Security.PUBLIC,
    operation_id="deviceVerify",
    query=validation.Object({"user_code": validation.String("The user code to verify")}),
    errors=((400, errors.INVALID_USER_CODE), (400, errors.EXPIRED_USER_CODE)),
    shape_error=errors.shape_error,
    reply=Reply(
        "The state of the request; what is requested is shown to the user who has claimed it",
        {
            "type": "object",
            "properties": {
                "user_code": {"type": "string"},
                "status": {"type": "string", "enum": ["pending", "approved", "denied"]},
                "client_id": {"type": "string"},
                "scope": {"type": ["string", "null"]},
            },
            "required": ["user_code", "status"],
        },
    ),
    tags=_TAGS,
)
async def device_verify(ctx: Context) -> dict[str, Any]:
    """Look up a user code; the first signed-in user who does claims it, so that nobody else can decide about it."""
    user_code = ctx.query["user_code"]
    code = await _find(ctx, user_code)
    user_id = await _signed_in_user(ctx)
    if user_id is not None and not code["userId"] and code["status"] == "pending":
        code = await _claim(ctx, code, user_id)
    shown = {"user_code": user_code, "status": code["status"]}
    if user_id is None or code["userId"] != user_id:
        return shown
    return {**shown, "client_id": code["clientId"], "scope": code["scope"]}


async def _claim(ctx: Context, code: Row, user_id: str) -> Row:
    unclaimed = Where("id", code["id"]), Where("status", "pending"), Where("userId", None)
    async with while_signed_in(ctx):
        claimed = await ctx.auth.rows.update(MODEL, {"userId": user_id}, *unclaimed)
    # Somebody else may have been faster.
    current = claimed or await ctx.auth.rows.find_one(MODEL, Where("id", code["id"]))
    if current is None:
        raise APIError.of(400, errors.INVALID_USER_CODE)
    return current


def _decision(path: str, operation_id: str, status: str, verb: str) -> Endpoint[Any, Any]:
    not_yours = ErrorCode("access_denied", f"You are not authorized to {verb} this device authorization")

    async def decide(ctx: Context) -> dict[str, bool]:
        user_id = await _signed_in_user(ctx)
        if user_id is None:
            raise APIError.of(401, errors.SIGNED_OUT)
        # better-auth 1.7.25 limits guesses only at `GET /device`; these answers would tell as much.
        with _LIMITED:
            attempt = await count_password_try(ctx, f"user codes of {user_id}")
        code = await _find(ctx, ctx.body["userCode"])
        if code["status"] != "pending":
            raise APIError.of(400, errors.ALREADY_PROCESSED)
        if not code["userId"]:
            raise APIError.of(400, errors.NOT_CLAIMED)
        if code["userId"] != user_id:
            raise APIError.of(403, not_yours)
        undecided = Where("id", code["id"]), Where("status", "pending"), Where("userId", user_id)
        async with while_signed_in(ctx):
            decided = await ctx.auth.rows.update(MODEL, {"status": status}, *undecided)
        if decided is None:
            # Decided, or expired and deleted, since it was read.
            raise APIError.of(400, errors.ALREADY_PROCESSED)
        await attempt.succeeded()
        return {"success": True}

    decide.__name__ = f"device_{verb}"
    decide.__doc__ = f"{verb.capitalize()} the request of a device."
    return endpoint(
        path,
        methods=("POST",),
        security=Security.PUBLIC,
        operation_id=operation_id,
        body=validation.Object({"userCode": validation.String(f"The user code to {verb}")}),
        requires_headers=True,
        errors=(
            *((400, error) for error in (errors.INVALID_USER_CODE, errors.EXPIRED_USER_CODE)),
            *((400, error) for error in (errors.ALREADY_PROCESSED, errors.NOT_CLAIMED)),
            (401, errors.SIGNED_OUT),
            (403, not_yours),
        ),
        shape_error=errors.shape_error,
        reply=Reply(
            "Done",
            {"type": "object", "properties": {"success": {"type": "boolean"}}, "required": ["success"]},
        ),
        tags=_TAGS,
    )(decide)


async def _find(ctx: Context, user_code: str) -> Row:
    code = await find_by_user_code(ctx.auth, user_code)
    if code is None:
        raise APIError.of(400, errors.INVALID_USER_CODE)
    if to_milliseconds(code["expiresAt"]) < ctx.auth.clock.milliseconds():
        raise APIError.of(400, errors.EXPIRED_USER_CODE)
    return code


async def _signed_in_user(ctx: Context) -> str | None:
    """Return the id of the user whose session the database, not a cookie, knows."""
    ctx.session = None
    found = await find_session(ctx, disable_cookie_cache=True)
    return None if found is None else str(found[1]["id"])


device_approve: Final = _decision("/device/approve", "deviceApprove", "approved", "approve")
device_deny: Final = _decision("/device/deny", "deviceDeny", "denied", "deny")
