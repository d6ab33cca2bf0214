"""Google: the profile is the ID token's claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.provider import IdTokenVerification, ProfileMap, Provider
from betterauth_py.oauth.tokens import JsonObject


@dataclass(frozen=True, kw_only=True)
class GoogleOptions(ProviderOptions):
    """`[social_providers.google]`."""

    access_type: Literal["offline", "online"] | None = None
    """`offline` for a refresh token."""
    display: Literal["page", "popup", "touch", "wap"] | None = None
    """How Google's page is shown."""
    hd: str | None = None
    """The Google Workspace domain that users have to be of, or `*` for any. Tokens of others are refused."""
    include_granted_scopes: bool = True
    """Whether scopes that the user has granted before are granted again."""


OPTIONS: Final = GoogleOptions


def provider(options: GoogleOptions) -> Provider:
    """Return the provider for these options."""

    def is_a_member(claims: JsonObject) -> bool:
        return is_of_hosted_domain(options.hd, claims.get("hd"))

    return Provider(
        id="google",
        name="Google",
        authorization_endpoint="https://accounts.google.com/o/oauth2/v2/auth",
        token_endpoint="https://oauth2.googleapis.com/token",
        requires=("client_id", "client_secret"),
        scopes=("email", "profile", "openid"),
        parameters={
            "display": options.display,
            "prompt": options.prompt,
            "hd": options.hd,
            "access_type": options.access_type,
        },
        takes_login_hint=True,
        default_parameters={"include_granted_scopes": "true"} if options.include_granted_scopes else {},
        profile=ProfileMap(
            subject="sub",
            user={"name": "name", "email": "email", "image": "picture", "emailVerified": "email_verified"},
            accepts=is_a_member,
        ),
        id_token=IdTokenVerification(
            jwks_url="https://www.googleapis.com/oauth2/v3/certs",
            issuers=("https://accounts.google.com", "accounts.google.com"),
            audiences=options.client_ids,
            accepts=is_a_member,
        ),
    )


def is_of_hosted_domain(wanted: str | None, claimed: Any) -> bool:
    """Return whether the claim `hd` is the domain that the option requires; `*` accepts any domain, but needs one."""
    if not wanted:
        return True
    return isinstance(claimed, str) and claimed != "" and wanted in ("*", claimed)
