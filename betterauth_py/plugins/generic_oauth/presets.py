"""The services that better-auth has a helper for: their URLs, scopes and profiles."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from re import fullmatch
from typing import Any, Final

from betterauth_py.plugins import UNDEFINED, ConfigurationError, SocialProvider, Tokens
from betterauth_py.plugins.generic_oauth import microsoft
from betterauth_py.plugins.generic_oauth.options import GenericProviderOptions
from betterauth_py.plugins.tools import (
    JsonObject,
    OAuthError,
    Source,
    all_set,
    encode_uri_component,
    known_of,
    parse_url,
    read_claims,
    to_text,
    value_at,
)

Options = GenericProviderOptions
FetchProfile = Callable[[SocialProvider, Tokens], Awaitable[JsonObject]]
"""Returns a profile; raises OAuthError if there is none."""
_OPENID: Final = ("openid", "profile", "email")
_GUID: Final = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


@dataclass(frozen=True, kw_only=True)
class Preset:
    """The known options of a service; the deployment's options override them."""

    known: Callable[[Options, str], Mapping[str, Any]] = lambda options, path: {}
    """Gets the options and their path; returns the known options of the service."""
    subject: Source | None = None
    """The source of the user's immutable id in the profile."""
    fetch_profile: FetchProfile | None = None
    """Gets the profile, where that is not standard."""
    requires_verification: bool = False
    """Whether its ID tokens must be verified."""


def apply_preset(options: Options, path: str) -> tuple[Options, Preset]:
    """Return the options completed by those of their preset, and the preset.

    Raises:
        ConfigurationError: naming an option that the preset requires.
    """
    if options.preset is None:
        return options, Preset()
    preset = PRESETS[options.preset]
    known = {"provider_id": options.preset, **preset.known(options, path)}
    return replace(options, **{name: value for name, value in known.items() if getattr(options, name) is None}), preset


def _fixed(**known: Any) -> Callable[[Options, str], Mapping[str, Any]]:
    return lambda options, path: known


def _auth0(options: Options, path: str) -> Mapping[str, Any]:
    domain = _demand(options, "domain", path)
    url = parse_url(domain if domain.startswith(("http://", "https://")) else f"https://{domain}")
    if url is None:
        raise ConfigurationError(f"Option `{path}.domain`: {domain!r} is no domain. Write for example id.eu.auth0.com.")
    return {"discovery_url": f"https://{url.host}/.well-known/openid-configuration", "scopes": list(_OPENID)}


def _of_issuer(options: Options, path: str) -> Mapping[str, Any]:
    issuer = _demand(options, "issuer", path).removesuffix("/")
    return {"discovery_url": f"{issuer}/.well-known/openid-configuration", "scopes": list(_OPENID)}


def _microsoft(options: Options, path: str) -> Mapping[str, Any]:
    tenant = _demand(options, "tenant_id", path).lower()
    if not fullmatch(_GUID, tenant):
        raise ConfigurationError(
            f"Option `{path}.tenant_id`: {tenant!r} is not the id (GUID) of one tenant. For several tenants take the "
            "built-in provider: `[social_providers.microsoft]`."
        )
    login = f"https://login.microsoftonline.com/{tenant}"
    return {
        "discovery_url": f"{login}/v2.0/.well-known/openid-configuration",
        "authorization_url": f"{login}/oauth2/v2.0/authorize",
        "token_url": f"{login}/oauth2/v2.0/token",
        "scopes": list(_OPENID),
    }


def _demand(options: Options, name: str, path: str) -> str:
    value: str | None = getattr(options, name)
    if not value:
        raise ConfigurationError(
            f"Option `{path}.{name}` is missing, which the preset {options.preset!r} needs. Set it."
        )
    return value


def _asked(url: str, profile: Callable[[JsonObject], JsonObject], scheme: str = "Bearer") -> FetchProfile:
    """Return a function that requests `url` and turns the answer into a profile."""

    async def fetch(social: SocialProvider, tokens: Tokens) -> JsonObject:
        if not tokens.access_token:
            raise OAuthError("there is no access token")
        answer = await social.http.send("GET", url, headers={"authorization": f"{scheme} {tokens.access_token}"})
        return profile(_object(answer.object))

    return fetch


def _object(value: Any) -> JsonObject:
    if not isinstance(value, dict):
        raise OAuthError("the answer is an error, or not the object that it should be")
    return value


def _profile(answer: JsonObject, **sources: Source) -> JsonObject:
    found = {name: value_at(answer, source) for name, source in sources.items()}
    return {name: value for name, value in found.items() if value is not UNDEFINED}


def _of_gumroad(answer: JsonObject) -> JsonObject:
    if not all_set("success")(answer):
        raise OAuthError("the answer says itself that it is an error")
    user = _object(answer.get("user"))
    return _profile(user, id="user_id", name="name", email="email", image="profile_url", emailVerified=False)


async def _fetch_hubspot(social: SocialProvider, tokens: Tokens) -> JsonObject:
    if not tokens.access_token:
        raise OAuthError("there is no access token")
    # HubSpot takes the token in the path, without an `Authorization` header.
    url = f"https://api.hubapi.com/oauth/v1/access-tokens/{encode_uri_component(tokens.access_token)}"
    answer = _object((await social.http.send("GET", url, headers={"content-type": "application/json"})).object)
    profile = _profile(
        answer,
        id=known_of("user_id", ("signed_access_token", "userId")),
        name="user",
        email="user",
        emailVerified=False,
    )
    if not all_set("id")(profile):
        raise OAuthError("the answer names no user")
    return profile


async def _fetch_line(social: SocialProvider, tokens: Tokens) -> JsonObject:
    claims = read_claims(tokens.id_token)
    return await _userinfo_of_line(social, tokens) if claims is None else _of_line(claims)


def _of_line(answer: JsonObject) -> JsonObject:
    return _profile(answer, sub="sub", name="name", email="email", image="picture", emailVerified=False)


_userinfo_of_line: Final = _asked("https://api.line.me/oauth2/v2.1/userinfo", _of_line)


def _of_patreon(answer: JsonObject) -> JsonObject:
    user = _object(answer.get("data"))
    _object(user.get("attributes"))
    return _profile(
        user,
        id="id",
        name=("attributes", "full_name"),
        email=("attributes", "email"),
        image=("attributes", "image_url"),
        emailVerified=("attributes", "is_email_verified"),
    )


def _of_slack(answer: JsonObject) -> JsonObject:
    return _profile(
        answer,
        sub="sub",
        name="name",
        email="email",
        image=known_of("picture", "https://slack.com/user_image_512"),
        emailVerified=known_of("email_verified", default=False),
    )


def _of_yandex(answer: JsonObject) -> JsonObject:
    email = known_of("default_email", ("emails", 0))
    if not all_set(email)(answer):
        raise OAuthError("the user has no address, or does not show it")
    return _profile(
        answer,
        id="id",
        name=known_of("display_name", "real_name", "first_name", "login"),
        email=email,
        emailVerified=False,
        image=_picture_of_yandex,
    )


def _picture_of_yandex(answer: JsonObject) -> Any:
    if all_set("is_avatar_empty")(answer) or not all_set("default_avatar_id")(answer):
        return UNDEFINED
    return f"https://avatars.yandex.net/get-yapic/{to_text(answer['default_avatar_id'])}/islands-200"


_PATREON: Final = (
    "https://www.patreon.com/api/oauth2/v2/identity?fields%5Buser%5D=email%2Cfull_name%2Cimage_url%2Cis_email_verified"
)
PRESETS: Final = {
    "auth0": Preset(known=_auth0),
    "gumroad": Preset(
        known=_fixed(
            authorization_url="https://gumroad.com/oauth/authorize",
            token_url="https://api.gumroad.com/oauth/token",
            scopes=["view_profile"],
        ),
        subject="id",
        fetch_profile=_asked("https://api.gumroad.com/v2/user", _of_gumroad),
    ),
    "hubspot": Preset(
        known=_fixed(
            authorization_url="https://app.hubspot.com/oauth/authorize",
            token_url="https://api.hubapi.com/oauth/v1/token",
            scopes=["oauth"],
        ),
        subject="id",
        fetch_profile=_fetch_hubspot,
    ),
    "keycloak": Preset(known=_of_issuer),
    "line": Preset(
        known=_fixed(
            authorization_url="https://access.line.me/oauth2/v2.1/authorize",
            token_url="https://api.line.me/oauth2/v2.1/token",
            scopes=list(_OPENID),
        ),
        subject="sub",
        fetch_profile=_fetch_line,
    ),
    "microsoft-entra-id": Preset(
        known=_microsoft, subject="oid", fetch_profile=microsoft.fetch_profile, requires_verification=True
    ),
    "okta": Preset(known=_of_issuer),
    "patreon": Preset(
        known=_fixed(
            authorization_url="https://www.patreon.com/oauth2/authorize",
            token_url="https://www.patreon.com/api/oauth2/token",
            scopes=["identity[email]"],
        ),
        subject="id",
        fetch_profile=_asked(_PATREON, _of_patreon),
    ),
    "slack": Preset(
        known=_fixed(
            authorization_url="https://slack.com/openid/connect/authorize",
            token_url="https://slack.com/api/openid.connect.token",
            scopes=list(_OPENID),
        ),
        subject="sub",
        fetch_profile=_asked("https://slack.com/api/openid.connect.userInfo", _of_slack),
    ),
    "yandex": Preset(
        known=_fixed(
            authorization_url="https://oauth.yandex.com/authorize",
            token_url="https://oauth.yandex.com/token",
            scopes=["login:info", "login:email", "login:avatar"],
        ),
        subject="id",
        fetch_profile=_asked("https://login.yandex.ru/info?format=json", _of_yandex, scheme="OAuth"),
    ),
}
