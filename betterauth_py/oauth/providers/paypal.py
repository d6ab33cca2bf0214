"""PayPal: no scopes; a sandbox by default; the profile must be of the ID token's user."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

from betterauth_py.oauth.errors import OAuthError
from betterauth_py.oauth.id_token import read_claims
from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.profile import known_of, request_profile
from betterauth_py.oauth.provider import BASIC, ProfileMap, Provider, UserInfoRequest
from betterauth_py.oauth.social_provider import SocialProvider
from betterauth_py.oauth.tokens import JsonObject, Tokens


@dataclass(frozen=True, kw_only=True)
class PayPalOptions(ProviderOptions):
    """`[social_providers.paypal]`."""

    environment: Literal["sandbox", "live"] = "sandbox"
    """Whether accounts are for tests or real."""
    request_shipping_address: bool = False
    """Accepted for configurations that come from better-auth; without effect, there as here."""

    @property
    def sandbox(self) -> str:
        """What stands in the names of hosts."""
        return "sandbox." if self.environment == "sandbox" else ""


OPTIONS: Final = PayPalOptions


def provider(options: PayPalOptions) -> Provider:
    """Return the provider for these options."""
    api = f"https://api-m.{options.sandbox}paypal.com"
    user_info = UserInfoRequest(
        url=f"{api}/v1/identity/oauth2/userinfo?schema=paypalv1.1", headers={"accept": "application/json"}
    )
    return Provider(
        id="paypal",
        name="PayPal",
        authorization_endpoint=f"https://www.{options.sandbox}paypal.com/signin/authorize",
        token_endpoint=f"{api}/v1/oauth2/token",
        requires=("client_id", "client_secret"),
        client_authentication=BASIC,
        takes_scopes=False,
        parameters={"prompt": options.prompt},
        fetch_profile=partial(_fetch_profile, user_info),
        profile=ProfileMap(
            subject="user_id",
            user={"name": "name", "email": "email", "image": "picture", "emailVerified": "email_verified"},
        ),
    )


async def _fetch_profile(
    request: UserInfoRequest, social: SocialProvider, tokens: Tokens
) -> tuple[JsonObject, JsonObject]:
    profile = await request_profile(social, request, tokens)
    if tokens.id_token:
        subject = (read_claims(tokens.id_token) or {}).get("sub")
        if not subject or known_of("sub", "user_id")(profile) != subject:
            raise OAuthError("the profile is another user's than the ID token")
    return profile, {}
