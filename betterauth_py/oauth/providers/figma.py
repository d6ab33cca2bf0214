"""Figma: its token endpoint needs the credentials in the header."""

from __future__ import annotations

from typing import Final

from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.provider import BASIC, ProfileMap, Provider, UserInfoRequest

OPTIONS: Final = ProviderOptions


def provider(options: ProviderOptions) -> Provider:
    """Return the provider for these options."""
    return Provider(
        id="figma",
        name="Figma",
        authorization_endpoint="https://www.figma.com/oauth",
        token_endpoint="https://api.figma.com/v1/oauth/token",
        requires=("client_id", "client_secret"),
        client_authentication=BASIC,
        scopes=("current_user:read",),
        user_info=UserInfoRequest(url="https://api.figma.com/v1/me"),
        profile=ProfileMap(
            subject="id",
            user={"name": "handle", "email": "email", "image": "img_url", "emailVerified": False},
        ),
    )
