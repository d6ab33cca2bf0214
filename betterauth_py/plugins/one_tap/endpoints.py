"""`POST /one-tap/callback`."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import (
    APIError,
    BaseErrorCodes,
    EndpointContext,
    OAuthErrorCode,
    OAuthFailedError,
    Security,
    endpoint,
    sign_in_oauth_user,
    validation,
)
from betterauth_py.plugins.one_tap.identity import OneTap
from betterauth_py.plugins.tools import TOKEN_REPLY, answer_with_token

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
    reply=TOKEN_REPLY,
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
    return await answer_with_token(ctx, signed_in.session, signed_in.user)
