"""Atlassian: the audience is always its API, whatever a request asks for."""

from __future__ import annotations

from typing import Final

from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.provider import ProfileMap, Provider, UserInfoRequest

OPTIONS: Final = ProviderOptions


def provider(options: ProviderOptions) -> Provider:
    """Return the provider for these options."""
    return Provider(
        id="atlassian",
        name="Atlassian",
        authorization_endpoint="https://auth.atlassian.com/authorize",
        token_endpoint="https://auth.atlassian.com/oauth/token",
        requires=("client_id", "client_secret"),
        scopes=("read:jira-user", "offline_access"),
        parameters={"prompt": options.prompt},
        fixed_parameters={"audience": "api.atlassian.com"},
        user_info=UserInfoRequest(url="https://api.atlassian.com/me"),
        profile=ProfileMap(
            subject="account_id",
            user={"name": "name", "email": "email", "image": "picture", "emailVerified": False},
        ),
    )
