"""`POST /one-tap/callback`."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import (
    APIError,
    BaseErrorCodes,
    EndpointContext,
    OAuthErrorCode,
    OAuthFailedError,
    Reply,
    Security,
    endpoint,
    set_session_cookie,
    sign_in_oauth_user,
    validation,
)
from betterauth_py.plugins.one_tap.identity import OneTap
from betterauth_py.plugins.tools import without_hidden_fields

Context = EndpointContext[dict[str, Any], Any]


@endpoint(
    "/one-tap/callback",
    methods=("POST",),
    security=Security.PUBLIC,
    operation_id="oneTapCallback",
    body=validation.Object(
        {
            "idToken": validation.String("Google ID token, which the client obtains from the One Tap API"),
            "callbackURL": validation.Optional(validation.String("URL to redirect to after a successful sign-in")),
        }
    ),
    errors=((403, BaseErrorCodes.EMAIL_NOT_VERIFIED),),
    reply=Reply(
        "The session's token and the user",
        {
            "type": "object",
            "properties": {"token": {"type": "string"}, "user": {"$ref": "#/components/schemas/User"}},
            "required": ["token", "user"],
        },
    ),
    tags=("One-tap",),
)
async def one_tap_callback(ctx: Context) -> dict[str, Any]:
    """Sign in with Google One Tap."""
    one_tap = ctx.auth.services.get(OneTap)
    identity = await one_tap.identity(ctx, ctx.body["idToken"])
    try:
        signed_in = await sign_in_oauth_user(
            ctx,
            identity,
            disable_sign_up=one_tap.disable_sign_up,
            override_user_info=one_tap.override_user_info,
        )
    except OAuthFailedError as error:
        if error.code == OAuthErrorCode.EMAIL_NOT_VERIFIED:
            raise APIError.of(403, BaseErrorCodes.EMAIL_NOT_VERIFIED) from None
        raise APIError(401, {"message": error.code.replace("_", " ")}) from None
    await set_session_cookie(ctx, signed_in.session, signed_in.user)
    return {
        "token": signed_in.session["token"],
        "user": without_hidden_fields(ctx.auth.schema, "user", signed_in.user),
    }
