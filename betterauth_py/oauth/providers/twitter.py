"""Twitter (X): the address takes a second request; a user without one gets a placeholder."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.oauth.errors import OAuthError
from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.profile import first_of, placeholder_email, request_profile, value_at
from betterauth_py.oauth.provider import BASIC, ProfileMap, Provider, UserInfoRequest
from betterauth_py.oauth.social_provider import SocialProvider
from betterauth_py.oauth.tokens import JsonObject, Tokens

OPTIONS: Final = ProviderOptions
_ME: Final = "https://api.x.com/2/users/me?user.fields="


def provider(options: ProviderOptions) -> Provider:
    """Return the provider for these options."""
    return Provider(
        id="twitter",
        name="Twitter",
        authorization_endpoint="https://x.com/i/oauth2/authorize",
        token_endpoint="https://api.x.com/2/oauth2/token",
        requires=("client_id", "client_secret"),
        client_authentication=BASIC,
        scopes=("users.read", "tweet.read", "offline.access", "users.email"),
        fetch_profile=_fetch_profile,
        profile=ProfileMap(
            subject=("data", "id"),
            user={
                "name": ("data", "name"),
                "email": first_of(("data", "email"), _placeholder),
                "image": ("data", "profile_image_url"),
                "emailVerified": False,
            },
        ),
    )


async def _fetch_profile(social: SocialProvider, tokens: Tokens) -> tuple[JsonObject, JsonObject]:
    profile = await request_profile(social, UserInfoRequest(url=f"{_ME}profile_image_url"), tokens)
    data = profile.get("data")
    if not isinstance(data, dict):
        raise OAuthError("the answer has no data")
    headers = {"authorization": f"Bearer {tokens.access_token}"}
    answer = await social.http.send("GET", f"{_ME}confirmed_email", headers=headers)
    email: Any = value_at(answer.object, ("data", "confirmed_email"))
    if not email:
        return profile, {}
    data["email"] = email
    return profile, {"emailVerified": True}


def _placeholder(profile: JsonObject) -> str:
    return placeholder_email(value_at(profile, ("data", "id")), "twitter")
