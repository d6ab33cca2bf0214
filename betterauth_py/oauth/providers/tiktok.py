"""TikTok: a client key instead of a client id, its own form of the authorization URL, no addresses."""

from __future__ import annotations

from typing import Final

from betterauth_py.oauth.authorization import additional_parameters, scopes_of
from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.profile import first_of, placeholder_email, value_at
from betterauth_py.oauth.provider import (
    AuthorizationRequest,
    ClientAuthentication,
    Pkce,
    ProfileMap,
    Provider,
    TokenRequest,
    UserInfoRequest,
)
from betterauth_py.oauth.social_provider import SocialProvider
from betterauth_py.oauth.tokens import JsonObject
from betterauth_py.urls.queries import encode_query

OPTIONS: Final = ProviderOptions
_FIELDS: Final = "open_id%2Cavatar_large_url%2Cdisplay_name%2Cusername"


def provider(options: ProviderOptions) -> Provider:
    """Return the provider for these options."""

    def authenticate(request: TokenRequest) -> None:
        request.body.pop("client_key", None)
        request.body.update(client_key=options.client_key or "", client_secret=options.client_secret or "")

    return Provider(
        id="tiktok",
        name="TikTok",
        authorization_endpoint="https://www.tiktok.com/v2/auth/authorize",
        token_endpoint="https://open.tiktokapis.com/v2/oauth/token/",
        requires=("client_key", "client_secret"),
        client_authentication=ClientAuthentication(method="custom", customize_request=authenticate),
        scopes=("user.info.profile",),
        pkce=Pkce.EXCHANGE_ONLY,
        build_authorization_url=_build_authorization_url,
        user_info=UserInfoRequest(url=f"https://open.tiktokapis.com/v2/user/info/?fields={_FIELDS}"),
        profile=ProfileMap(
            subject=("data", "user", "open_id"),
            user={
                "email": first_of(("data", "user", "email"), _placeholder),
                "name": first_of(("data", "user", "display_name"), ("data", "user", "username"), default=""),
                "image": ("data", "user", "avatar_large_url"),
                "emailVerified": False,
            },
            accepts=lambda answer: isinstance(value_at(answer, ("data", "user")), dict),
        ),
    )


def _build_authorization_url(social: SocialProvider, request: AuthorizationRequest) -> str:
    provider, options = social.provider, social.options
    parameters = {
        "scope": ",".join(scopes_of(provider, options, request)),
        "response_type": "code",
        "client_key": options.client_key or "",
        "redirect_uri": options.redirect_uri or request.redirect_uri,
        "state": request.state,
    }
    # The request's own parameters cannot replace the client key.
    parameters = {**parameters, **additional_parameters(provider, request), "client_key": options.client_key or ""}
    return f"{provider.authorization_endpoint}?{encode_query(parameters)}"


def _placeholder(profile: JsonObject) -> str:
    return placeholder_email(value_at(profile, ("data", "user", "open_id")), "tiktok")
