"""Vercel: no default scopes, a choice of client authentication, no refresh tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.profile import known_of
from betterauth_py.oauth.provider import ClientAuthentication, ProfileMap, Provider, UserInfoRequest


@dataclass(frozen=True, kw_only=True)
class VercelOptions(ProviderOptions):
    """`[social_providers.vercel]`."""

    token_endpoint_auth: ClientAuthentication | None = None
    """How this server proves to Vercel who it is, such as `{ method = "client_secret_basic" }`. Unset: by the secret in
    the body if there is one."""


OPTIONS: Final = VercelOptions


def provider(options: VercelOptions) -> Provider:
    """Return the provider for these options."""
    return Provider(
        id="vercel",
        name="Vercel",
        authorization_endpoint="https://vercel.com/oauth/authorize",
        token_endpoint="https://api.vercel.com/login/oauth/token",
        client_authentication=options.token_endpoint_auth,
        can_refresh=False,
        user_info=UserInfoRequest(url="https://api.vercel.com/login/oauth/userinfo"),
        profile=ProfileMap(
            subject="sub",
            user={
                "name": known_of("name", "preferred_username", default=""),
                "email": "email",
                "image": "picture",
                "emailVerified": known_of("email_verified", default=False),
            },
        ),
    )
