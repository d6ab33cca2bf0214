"""Facebook: only an inspection shows for which app an access token was issued; Limited Login has ID tokens."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from betterauth_py.oauth.errors import OAuthError
from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.profile import claims_of, known_of, request_profile, value_at
from betterauth_py.oauth.provider import IdTokenVerification, Pkce, ProfileMap, Provider, UserInfoRequest
from betterauth_py.oauth.social_provider import SocialProvider
from betterauth_py.oauth.tokens import JsonObject, Tokens
from betterauth_py.urls.queries import encode_query

_FIELDS: Final = ("id", "name", "email", "picture")


@dataclass(frozen=True, kw_only=True)
class FacebookOptions(ProviderOptions):
    """`[social_providers.facebook]`."""

    fields: list[str] = field(default_factory=list)
    """Fields of the profile to ask for, besides `id`, `name`, `email` and `picture`."""
    config_id: str | None = None
    """The configuration of Facebook Login for Business."""


OPTIONS: Final = FacebookOptions


def provider(options: FacebookOptions) -> Provider:
    """Return the provider for these options."""
    return Provider(
        id="facebook",
        name="Facebook",
        authorization_endpoint="https://www.facebook.com/v24.0/dialog/oauth",
        token_endpoint="https://graph.facebook.com/v24.0/oauth/access_token",
        requires=("client_id", "client_secret"),
        scopes=("email", "public_profile"),
        pkce=Pkce.NOT_USED,
        takes_login_hint=True,
        default_parameters={"config_id": options.config_id} if options.config_id else {},
        fetch_profile=partial(_fetch_profile, options.fields),
        check_tokens=_check_tokens,
        profile=ProfileMap(
            subject=lambda profile: profile.get("sub" if "sub" in profile else "id"),
            user={
                "name": "name",
                "email": "email",
                "image": _picture,
                "emailVerified": known_of("email_verified", default=False),
            },
        ),
        id_token=IdTokenVerification(
            jwks_url="https://limited.facebook.com/.well-known/oauth/openid/jwks/",
            issuers=("https://www.facebook.com",),
            audiences=options.client_ids,
            max_age=None,
            allows_opaque=True,
        ),
    )


async def _fetch_profile(more: list[str], social: SocialProvider, tokens: Tokens) -> tuple[JsonObject, JsonObject]:
    if tokens.id_token and tokens.id_token.count(".") == 2:
        return claims_of(tokens, social.provider.profile), {"emailVerified": False}
    if not tokens.access_token:
        raise OAuthError("there is neither an ID token nor an access token")
    user_id = await _user_of(social, tokens.access_token)
    url = f"https://graph.facebook.com/me?{encode_query({'fields': ','.join((*_FIELDS, *more))})}".replace("+", "%20")
    profile = await request_profile(social, UserInfoRequest(url=url), tokens)
    if profile.get("id") != user_id:
        raise OAuthError("the profile is another user's than the access token")
    return profile, {}


async def _check_tokens(social: SocialProvider, tokens: Tokens) -> bool:
    is_opaque = tokens.id_token is not None and tokens.id_token.count(".") != 2
    token = tokens.access_token or (tokens.id_token if is_opaque else None)
    if token:
        await _user_of(social, token)
    return True


async def _user_of(social: SocialProvider, access_token: str) -> str:
    """Return the id of the access token's user, only if the token was issued for this app."""
    options = social.options
    asked = {"input_token": access_token, "access_token": f"{options.primary_client_id}|{options.client_secret}"}
    url = f"https://graph.facebook.com/debug_token?{encode_query(asked)}".replace("+", "%20")
    data = value_at((await social.http.send("GET", url)).object, "data")
    if not isinstance(data, dict) or data.get("is_valid") is not True or data.get("app_id") not in options.client_ids:
        raise OAuthError("the access token is not one for this app")
    user_id: Any = data.get("user_id")
    if not isinstance(user_id, str) or not user_id:
        raise OAuthError("the access token is not a user's")
    return user_id


def _picture(profile: JsonObject) -> Any:
    """Return the picture's URL: the ID token's claim, or the nested value of Graph's answer."""
    return value_at(profile, ("picture", "data", "url") if isinstance(profile.get("picture"), dict) else "picture")
