"""Dropbox: the profile is requested by POST."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.profile import first_of
from betterauth_py.oauth.provider import ProfileMap, Provider, UserInfoRequest


@dataclass(frozen=True, kw_only=True)
class DropboxOptions(ProviderOptions):
    """`[social_providers.dropbox]`."""

    access_type: Literal["offline", "online", "legacy"] | None = None
    """`offline` for a refresh token, `legacy` for an access token that does not end."""


OPTIONS: Final = DropboxOptions


def provider(options: DropboxOptions) -> Provider:
    """Return the provider for these options."""
    return Provider(
        id="dropbox",
        name="Dropbox",
        authorization_endpoint="https://www.dropbox.com/oauth2/authorize",
        token_endpoint="https://api.dropboxapi.com/oauth2/token",
        scopes=("account_info.read",),
        default_parameters={"token_access_type": options.access_type} if options.access_type else {},
        user_info=UserInfoRequest(url="https://api.dropboxapi.com/2/users/get_current_account", method="POST"),
        profile=ProfileMap(
            subject="account_id",
            user={
                "name": ("name", "display_name"),
                "email": "email",
                "emailVerified": first_of("email_verified", default=False),
                "image": "profile_photo_url",
            },
        ),
    )
