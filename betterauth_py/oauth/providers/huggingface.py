"""Hugging Face: OpenID Connect's user info, as standardized."""

from __future__ import annotations

from typing import Final

from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.profile import first_of, known_of
from betterauth_py.oauth.provider import ProfileMap, Provider, UserInfoRequest

OPTIONS: Final = ProviderOptions


def provider(options: ProviderOptions) -> Provider:
    """Return the provider for these options."""
    return Provider(
        id="huggingface",
        name="Hugging Face",
        authorization_endpoint="https://huggingface.co/oauth/authorize",
        token_endpoint="https://huggingface.co/oauth/token",
        scopes=("openid", "profile", "email"),
        user_info=UserInfoRequest(url="https://huggingface.co/oauth/userinfo"),
        profile=ProfileMap(
            subject="sub",
            user={
                "name": first_of("name", "preferred_username", default=""),
                "email": "email",
                "image": "picture",
                "emailVerified": known_of("email_verified", default=False),
            },
        ),
    )
