"""Amazon Cognito: a user pool with its own domain, which needs the scopes, joined by `%20`, at the end of the URL."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from re import sub
from typing import Any, Final

from betterauth_py.javascript.values import encode_uri_component
from betterauth_py.oauth.authorization import authorization_url
from betterauth_py.oauth.id_token import read_claims
from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.profile import boolean_of, first_of, request_profile
from betterauth_py.oauth.provider import (
    AuthorizationRequest,
    IdTokenVerification,
    ProfileMap,
    Provider,
    UserInfoRequest,
)
from betterauth_py.oauth.social_provider import SocialProvider
from betterauth_py.oauth.tokens import JsonObject, Tokens
from betterauth_py.urls.queries import take_query_parameter


@dataclass(frozen=True, kw_only=True)
class CognitoOptions(ProviderOptions):
    """`[social_providers.cognito]`."""

    domain: str | None = None
    """The domain of the pool's pages, such as `example.auth.us-east-1.amazoncognito.com`. Required."""
    region: str | None = None
    """The pool's region, such as `us-east-1`. Required."""
    user_pool_id: str | None = None
    """The pool's id, such as `us-east-1_ab12cd34`. Required."""
    require_client_secret: bool = False
    """Whether a missing `client_secret` stops the start. Public clients have none."""
    identity_provider: str | None = None
    """The pool's identity provider that users are sent on to, such as `Google`."""


OPTIONS: Final = CognitoOptions


def provider(options: CognitoOptions) -> Provider:
    """Return the provider for these options."""
    pages = f"https://{sub('^https?://', '', options.domain or '')}/oauth2"
    issuer = f"https://cognito-idp.{options.region}.amazonaws.com/{options.user_pool_id}"
    secret = ("client_secret",) if options.require_client_secret else ()
    return Provider(
        id="cognito",
        name="Cognito",
        authorization_endpoint=f"{pages}/authorize",
        token_endpoint=f"{pages}/token",
        requires=("domain", "region", "user_pool_id", "client_id", *secret),
        scopes=("openid", "profile", "email"),
        parameters={"prompt": options.prompt},
        default_parameters={"identity_provider": options.identity_provider} if options.identity_provider else {},
        build_authorization_url=_build_authorization_url,
        fetch_profile=partial(_fetch_profile, UserInfoRequest(url=f"{pages}/userinfo")),
        profile=ProfileMap(
            subject="sub",
            user={"name": _name, "email": "email", "image": "picture", "emailVerified": "email_verified"},
        ),
        id_token=IdTokenVerification(
            jwks_url=f"{issuer}/.well-known/jwks.json", issuers=(issuer,), audiences=options.client_ids
        ),
    )


def _build_authorization_url(social: SocialProvider, request: AuthorizationRequest) -> str:
    url, scopes = take_query_parameter(authorization_url(social.provider, social.options, request), "scope")
    return f"{url}&scope={encode_uri_component(scopes)}" if scopes else url


async def _fetch_profile(
    request: UserInfoRequest, social: SocialProvider, tokens: Tokens
) -> tuple[JsonObject, JsonObject]:
    claims = read_claims(tokens.id_token)
    if claims is not None:
        return {**claims, "name": _name(claims)}, {}
    profile = await request_profile(social, request, tokens)
    return profile, {"emailVerified": boolean_of(profile.get("email_verified")) or False}


_name: Any = first_of("name", "given_name", "username", default="")
