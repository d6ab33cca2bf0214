"""Roblox: gives no addresses, so every user gets a placeholder."""

from __future__ import annotations

from typing import Final

from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.profile import first_of, placeholder_email, value_at
from betterauth_py.oauth.provider import Pkce, ProfileMap, Provider, UserInfoRequest

OPTIONS: Final = ProviderOptions


def provider(options: ProviderOptions) -> Provider:
    """Return the provider for these options."""
    return Provider(
        id="roblox",
        name="Roblox",
        authorization_endpoint="https://apis.roblox.com/oauth/v1/authorize",
        token_endpoint="https://apis.roblox.com/oauth/v1/token",
        scopes=("openid", "profile"),
        pkce=Pkce.NOT_USED,
        parameters={"prompt": options.prompt or "select_account consent"},
        user_info=UserInfoRequest(url="https://apis.roblox.com/oauth/v1/userinfo"),
        profile=ProfileMap(
            subject="sub",
            user={
                "name": first_of("nickname", "preferred_username", default=""),
                "image": "picture",
                "email": lambda profile: placeholder_email(value_at(profile, "sub"), "roblox"),
                "emailVerified": False,
            },
        ),
    )
