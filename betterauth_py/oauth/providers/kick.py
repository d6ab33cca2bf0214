"""Kick: its API answers with a list of users, the first of which is the one who signs in."""

from __future__ import annotations

from typing import Final

from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.provider import ProfileMap, Provider, UserInfoRequest

OPTIONS: Final = ProviderOptions


def provider(options: ProviderOptions) -> Provider:
    """Return the provider for these options."""
    return Provider(
        id="kick",
        name="Kick",
        authorization_endpoint="https://id.kick.com/oauth/authorize",
        token_endpoint="https://id.kick.com/oauth/token",
        scopes=("user:read",),
        user_info=UserInfoRequest(url="https://api.kick.com/public/v1/users"),
        profile=ProfileMap(
            within=("data", 0),
            subject="user_id",
            user={"name": "name", "email": "email", "image": "profile_picture", "emailVerified": False},
        ),
    )
