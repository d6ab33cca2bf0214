"""Linear: the user is requested by GraphQL."""

from __future__ import annotations

from typing import Final

from betterauth_py.javascript.json import stringify
from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.provider import Pkce, ProfileMap, Provider, UserInfoRequest

OPTIONS: Final = ProviderOptions
_FIELDS: Final = ("id", "name", "email", "avatarUrl", "active", "createdAt", "updatedAt")


def provider(options: ProviderOptions) -> Provider:
    """Return the provider for these options."""
    return Provider(
        id="linear",
        name="Linear",
        authorization_endpoint="https://linear.app/oauth/authorize",
        token_endpoint="https://api.linear.app/oauth/token",
        scopes=("read",),
        pkce=Pkce.NOT_USED,
        takes_login_hint=True,
        user_info=UserInfoRequest(
            url="https://api.linear.app/graphql",
            method="POST",
            headers={"content-type": "application/json"},
            body=stringify({"query": _query()}).decode(),
        ),
        profile=ProfileMap(
            within=("data", "viewer"),
            subject="id",
            user={"name": "name", "email": "email", "image": "avatarUrl", "emailVerified": False},
        ),
    )


def _query() -> str:
    """Return the query with better-auth's white space, so that the request is the same to the byte."""
    lines = [(7, "query {"), (8, "viewer {"), *((9, name) for name in _FIELDS), (8, "}"), (7, "}")]
    return "".join("\n" + "\t" * depth + text for depth, text in lines) + "\n" + "\t" * 6
