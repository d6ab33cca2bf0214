"""`POST /link-social`."""

from __future__ import annotations

from typing import Any

from betterauth_py.core.context import EndpointContext
from betterauth_py.core.endpoint import Reply, endpoint
from betterauth_py.endpoints.sign_in_social import ADDITIONAL_PARAMETERS, PROVIDER_ID
from betterauth_py.flows.oauth.begin import require_provider, send_to_provider
from betterauth_py.flows.oauth.id_tokens import identity_of_id_token
from betterauth_py.flows.oauth.linking import link_by_id_token
from betterauth_py.flows.oauth.state import link_intent
from betterauth_py.flows.security import Security
from betterauth_py.flows.session import signed_in
from betterauth_py.wire.errors import BaseErrorCodes, OAuthErrorCodes
from betterauth_py.wire.validation import Anything, Array, Boolean, Object, Optional, Record, String


@endpoint(
    "/link-social",
    methods=("POST",),
    security=Security.SENSITIVE_SESSION,
    operation_id="linkSocialAccount",
    requires_headers=True,
    body=Object(
        {
            "callbackURL": Optional(String("The URL to redirect to after the user has signed in")),
            "provider": PROVIDER_ID,
            "idToken": Optional(
                Object(
                    {
                        "token": String(),
                        "nonce": Optional(String()),
                        "accessToken": Optional(String()),
                        "refreshToken": Optional(String()),
                    }
                )
            ),
            "requestSignUp": Optional(Boolean()),
            "scopes": Optional(Array(String(), "Additional scopes to request from the provider")),
            "errorCallbackURL": Optional(String("The URL to redirect to if there is an error during the link process")),
            "disableRedirect": Optional(
                Boolean("Disable automatic redirection to the provider. Useful for handling the redirection yourself")
            ),
            "loginHint": Optional(String("The login hint to use for the authorization code request")),
            "additionalParams": ADDITIONAL_PARAMETERS,
            "additionalData": Optional(Record(Anything())),
        }
    ),
    errors=(
        (400, BaseErrorCodes.CALLBACK_URL_REQUIRED),
        (401, BaseErrorCodes.INVALID_TOKEN),
        (401, BaseErrorCodes.FAILED_TO_GET_USER_INFO),
        (401, BaseErrorCodes.USER_EMAIL_NOT_FOUND),
        (401, OAuthErrorCodes.LINKING_NOT_ALLOWED),
        (401, OAuthErrorCodes.LINKING_DIFFERENT_EMAILS_NOT_ALLOWED),
        (404, BaseErrorCodes.PROVIDER_NOT_FOUND),
        (404, BaseErrorCodes.ID_TOKEN_NOT_SUPPORTED),
        (409, BaseErrorCodes.SOCIAL_ACCOUNT_ALREADY_LINKED),
        (417, OAuthErrorCodes.LINKING_FAILED),
    ),
    reply=Reply(
        "The URL of the provider's page; with an ID token, the account is linked",
        {
            "type": "object",
            "properties": {
                "url": {"type": "string"},
                "redirect": {"type": "boolean"},
                "status": {"type": "boolean"},
            },
            "required": ["url", "redirect"],
        },
    ),
)
async def link_social_account(ctx: EndpointContext[dict[str, Any], Any]) -> dict[str, Any]:
    """Link a social account to the user."""
    session, user = signed_in(ctx)
    provider = require_provider(ctx, ctx.body["provider"])
    if "idToken" in ctx.body:
        identity = await identity_of_id_token(provider, ctx.body["idToken"], keeps_refresh=True)
        await link_by_id_token(ctx, user, identity)
        return {"url": "", "status": True, "redirect": False}
    return await send_to_provider(ctx, provider, ctx.body, link_intent(ctx, session, user))
