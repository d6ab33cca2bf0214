"""Paybin: the profile is the ID token's claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.profile import first_of
from betterauth_py.oauth.provider import ProfileMap, Provider


@dataclass(frozen=True, kw_only=True)
class PaybinOptions(ProviderOptions):
    """`[social_providers.paybin]`."""

    issuer: str | None = None
    """Where Paybin runs, without a slash at the end. Unset: `https://idp.paybin.io`."""


OPTIONS: Final = PaybinOptions


def provider(options: PaybinOptions) -> Provider:
    """Return the provider for these options."""
    issuer = options.issuer or "https://idp.paybin.io"
    return Provider(
        id="paybin",
        name="Paybin",
        authorization_endpoint=f"{issuer}/oauth2/authorize",
        token_endpoint=f"{issuer}/oauth2/token",
        requires=("client_id", "client_secret"),
        scopes=("openid", "email", "profile"),
        parameters={"prompt": options.prompt},
        takes_login_hint=True,
        profile=ProfileMap(
            subject="sub",
            user={
                "name": first_of("name", "preferred_username", default=""),
                "email": "email",
                "image": "picture",
                "emailVerified": first_of("email_verified", default=False),
            },
        ),
    )
