"""GitLab: its own site or another server; blocked users are refused."""

from __future__ import annotations

from dataclasses import dataclass
from re import sub
from typing import Final

from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.profile import all_set, known_of
from betterauth_py.oauth.provider import ProfileMap, Provider, UserInfoRequest
from betterauth_py.oauth.tokens import JsonObject


@dataclass(frozen=True, kw_only=True)
class GitLabOptions(ProviderOptions):
    """`[social_providers.gitlab]`."""

    issuer: str | None = None
    """The URL of your own GitLab. Unset: `https://gitlab.com`."""


OPTIONS: Final = GitLabOptions
_is_locked = all_set("locked")


def provider(options: GitLabOptions) -> Provider:
    """Return the provider for these options."""
    issuer = options.issuer or "https://gitlab.com"
    return Provider(
        id="gitlab",
        name="Gitlab",
        authorization_endpoint=_joined(issuer, "oauth/authorize"),
        token_endpoint=_joined(issuer, "oauth/token"),
        scopes=("read_user",),
        takes_login_hint=True,
        user_info=UserInfoRequest(url=_joined(issuer, "api/v4/user")),
        profile=ProfileMap(
            accepts=_may_sign_in,
            subject="id",
            user={
                "name": known_of("name", "username", default=""),
                "email": "email",
                "image": "avatar_url",
                "emailVerified": known_of("email_verified", default=False),
            },
        ),
    )


def _joined(issuer: str, path: str) -> str:
    return sub("(?<!:)/{2,}", "/", f"{issuer}/{path}")


def _may_sign_in(profile: JsonObject) -> bool:
    return profile.get("state") == "active" and not _is_locked(profile)
