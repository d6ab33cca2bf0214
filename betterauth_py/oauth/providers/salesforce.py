"""Salesforce: production, sandbox, or your own domain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.profile import first_of, known_of
from betterauth_py.oauth.provider import ProfileMap, Provider, UserInfoRequest


@dataclass(frozen=True, kw_only=True)
class SalesforceOptions(ProviderOptions):
    """`[social_providers.salesforce]`."""

    environment: Literal["production", "sandbox"] = "production"
    """Whether users sign in at `login.salesforce.com` or at `test.salesforce.com`."""
    login_url: str | None = None
    """The host where users sign in instead, without `https://`, such as `example.my.salesforce.com`."""


OPTIONS: Final = SalesforceOptions


def provider(options: SalesforceOptions) -> Provider:
    """Return the provider for these options."""
    login = "test" if options.environment == "sandbox" else "login"
    endpoints = f"https://{options.login_url or f'{login}.salesforce.com'}/services/oauth2"
    return Provider(
        id="salesforce",
        name="Salesforce",
        authorization_endpoint=f"{endpoints}/authorize",
        token_endpoint=f"{endpoints}/token",
        requires=("client_id", "client_secret"),
        scopes=("openid", "email", "profile"),
        user_info=UserInfoRequest(url=f"{endpoints}/userinfo"),
        profile=ProfileMap(
            subject="user_id",
            user={
                "name": "name",
                "email": "email",
                "image": first_of(("photos", "picture"), ("photos", "thumbnail")),
                "emailVerified": known_of("email_verified", default=False),
            },
        ),
    )
