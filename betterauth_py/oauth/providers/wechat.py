"""WeChat: requests by GET with everything in the query, its own form of the authorization URL, no addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from betterauth_py.clock import now
from betterauth_py.oauth.authorization import additional_parameters, scopes_of
from betterauth_py.oauth.errors import OAuthError
from betterauth_py.oauth.exchange import expiry
from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.profile import first_of, placeholder_email
from betterauth_py.oauth.provider import AuthorizationRequest, CodeExchange, Pkce, ProfileMap, Provider
from betterauth_py.oauth.social_provider import SocialProvider
from betterauth_py.oauth.tokens import JsonObject, Tokens, text_of
from betterauth_py.urls.queries import encode_query

_API: Final = "https://api.weixin.qq.com/sns"


@dataclass(frozen=True, kw_only=True)
class WeChatOptions(ProviderOptions):
    """`[social_providers.wechat]`."""

    lang: Literal["cn", "en"] = "cn"
    """The language of WeChat's page."""
    platform_type: Literal["WebsiteApp"] = "WebsiteApp"
    """Accepted for configurations that come from better-auth; without effect, there as here."""


OPTIONS: Final = WeChatOptions


def provider(options: WeChatOptions) -> Provider:
    """Return the provider for these options."""
    return Provider(
        id="wechat",
        name="WeChat",
        authorization_endpoint="https://open.weixin.qq.com/connect/qrconnect",
        token_endpoint=f"{_API}/oauth2/access_token",
        requires=("client_id", "client_secret"),
        scopes=("snsapi_login",),
        pkce=Pkce.NOT_USED,
        parameters={"lang": options.lang},
        build_authorization_url=_build_authorization_url,
        exchange=_exchange,
        refresh=_refresh,
        fetch_profile=_fetch_profile,
        profile=ProfileMap(
            subject=first_of("unionid", "openid"),
            user={"name": "nickname", "email": "email", "image": "headimgurl", "emailVerified": False},
        ),
    )


def _build_authorization_url(social: SocialProvider, request: AuthorizationRequest) -> str:
    provider, options = social.provider, social.options
    parameters = {
        "scope": ",".join(scopes_of(provider, options, request)),
        "response_type": "code",
        "appid": options.primary_client_id or "",
        "redirect_uri": options.redirect_uri or request.redirect_uri,
        "state": request.state,
        "lang": provider.parameters["lang"] or "cn",
    }
    # The request's own parameters cannot replace the app id.
    parameters = {**parameters, **additional_parameters(provider, request), "appid": parameters["appid"]}
    return f"{provider.authorization_endpoint}?{encode_query(parameters)}#wechat_redirect"


async def _exchange(social: SocialProvider, exchange: CodeExchange) -> Tokens:
    asked = {"secret": social.options.client_secret or "", "code": exchange.code, "grant_type": "authorization_code"}
    return await _tokens(social, social.provider.token_endpoint, asked)


async def _refresh(social: SocialProvider, refresh_token: str) -> Tokens:
    asked = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    return await _tokens(social, f"{_API}/oauth2/refresh_token", asked)


async def _tokens(social: SocialProvider, endpoint: str, asked: Mapping[str, str]) -> Tokens:
    query = encode_query({"appid": social.options.primary_client_id or "", **asked}).replace("+", "%20")
    data = (await social.http.send("GET", f"{endpoint}?{query}")).object
    if data is None or data.get("errcode") or not isinstance(data.get("scope"), str):
        raise OAuthError("the token endpoint gives no tokens")
    return Tokens(
        token_type="Bearer",
        access_token=text_of(data, "access_token"),
        refresh_token=text_of(data, "refresh_token"),
        access_token_expires_at=expiry(data.get("expires_in"), now(social.clock)),
        scopes=tuple(data["scope"].split(",")),
        raw=data,
    )


async def _fetch_profile(social: SocialProvider, tokens: Tokens) -> tuple[JsonObject, JsonObject]:
    # Only the code exchange's answer names the user of the tokens: stored tokens cannot find the user.
    openid = tokens.raw.get("openid")
    if not openid or not isinstance(openid, str) or not tokens.access_token:
        raise OAuthError("it is not said whose tokens these are")
    query = encode_query({"access_token": tokens.access_token, "openid": openid, "lang": "zh_CN"})
    profile = (await social.http.send("GET", f"{_API}/userinfo?{query.replace('+', '%20')}")).object
    if profile is None or profile.get("errcode"):
        raise OAuthError("the answer is an error")
    if profile.get("email"):
        return profile, {}
    return profile, {"email": placeholder_email(first_of("unionid", "openid", default=openid)(profile), "wechat")}
