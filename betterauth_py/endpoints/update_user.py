"""`POST /update-user`."""

from __future__ import annotations

from typing import Any

from betterauth_py.core.context import EndpointContext
from betterauth_py.core.endpoint import endpoint
from betterauth_py.core.refusals import answering
from betterauth_py.core.session_cookies import set_session_cookie
from betterauth_py.endpoints.sessions import STATUS_REPLY
from betterauth_py.flows.security import Security
from betterauth_py.flows.session import SessionEndedError, end_session_of_call, signed_in, stored_token
from betterauth_py.flows.update import UpdateRefusal, update_user_fields
from betterauth_py.wire.errors import APIError, BaseErrorCodes
from betterauth_py.wire.validation import Record

_REFUSALS = answering(
    {
        UpdateRefusal.NOTHING_GIVEN: (400, "No fields to update"),
        UpdateRefusal.NOT_STORED: (400, BaseErrorCodes.FAILED_TO_UPDATE_USER),
    }
)


@endpoint(
    "/update-user",
    methods=("POST",),
    security=Security.SESSION,
    operation_id="updateUser",
    body=Record(),
    takes_image=True,
    errors=(
        (400, BaseErrorCodes.EMAIL_CAN_NOT_BE_UPDATED),
        (400, BaseErrorCodes.FIELD_NOT_ALLOWED),
        (400, BaseErrorCodes.FAILED_TO_UPDATE_USER),
    ),
    reply=STATUS_REPLY,
)
async def update_user(ctx: EndpointContext[dict[str, Any], Any]) -> dict[str, bool]:
    """Update the current user's name, image and additional fields."""
    session, user = signed_in(ctx)
    email = ctx.body.get("email")
    if email or isinstance(email, list | dict):
        raise APIError.of(400, BaseErrorCodes.EMAIL_CAN_NOT_BE_UPDATED)
    try:
        with _REFUSALS:
            updated = await update_user_fields(ctx.auth, stored_token(ctx), user, ctx.body)
    except SessionEndedError:
        raise end_session_of_call(ctx) from None
    await set_session_cookie(ctx, session, updated)
    return {"status": True}
