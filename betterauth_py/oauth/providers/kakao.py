"""Kakao: the profile is part of the account, which may have none."""

from __future__ import annotations

from typing import Final

from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.profile import all_set, first_of
from betterauth_py.oauth.provider import Pkce, ProfileMap, Provider, UserInfoRequest

OPTIONS: Final = ProviderOptions
_ACCOUNT: Final = "kakao_account"


def provider(options: ProviderOptions) -> Provider:
    """Return the provider for these options."""
    return Provider(
        id="kakao",
        name="Kakao",
        authorization_endpoint="https://kauth.kakao.com/oauth/authorize",
        token_endpoint="https://kauth.kakao.com/oauth/token",
        scopes=("account_email", "profile_image", "profile_nickname"),
        pkce=Pkce.NOT_USED,
        takes_login_hint=True,
        user_info=UserInfoRequest(url="https://kapi.kakao.com/v2/user/me"),
        profile=ProfileMap(
            subject="id",
            user={
                "name": first_of((_ACCOUNT, "profile", "nickname"), (_ACCOUNT, "name"), default=""),
                "email": (_ACCOUNT, "email"),
                "image": first_of(
                    (_ACCOUNT, "profile", "profile_image_url"), (_ACCOUNT, "profile", "thumbnail_image_url")
                ),
                # An address that was verified once but belongs to another user now is no longer valid.
                "emailVerified": all_set((_ACCOUNT, "is_email_valid"), (_ACCOUNT, "is_email_verified")),
            },
        ),
    )
