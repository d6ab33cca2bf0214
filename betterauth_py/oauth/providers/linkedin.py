"""LinkedIn: OpenID Connect's user info, without PKCE."""

from __future__ import annotations

from typing import Final

from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.profile import known_of
from betterauth_py.oauth.provider import Pkce, ProfileMap, Provider, UserInfoRequest

OPTIONS: Final = ProviderOptions


def provider(options: ProviderOptions) -> Provider:
    """Return the provider for these options."""
    return Provider(
        id="linkedin",
        name="Linkedin",
        authorization_endpoint="https://www.linkedin.com/oauth/v2/authorization",
        token_endpoint="https://www.linkedin.com/oauth/v2/accessToken",
        scopes=("profile", "email", "openid"),
        pkce=Pkce.NOT_USED,
        takes_login_hint=True,
        user_info=UserInfoRequest(url="https://api.linkedin.com/v2/userinfo"),
        profile=ProfileMap(
            subject="sub",
            user={
                "name": "name",
                "email": "email",
                "emailVerified": known_of("email_verified", default=False),
                "image": "picture",
            },
        ),
    )
