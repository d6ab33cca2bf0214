"""Notion: no scopes; the user is part of the integration's description of itself."""

from __future__ import annotations

from typing import Final

from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.profile import first_of
from betterauth_py.oauth.provider import BASIC, POST, Pkce, ProfileMap, Provider, UserInfoRequest

OPTIONS: Final = ProviderOptions


def provider(options: ProviderOptions) -> Provider:
    """Return the provider for these options."""
    return Provider(
        id="notion",
        name="Notion",
        authorization_endpoint="https://api.notion.com/v1/oauth/authorize",
        token_endpoint="https://api.notion.com/v1/oauth/token",
        requires=("client_id", "client_secret"),
        client_authentication=BASIC,
        refresh_authentication=POST,
        pkce=Pkce.NOT_USED,
        takes_login_hint=True,
        fixed_parameters={"owner": "user"},
        user_info=UserInfoRequest(url="https://api.notion.com/v1/users/me", headers={"notion-version": "2022-06-28"}),
        profile=ProfileMap(
            subject="id",
            user={
                "name": first_of("name", default=""),
                "email": first_of(("person", "email"), default=None),
                "image": "avatar_url",
                "emailVerified": False,
            },
            within=("bot", "owner", "user"),
        ),
    )
