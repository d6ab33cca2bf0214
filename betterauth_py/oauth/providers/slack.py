"""Slack: the claims' names are URLs; errors come with status 200 and without a user."""

from __future__ import annotations

from typing import Final

from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.profile import first_of
from betterauth_py.oauth.provider import Pkce, ProfileMap, Provider, UserInfoRequest

OPTIONS: Final = ProviderOptions


def provider(options: ProviderOptions) -> Provider:
    """Return the provider for these options."""
    return Provider(
        id="slack",
        name="Slack",
        authorization_endpoint="https://slack.com/openid/connect/authorize",
        token_endpoint="https://slack.com/api/openid.connect.token",
        scopes=("openid", "profile", "email"),
        request_scopes_first=True,
        pkce=Pkce.NOT_USED,
        user_info=UserInfoRequest(url="https://slack.com/api/openid.connect.userInfo"),
        profile=ProfileMap(
            subject="https://slack.com/user_id",
            user={
                "name": first_of("name", default=""),
                "email": "email",
                "emailVerified": "email_verified",
                "image": first_of("picture", "https://slack.com/user_image_512"),
            },
        ),
    )
