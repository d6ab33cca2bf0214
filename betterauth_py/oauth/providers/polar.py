"""Polar."""

from __future__ import annotations

from typing import Final

from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.profile import first_of, known_of
from betterauth_py.oauth.provider import ProfileMap, Provider, UserInfoRequest

OPTIONS: Final = ProviderOptions


def provider(options: ProviderOptions) -> Provider:
    """Return the provider for these options."""
    return Provider(
        id="polar",
        name="Polar",
        authorization_endpoint="https://polar.sh/oauth2/authorize",
        token_endpoint="https://api.polar.sh/v1/oauth2/token",
        scopes=("openid", "profile", "email"),
        parameters={"prompt": options.prompt},
        user_info=UserInfoRequest(url="https://api.polar.sh/v1/oauth2/userinfo"),
        profile=ProfileMap(
            subject="id",
            user={
                "name": first_of("public_name", "username", default=""),
                "email": "email",
                "image": "avatar_url",
                "emailVerified": known_of("email_verified", default=False),
            },
        ),
    )
