"""GitHub: no ID token; addresses come from a separate endpoint; errors come with status 200."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.clock import now
from betterauth_py.oauth.errors import OAuthError
from betterauth_py.oauth.exchange import error_code, request_code_exchange, tokens_of
from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.profile import first_of, request_profile
from betterauth_py.oauth.provider import CodeExchange, ProfileMap, Provider, UserInfoRequest
from betterauth_py.oauth.social_provider import SocialProvider
from betterauth_py.oauth.tokens import JsonObject, Tokens

OPTIONS: Final = ProviderOptions
# GitHub's API refuses requests without a user agent.
_HEADERS: Final = {"user-agent": "better-auth"}
_USER: Final = UserInfoRequest(url="https://api.github.com/user", headers=_HEADERS)
_EMAILS: Final = "https://api.github.com/user/emails"


def provider(options: ProviderOptions) -> Provider:
    """Return the provider for these options."""
    return Provider(
        id="github",
        name="GitHub",
        authorization_endpoint="https://github.com/login/oauth/authorize",
        token_endpoint="https://github.com/login/oauth/access_token",
        scopes=("read:user", "user:email"),
        parameters={"prompt": options.prompt},
        takes_login_hint=True,
        exchange=_exchange,
        fetch_profile=_fetch_profile,
        profile=ProfileMap(
            subject="id",
            user={
                "name": first_of("name", "login", default=""),
                "email": "email",
                "image": "avatar_url",
                "emailVerified": False,
            },
        ),
    )


async def _exchange(social: SocialProvider, exchange: CodeExchange) -> Tokens:
    answer = await request_code_exchange(social.http, social.provider, social.options, exchange)
    if not isinstance(answer.data, dict) or "error" in answer.data:
        raise OAuthError(f"the token endpoint gives no tokens{error_code(answer)}")
    return tokens_of(answer, now(social.clock))


async def _fetch_profile(social: SocialProvider, tokens: Tokens) -> tuple[JsonObject, JsonObject]:
    profile = await request_profile(social, _USER, tokens)
    headers = {**_HEADERS, "authorization": f"Bearer {tokens.access_token}"}
    answer = await social.http.send("GET", _EMAILS, headers=headers)
    if not answer.ok or answer.data is None:
        return profile, {}
    if not isinstance(answer.data, list):
        raise OAuthError("the answer is no list of addresses")
    emails: list[JsonObject] = [email for email in answer.data if isinstance(email, dict)]
    if not profile.get("email"):
        chosen = next((email for email in emails if email.get("primary")), next(iter(emails), {}))
        if "email" in chosen:
            profile["email"] = chosen["email"]
        else:
            profile.pop("email", None)
    verified: Any = next(
        (email.get("verified") for email in emails if email.get("email") == profile.get("email")), None
    )
    return profile, {"emailVerified": False if verified is None else verified}
