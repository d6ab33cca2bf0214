"""Zoom: no scopes (they are part of the application), PKCE as an option."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.profile import all_set
from betterauth_py.oauth.provider import Pkce, ProfileMap, Provider, UserInfoRequest


@dataclass(frozen=True, kw_only=True)
class ZoomOptions(ProviderOptions):
    """`[social_providers.zoom]`."""

    pkce: bool = True
    """Whether Zoom's page gets a PKCE challenge."""


OPTIONS: Final = ZoomOptions


def provider(options: ZoomOptions) -> Provider:
    """Return the provider for these options."""
    return Provider(
        id="zoom",
        name="Zoom",
        authorization_endpoint="https://zoom.us/oauth/authorize",
        token_endpoint="https://zoom.us/oauth/token",
        takes_scopes=False,
        pkce=Pkce.SENT if options.pkce else Pkce.EXCHANGE_ONLY,
        user_info=UserInfoRequest(url="https://api.zoom.us/v2/users/me"),
        profile=ProfileMap(
            subject="id",
            user={
                "name": "display_name",
                "image": "pic_url",
                "email": "email",
                "emailVerified": all_set("verified"),
            },
        ),
    )
