"""Twitch: the profile is the ID token's claims, which have to be requested by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from betterauth_py.javascript.json import stringify
from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.provider import Pkce, ProfileMap, Provider

_ALWAYS: Final = ("email", "email_verified")


@dataclass(frozen=True, kw_only=True)
class TwitchOptions(ProviderOptions):
    """`[social_providers.twitch]`."""

    claims: list[str] | None = None
    """The claims to ask for besides `email` and `email_verified`. Unset: `preferred_username` and `picture`."""


OPTIONS: Final = TwitchOptions


def provider(options: TwitchOptions) -> Provider:
    """Return the provider for these options."""
    claims = ["preferred_username", "picture"] if options.claims is None else options.claims
    return Provider(
        id="twitch",
        name="Twitch",
        authorization_endpoint="https://id.twitch.tv/oauth2/authorize",
        token_endpoint="https://id.twitch.tv/oauth2/token",
        scopes=("user:read:email", "openid"),
        pkce=Pkce.NOT_USED,
        parameters={"claims": stringify({"id_token": dict.fromkeys((*_ALWAYS, *claims))}).decode()},
        profile=ProfileMap(
            subject="sub",
            user={
                "name": "preferred_username",
                "email": "email",
                "image": "picture",
                "emailVerified": "email_verified",
            },
        ),
    )
