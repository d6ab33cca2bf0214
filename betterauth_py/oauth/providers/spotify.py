"""Spotify: does not say whether an address is verified."""

from __future__ import annotations

from typing import Final

from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.provider import ProfileMap, Provider, UserInfoRequest

OPTIONS: Final = ProviderOptions


def provider(options: ProviderOptions) -> Provider:
    """Return the provider for these options."""
    return Provider(
        id="spotify",
        name="Spotify",
        authorization_endpoint="https://accounts.spotify.com/authorize",
        token_endpoint="https://accounts.spotify.com/api/token",
        scopes=("user-read-email",),
        user_info=UserInfoRequest(url="https://api.spotify.com/v1/me"),
        profile=ProfileMap(
            subject="id",
            user={
                "name": "display_name",
                "email": "email",
                "image": ("images", 0, "url"),
                "emailVerified": False,
            },
        ),
    )
