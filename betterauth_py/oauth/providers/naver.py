"""Naver: the user is inside an envelope, but the profile is the whole envelope."""

from __future__ import annotations

from typing import Final

from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.profile import first_of
from betterauth_py.oauth.provider import Pkce, ProfileMap, Provider, UserInfoRequest

OPTIONS: Final = ProviderOptions


def provider(options: ProviderOptions) -> Provider:
    """Return the provider for these options."""
    return Provider(
        id="naver",
        name="Naver",
        authorization_endpoint="https://nid.naver.com/oauth2.0/authorize",
        token_endpoint="https://nid.naver.com/oauth2.0/token",
        scopes=("profile", "email"),
        pkce=Pkce.NOT_USED,
        user_info=UserInfoRequest(url="https://openapi.naver.com/v1/nid/me"),
        profile=ProfileMap(
            accepts=lambda answer: answer.get("resultcode") == "00",
            subject=("response", "id"),
            user={
                "name": first_of(("response", "name"), ("response", "nickname"), default=""),
                "email": ("response", "email"),
                "image": ("response", "profile_image"),
                "emailVerified": False,
            },
        ),
    )
