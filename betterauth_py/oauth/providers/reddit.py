"""Reddit: gives no addresses, so users get the one that `map_profile_to_user` returns, or a placeholder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from betterauth_py.javascript.values import UNDEFINED
from betterauth_py.oauth.errors import OAuthError
from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.profile import first_of, known_of, placeholder_email, value_at
from betterauth_py.oauth.provider import BASIC, Pkce, ProfileMap, Provider, UserInfoRequest
from betterauth_py.oauth.tokens import JsonObject

# Reddit refuses requests without a distinctive user agent.
_AGENT: Final = {"user-agent": "better-auth"}


@dataclass(frozen=True, kw_only=True)
class RedditOptions(ProviderOptions):
    """`[social_providers.reddit]`."""

    duration: Literal["temporary", "permanent"] | None = None
    """`permanent` for a refresh token; Reddit's default is `temporary`, an hour."""


OPTIONS: Final = RedditOptions


def provider(options: RedditOptions) -> Provider:
    """Return the provider for these options."""
    return Provider(
        id="reddit",
        name="Reddit",
        authorization_endpoint="https://www.reddit.com/api/v1/authorize",
        token_endpoint="https://www.reddit.com/api/v1/access_token",
        requires=("client_id", "client_secret"),
        client_authentication=BASIC,
        exchange_headers={**_AGENT, "accept": "text/plain"},
        scopes=("identity",),
        pkce=Pkce.NOT_USED,
        parameters={"duration": options.duration},
        user_info=UserInfoRequest(url="https://oauth.reddit.com/api/v1/me", headers=_AGENT),
        profile=ProfileMap(subject="id", user={"name": "name", "image": _image}, completed=_with_email),
    )


def _image(profile: JsonObject) -> Any:
    image = known_of("icon_img", default=None)(profile)
    if image is None:
        return UNDEFINED
    if isinstance(image, str):
        return image.partition("?")[0]
    raise OAuthError("the picture is no URL")


def _with_email(profile: JsonObject, user: JsonObject) -> JsonObject:
    email = first_of("email")(user) or placeholder_email(value_at(profile, "id"), "reddit")
    return {**user, "email": email, "emailVerified": known_of("emailVerified", default=False)(user)}
