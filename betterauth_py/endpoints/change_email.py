"""`POST /change-email`."""

from __future__ import annotations

from typing import Any

from betterauth_py.core.context import EndpointContext
from betterauth_py.core.endpoint import endpoint
from betterauth_py.core.refusals import answering
from betterauth_py.core.session_cookies import set_session_cookie
from betterauth_py.endpoints.sessions import STATUS_REPLY
from betterauth_py.flows.email_request import ChangeRefusal, request_email_change
from betterauth_py.flows.security import Security
from betterauth_py.flows.session import SessionEndedError, end_session_of_call, signed_in
from betterauth_py.wire.errors import APIError, BaseErrorCodes
from betterauth_py.wire.validation import Email, Object, Optional, String

# As better-auth 1.7.25, which gives them no codes.
_REFUSALS = answering(
    {
        ChangeRefusal.SAME_ADDRESS: (400, "Email is the same"),
        ChangeRefusal.NO_MAIL: (400, "Verification email isn't enabled"),
    }
)


@endpoint(
    "/change-email",
    methods=("POST",),
    security=Security.SENSITIVE_SESSION,
    operation_id="changeEmail",
    body=Object(
        {
            "newEmail": Email("The new email address to set must be a valid email address"),
            "callbackURL": Optional(String("The URL to redirect to after email verification")),
        }
    ),
    errors=((400, BaseErrorCodes.CHANGE_EMAIL_DISABLED),),
    reply=STATUS_REPLY,
)
async def change_email(ctx: EndpointContext[dict[str, Any], Any]) -> dict[str, bool]:
    """Change the user's e-mail address, with the confirmations that the options require."""
    session, user = signed_in(ctx)
    if not ctx.options.user.change_email.enabled:
        raise APIError.of(400, BaseErrorCodes.CHANGE_EMAIL_DISABLED)
    new_email = ctx.body["newEmail"].lower()
    try:
        with _REFUSALS:
            changed = await request_email_change(ctx, session, user, new_email, ctx.body.get("callbackURL"))
    except SessionEndedError:
        raise end_session_of_call(ctx) from None
    if changed is not None:
        await set_session_cookie(ctx, session, changed)
    return {"status": True}
