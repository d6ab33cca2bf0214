"""ID tokens that a client has obtained from the provider itself, and sends instead of being redirected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from betterauth_py.core.auth_context import logger
from betterauth_py.flows.oauth.identity import Identity, identity_of
from betterauth_py.oauth.social_provider import SocialProvider
from betterauth_py.oauth.tokens import Tokens
from betterauth_py.wire.errors import APIError, BaseErrorCodes


async def identity_of_id_token(provider: SocialProvider, sent: Mapping[str, Any], *, keeps_refresh: bool) -> Identity:
    """Return the identity of an ID token; `keeps_refresh` says whether to keep the refresh token sent with it.

    Raises:
        APIError: 404 if the provider does not support ID tokens, 401 if the token is invalid or gives no user.
    """
    if not provider.supports_id_token_sign_in:
        raise APIError.of(404, BaseErrorCodes.ID_TOKEN_NOT_SUPPORTED)
    if not await provider.verify_id_token(sent["token"], sent.get("nonce")):
        logger.warning("An ID token of %s is not good", provider.id)
        raise APIError.of(401, BaseErrorCodes.INVALID_TOKEN)
    tokens = Tokens(
        id_token=sent["token"],
        access_token=sent.get("accessToken"),
        refresh_token=sent.get("refreshToken"),
        posted_user=sent.get("user"),
    )
    identity = await identity_of(provider, tokens)
    if identity is None:
        raise APIError.of(401, BaseErrorCodes.FAILED_TO_GET_USER_INFO)
    if not identity.user.email:
        logger.error("%s gives no address of the user", provider.id)
        raise APIError.of(401, BaseErrorCodes.USER_EMAIL_NOT_FOUND)
    return identity if keeps_refresh else replace(identity, tokens=replace(tokens, refresh_token=None))
