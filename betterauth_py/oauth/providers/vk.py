"""VK: requires a device id, returns the profile for a form; a user without an address is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from betterauth_py.oauth.errors import OAuthError
from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.profile import all_set, value_at
from betterauth_py.oauth.provider import ProfileMap, Provider
from betterauth_py.oauth.social_provider import SocialProvider
from betterauth_py.oauth.tokens import JsonObject, Tokens
from betterauth_py.urls.queries import encode_query
from betterauth_py.wire.coercion import to_text

_USER_INFO: Final = "https://id.vk.com/oauth2/user_info"
_FORM: Final = {"content-type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, kw_only=True)
class VkOptions(ProviderOptions):
    """`[social_providers.vk]`."""

    scheme: Literal["light", "dark"] | None = None
    """Accepted for configurations that come from better-auth; without effect, there as here."""


OPTIONS: Final = VkOptions


def provider(options: VkOptions) -> Provider:
    """Return the provider for these options."""
    return Provider(
        id="vk",
        name="VK",
        authorization_endpoint="https://id.vk.com/authorize",
        token_endpoint="https://id.vk.com/oauth2/auth",
        scopes=("email", "phone"),
        takes_device_id=True,
        fetch_profile=_fetch_profile,
        profile=ProfileMap(
            subject=("user", "user_id"),
            user={
                "first_name": ("user", "first_name"),
                "last_name": ("user", "last_name"),
                "email": ("user", "email"),
                "image": ("user", "avatar"),
                "emailVerified": False,
                "birthday": ("user", "birthday"),
                "sex": ("user", "sex"),
                "name": _name,
            },
            completed=_with_an_address,
        ),
    )


async def _fetch_profile(social: SocialProvider, tokens: Tokens) -> tuple[JsonObject, JsonObject]:
    if not tokens.access_token:
        raise OAuthError("there is no access token")
    form = {"access_token": tokens.access_token, "client_id": social.options.primary_client_id or ""}
    answer = await social.http.send("POST", _USER_INFO, headers=_FORM, body=encode_query(form))
    if answer.object is None or not isinstance(answer.object.get("user"), dict):
        raise OAuthError("the answer is an error, or has no user")
    return answer.object, {}


def _name(profile: JsonObject) -> str:
    return " ".join(to_text(value_at(profile, ("user", name))) for name in ("first_name", "last_name"))


def _with_an_address(profile: JsonObject, user: JsonObject) -> JsonObject:
    if not all_set(("user", "email"))(profile) and not all_set("email")(user):
        raise OAuthError("the user has no address, or does not show it")
    return user
