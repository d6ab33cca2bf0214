"""`POST /sign-in/social`."""

from __future__ import annotations

from typing import Any

from betterauth_py.core.context import EndpointContext
from betterauth_py.core.endpoint import Reply, endpoint
from betterauth_py.core.output import without_hidden_fields
from betterauth_py.core.session_cookies import set_session_cookie
from betterauth_py.flows.oauth.begin import require_provider, send_to_provider
from betterauth_py.flows.oauth.errors import OAuthErrorCode, OAuthFailedError
from betterauth_py.flows.oauth.id_tokens import identity_of_id_token
from betterauth_py.flows.oauth.identity import refuses_sign_up
from betterauth_py.flows.oauth.sign_in import sign_in_oauth_user
from betterauth_py.flows.security import Security
from betterauth_py.oauth.authorization import RESERVED_PARAMETERS
from betterauth_py.oauth.registry import PROVIDER_IDS
from betterauth_py.oauth.social_provider import SocialProvider
from betterauth_py.wire.errors import APIError, BaseErrorCodes, OAuthErrorCodes
from betterauth_py.wire.validation import (
    Anything,
    Array,
    Boolean,
    Checked,
    Number,
    Object,
    OneOf,
    Optional,
    Record,
    Refine,
    String,
    Union,
)

Context = EndpointContext[dict[str, Any], Any]

PROVIDER_ID = Union((OneOf(PROVIDER_IDS), String("The provider's id")))
ADDITIONAL_PARAMETERS = Optional(
    Checked(
        Record(String()),
        (
            Refine(
                lambda value: not any(name in RESERVED_PARAMETERS for name in value),
                f"additionalParams cannot include reserved OAuth parameters: {', '.join(RESERVED_PARAMETERS)}",
            ),
        ),
    )
)
_APPLE_USER = Object(
    {
        "name": Optional(Object({"firstName": Optional(String()), "lastName": Optional(String())})),
        "email": Optional(String()),
    },
    description="The user object from the provider. Only available for some providers like Apple.",
)
_ID_TOKEN = Object(
    {
        "token": String("ID token from the provider"),
        "nonce": Optional(String("Nonce used to generate the token")),
        "accessToken": Optional(String("Access token from the provider")),
        "refreshToken": Optional(String("Refresh token from the provider")),
        "expiresAt": Optional(Number("Expiry date of the token")),
        "user": Optional(_APPLE_USER),
    }
)


@endpoint(
    "/sign-in/social",
    methods=("POST",),
    security=Security.PUBLIC,
    operation_id="socialSignIn",
    body=Object(
        {
            "callbackURL": Optional(String("Callback URL to redirect to after the user has signed in")),
            "newUserCallbackURL": Optional(String("Callback URL to redirect to if the user is new")),
            "errorCallbackURL": Optional(String("Callback URL to redirect to if an error happens")),
            "provider": PROVIDER_ID,
            "disableRedirect": Optional(
                Boolean("Disable automatic redirection to the provider. Useful for handling the redirection yourself")
            ),
            "idToken": Optional(_ID_TOKEN),
            "scopes": Optional(
                Array(
                    String(),
                    "Array of scopes to request from the provider. This will override the default scopes passed.",
                )
            ),
            "requestSignUp": Optional(
                Boolean("Explicitly request sign-up. Useful when disableImplicitSignUp is true for this provider")
            ),
            "loginHint": Optional(String("The login hint to use for the authorization code request")),
            "additionalParams": ADDITIONAL_PARAMETERS,
            "additionalData": Optional(Record(Anything("Additional data to be passed through the OAuth flow"))),
        }
    ),
    errors=(
        (400, BaseErrorCodes.CALLBACK_URL_REQUIRED),
        (401, BaseErrorCodes.INVALID_TOKEN),
        (401, BaseErrorCodes.FAILED_TO_GET_USER_INFO),
        (401, BaseErrorCodes.USER_EMAIL_NOT_FOUND),
        (401, OAuthErrorCodes.OAUTH_LINK_ERROR),
        (403, BaseErrorCodes.EMAIL_NOT_VERIFIED),
        (404, BaseErrorCodes.PROVIDER_NOT_FOUND),
        (404, BaseErrorCodes.ID_TOKEN_NOT_SUPPORTED),
    ),
    reply=Reply(
        "The URL of the provider's page; with an ID token, the session's token and the user",
        {
            "type": "object",
            "properties": {
                "redirect": {"type": "boolean"},
                "url": {"type": "string"},
                "token": {"type": "string"},
                "user": {"$ref": "#/components/schemas/User"},
            },
            "required": ["redirect"],
        },
    ),
)
async def sign_in_social(ctx: Context) -> dict[str, Any]:
    """Sign in with a social provider."""
    provider = require_provider(ctx, ctx.body["provider"])
    if "idToken" in ctx.body:
        return await _sign_in_with_id_token(ctx, provider)
    return await send_to_provider(ctx, provider, ctx.body)


async def _sign_in_with_id_token(ctx: Context, provider: SocialProvider) -> dict[str, Any]:
    identity = await identity_of_id_token(provider, ctx.body["idToken"], keeps_refresh=False)
    try:
        signed_in = await sign_in_oauth_user(
            ctx,
            identity,
            callback_url=ctx.body.get("callbackURL"),
            disable_sign_up=refuses_sign_up(provider, requested=bool(ctx.body.get("requestSignUp"))),
        )
    except OAuthFailedError as error:
        if error.code == OAuthErrorCode.EMAIL_NOT_VERIFIED:
            raise APIError.of(403, BaseErrorCodes.EMAIL_NOT_VERIFIED) from None
        message = error.code.replace("_", " ")
        raise APIError(401, {"message": message, "code": OAuthErrorCodes.OAUTH_LINK_ERROR.code}) from None
    await set_session_cookie(ctx, signed_in.session, signed_in.user)
    return {
        "redirect": False,
        "token": signed_in.session["token"],
        "user": without_hidden_fields(ctx.auth.schema, "user", signed_in.user),
    }
