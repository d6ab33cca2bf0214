"""Discord: scopes of a request come first, bots ask for permissions, and picture URLs have to be composed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from betterauth_py.javascript.values import UNDEFINED
from betterauth_py.oauth.authorization import authorization_url, scopes_of
from betterauth_py.oauth.errors import OAuthError
from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.profile import first_of, request_profile
from betterauth_py.oauth.provider import AuthorizationRequest, Pkce, ProfileMap, Provider, UserInfoRequest
from betterauth_py.oauth.social_provider import SocialProvider
from betterauth_py.oauth.tokens import JsonObject, Tokens
from betterauth_py.wire.coercion import to_text

_CDN: Final = "https://cdn.discordapp.com"
# As better-auth writes it: Discord accepts `@` as well.
_USER: Final = UserInfoRequest(url="https://discord.com/api/users/%40me")


@dataclass(frozen=True, kw_only=True)
class DiscordOptions(ProviderOptions):
    """`[social_providers.discord]`."""

    permissions: int | None = None
    """What a bot may do on the server it is added to, as Discord's bit field. Sent with the scope `bot` only."""


OPTIONS: Final = DiscordOptions


def provider(options: DiscordOptions) -> Provider:
    """Return the provider for these options."""
    return Provider(
        id="discord",
        name="Discord",
        authorization_endpoint="https://discord.com/api/oauth2/authorize",
        token_endpoint="https://discord.com/api/oauth2/token",
        scopes=("identify", "email"),
        request_scopes_first=True,
        pkce=Pkce.NOT_USED,
        parameters={"prompt": options.prompt or "none"},
        default_parameters={} if options.permissions is None else {"permissions": str(options.permissions)},
        build_authorization_url=_authorization_url,
        fetch_profile=_fetch_profile,
        profile=ProfileMap(
            subject="id",
            user={
                "name": first_of("global_name", "username", default=""),
                "email": "email",
                "emailVerified": "verified",
                "image": "image_url",
            },
        ),
    )


def _authorization_url(social: SocialProvider, request: AuthorizationRequest) -> str:
    provider = social.provider
    if "bot" not in scopes_of(provider, social.options, request):
        provider = replace(provider, default_parameters={})
    return authorization_url(provider, social.options, request)


async def _fetch_profile(social: SocialProvider, tokens: Tokens) -> tuple[JsonObject, JsonObject]:
    profile = await request_profile(social, _USER, tokens)
    profile["image_url"] = _picture(profile)
    return profile, {}


def _picture(profile: JsonObject) -> str:
    """Return the URL of the user's picture (Discord's reference, "Image Formatting")."""
    user_id, avatar = to_text(profile.get("id", UNDEFINED)), profile.get("avatar")
    if isinstance(avatar, str):
        return f"{_CDN}/avatars/{user_id}/{avatar}.{'gif' if avatar.startswith('a_') else 'png'}"
    discriminator = profile.get("discriminator")
    if avatar is not None or "avatar" not in profile or not isinstance(discriminator, str):
        raise OAuthError("the answer says nothing of a picture")
    try:
        # Users without a discriminator get one of six pictures by their id, the others one of five.
        number = (int(user_id) >> 22) % 6 if discriminator == "0" else int(discriminator) % 5
    except ValueError:
        raise OAuthError("the answer has an id or a discriminator that is no number") from None
    return f"{_CDN}/embed/avatars/{number}.png"
