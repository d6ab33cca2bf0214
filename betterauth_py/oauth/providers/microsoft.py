"""Microsoft Entra ID: many tenants, each with its own issuer; a photo; an assertion instead of a secret."""

from __future__ import annotations

import logging
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from betterauth_py.errors import ConfigurationError
from betterauth_py.oauth.errors import OAuthError
from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.profile import boolean_of, claims_of
from betterauth_py.oauth.provider import (
    AssertionRequest,
    ClientAuthentication,
    IdTokenVerification,
    ProfileMap,
    Provider,
)
from betterauth_py.oauth.social_provider import SocialProvider
from betterauth_py.oauth.tokens import JsonObject, Tokens
from betterauth_py.options.types import MaybeAwaitable

logger = logging.getLogger("betterauth")

# The tenant of all personal accounts.
_CONSUMERS: Final = "9188040d-6c67-4c5b-b112-36a304b66dad"
_MANY_TENANTS: Final = ("common", "organizations", "consumers")
_SCOPES: Final = ("openid", "profile", "email", "User.Read", "offline_access")
_PHOTO: Final = "https://graph.microsoft.com/v1.0/me/photos/{size}x{size}/%24value"
_LARGEST_PHOTO: Final = 262_144


@dataclass(frozen=True, kw_only=True)
class MicrosoftOptions(ProviderOptions):
    """`[social_providers.microsoft]`."""

    tenant_id: str = "common"
    """Whose users can sign in: those of one tenant (its id), of any (`organizations`), with personal accounts
    (`consumers`), or all of them (`common`)."""
    authority: str = "https://login.microsoftonline.com"
    """Another cloud's address, or that of a CIAM tenant."""
    client_assertion: Callable[[AssertionRequest], MaybeAwaitable[str]] | None = field(default=None, repr=False)
    """Returns a signed assertion (RFC 7523) in the place of a secret: for certificates and federated credentials."""
    profile_photo_size: int = 48
    """Pixels of the photo's sides: 48, 64, 96, 120, 240, 360, 432, 504 or 648."""
    disable_profile_photo: bool = False
    """Whether the photo is not asked for."""


OPTIONS: Final = MicrosoftOptions


def provider(options: MicrosoftOptions) -> Provider:
    """Return the provider for these options.

    Raises:
        ConfigurationError: if the options have both a secret and an assertion.
    """
    if options.client_secret and options.client_assertion:
        raise ConfigurationError(
            "Options `social_providers.microsoft.client_secret` and `client_assertion` exclude each other. Remove one."
        )
    tenant = options.tenant_id or "common"
    authority = (options.authority or "https://login.microsoftonline.com").rstrip("/")
    scopes = [*(() if options.disable_default_scope else _SCOPES), *options.scope]

    def is_of_the_tenant(claims: JsonObject) -> bool:
        tid = claims.get("tid")
        if not isinstance(tid, str) or claims.get("iss") != f"{authority}/{tid}/v2.0":
            return False
        return tenant not in ("organizations", "consumers") or (tid == _CONSUMERS) == (tenant == "consumers")

    return Provider(
        id="microsoft",
        name="Microsoft EntraID",
        authorization_endpoint=f"{authority}/{tenant}/oauth2/v2.0/authorize",
        token_endpoint=f"{authority}/{tenant}/oauth2/v2.0/token",
        scopes=_SCOPES,
        parameters={"prompt": options.prompt},
        takes_login_hint=True,
        client_authentication=options.client_assertion
        and ClientAuthentication(method="private_key_jwt", get_client_assertion=options.client_assertion),
        refresh_parameters={"scope": " ".join(scopes)},
        fetch_profile=partial(_fetch_profile, options),
        profile=ProfileMap(
            subject="oid",
            user={"name": "name", "email": "email", "image": "picture", "emailVerified": _is_verified},
        ),
        id_token=IdTokenVerification(
            jwks_url=f"{authority}/{tenant}/discovery/v2.0/keys",
            issuers=() if tenant in _MANY_TENANTS else (f"{authority}/{tenant}/v2.0",),
            audiences=options.client_ids,
            accepts=is_of_the_tenant,
        ),
    )


async def _fetch_profile(
    options: MicrosoftOptions, social: SocialProvider, tokens: Tokens
) -> tuple[JsonObject, JsonObject]:
    claims = claims_of(tokens, social.provider.profile)
    if not isinstance(claims.get("oid"), str) or not claims["oid"].strip():
        raise OAuthError("the ID token has no claim `oid`, which alone tells users apart")
    if not options.disable_profile_photo and tokens.access_token:
        photo = await _photo(social, tokens.access_token, options.profile_photo_size or 48)
        claims |= {} if photo is None else {"picture": photo}
    return claims, {}


async def _photo(social: SocialProvider, access_token: str, size: int) -> str | None:
    """Return the user's photo as a data URL; None without one: a missing photo does not stop the sign-in."""
    try:
        answer = await social.http.send(
            "GET", _PHOTO.format(size=size), headers={"authorization": f"Bearer {access_token}"}
        )
    except OAuthError as error:
        logger.warning("The photo of a user of Microsoft is not to be had: %s", error)
        return None
    if not answer.ok or not answer.content_type.startswith("image/") or len(answer.content) > _LARGEST_PHOTO:
        return None
    # With the space, and always as a JPEG, as in better-auth.
    return f"data:image/jpeg;base64, {b64encode(answer.content).decode()}"


def _is_verified(claims: JsonObject) -> bool:
    if "email_verified" in claims:
        return boolean_of(claims["email_verified"]) or False
    email = claims.get("email")
    return bool(email) and any(
        _names(claims.get(f"verified_{which}_email"), email) for which in ("primary", "secondary")
    )


def _names(addresses: Any, email: Any) -> bool:
    return email in addresses if isinstance(addresses, list) else addresses == email
