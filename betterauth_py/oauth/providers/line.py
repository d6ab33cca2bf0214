"""LINE: the profile is in the ID token, or has to be requested; LINE itself verifies the ID tokens of clients."""

from __future__ import annotations

from typing import Final

from betterauth_py.oauth.id_token import read_claims
from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.profile import first_of, request_profile
from betterauth_py.oauth.provider import ProfileMap, Provider, UserInfoRequest
from betterauth_py.oauth.social_provider import SocialProvider
from betterauth_py.oauth.tokens import JsonObject, Tokens
from betterauth_py.urls.queries import encode_query

OPTIONS: Final = ProviderOptions
_API: Final = "https://api.line.me/oauth2/v2.1"


def provider(options: ProviderOptions) -> Provider:
    """Return the provider for these options."""
    return Provider(
        id="line",
        name="LINE",
        authorization_endpoint="https://access.line.me/oauth2/v2.1/authorize",
        token_endpoint=f"{_API}/token",
        scopes=("openid", "profile", "email"),
        takes_login_hint=True,
        fetch_profile=_fetch_profile,
        verify_id_token=_verify_id_token,
        profile=ProfileMap(
            subject="sub",
            user={"name": first_of("name", default=""), "email": "email", "image": "picture", "emailVerified": False},
        ),
    )


async def _fetch_profile(social: SocialProvider, tokens: Tokens) -> tuple[JsonObject, JsonObject]:
    claims = read_claims(tokens.id_token)
    if claims is None:
        claims = await request_profile(social, UserInfoRequest(url=f"{_API}/userinfo"), tokens)
    return claims, {}


async def _verify_id_token(social: SocialProvider, token: str, nonce: str | None) -> bool:
    """Let LINE check the signature (of a key that it shares with you), the issuer and the times."""
    client_id = social.options.primary_client_id or ""
    asked = {"id_token": token, "client_id": client_id, **({"nonce": nonce} if nonce else {})}
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = await social.http.send("POST", f"{_API}/verify", headers=headers, body=encode_query(asked))
    claims = answer.object or {}
    return claims.get("aud") == client_id and (claims.get("nonce") or None) == (nonce or None)
