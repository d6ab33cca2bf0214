"""Railway: does not say whether an address is verified."""

from __future__ import annotations

from typing import Final

from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.provider import BASIC, ProfileMap, Provider, UserInfoRequest

OPTIONS: Final = ProviderOptions


def provider(options: ProviderOptions) -> Provider:
    """Return the provider for these options."""
    return Provider(
        id="railway",
        name="Railway",
        authorization_endpoint="https://backboard.railway.com/oauth/auth",
        token_endpoint="https://backboard.railway.com/oauth/token",
        requires=("client_id", "client_secret"),
        client_authentication=BASIC,
        scopes=("openid", "email", "profile"),
        user_info=UserInfoRequest(url="https://backboard.railway.com/oauth/me"),
        profile=ProfileMap(
            subject="sub",
            user={"name": "name", "email": "email", "image": "picture", "emailVerified": False},
        ),
    )
