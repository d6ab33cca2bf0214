"""Apple: answers by POST; names the user once, in the callback; ID tokens may hold the hash of the nonce."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.profile import boolean_of, claims_of
from betterauth_py.oauth.provider import IdTokenVerification, ProfileMap, Provider
from betterauth_py.oauth.social_provider import SocialProvider
from betterauth_py.oauth.tokens import JsonObject, Tokens


@dataclass(frozen=True, kw_only=True)
class AppleOptions(ProviderOptions):
    """`[social_providers.apple]`."""

    app_bundle_identifier: str | None = None
    """The bundle id of an app whose ID tokens are accepted, in the place of `client_id`."""
    audience: str | list[str] | None = None
    """Whose ID tokens are accepted, in the place of both."""

    @property
    def audiences(self) -> tuple[str, ...]:
        """Whom an ID token may be for."""
        given = self.audience or self.app_bundle_identifier or self.client_id or ()
        return (given,) if isinstance(given, str) else tuple(given)


OPTIONS: Final = AppleOptions


def provider(options: AppleOptions) -> Provider:
    """Return the provider for these options."""
    return Provider(
        id="apple",
        name="Apple",
        authorization_endpoint="https://appleid.apple.com/auth/authorize",
        token_endpoint="https://appleid.apple.com/auth/token",
        requires=("client_id", "client_secret"),
        scopes=("email", "name"),
        response_type="code id_token",
        parameters={"response_mode": "form_post"},
        fetch_profile=_fetch_profile,
        profile=ProfileMap(
            subject="sub",
            user={
                "name": "name",
                "emailVerified": lambda profile: boolean_of(profile.get("email_verified")) or False,
                "email": "email",
            },
        ),
        id_token=IdTokenVerification(
            jwks_url="https://appleid.apple.com/auth/keys",
            issuers=("https://appleid.apple.com",),
            audiences=options.audiences,
            hashed_nonce=True,
        ),
    )


async def _fetch_profile(social: SocialProvider, tokens: Tokens) -> tuple[JsonObject, JsonObject]:
    claims = claims_of(tokens, social.provider.profile)
    posted = (tokens.posted_user or {}).get("name")
    return {**claims, "name": _full_name(posted) if posted or posted == {} else claims.get("name") or ""}, {}


def _full_name(name: Any) -> str:
    parts = [name.get(part) for part in ("firstName", "lastName")] if isinstance(name, dict) else []
    return " ".join(part for part in parts if isinstance(part, str)).strip()
