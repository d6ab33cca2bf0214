"""The world outside as a case says it is, and what this server's provider does in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from re import sub
from typing import Any

import httpx

from betterauth_py.clock import ManualClock
from betterauth_py.errors import ConfigurationError
from betterauth_py.javascript.dates import to_wire
from betterauth_py.javascript.json import parse, stringify
from betterauth_py.javascript.values import UNDEFINED
from betterauth_py.oauth.errors import OAuthError
from betterauth_py.oauth.http import ProviderClient
from betterauth_py.oauth.provider import AuthorizationRequest, CodeExchange, TokenRequest
from betterauth_py.oauth.registry import find_provider
from betterauth_py.oauth.social_provider import SocialProvider
from betterauth_py.oauth.tokens import Tokens
from betterauth_py.options.load import load_group
from betterauth_py.plugins.generic_oauth.checks import checked
from betterauth_py.plugins.generic_oauth.discovery import discover
from betterauth_py.plugins.generic_oauth.options import GenericProviderOptions
from betterauth_py.plugins.generic_oauth.providers import make_provider as generic_provider

NOW = datetime(2026, 11, 30, 10, tzinfo=UTC)
_BY_THE_LIBRARY = {"host", "connection", "accept-encoding", "content-length"}
_DEFAULTS = {("accept", "*/*"), ("user-agent", f"python-httpx/{httpx.__version__}")}


def _own_user(tokens: Tokens) -> dict[str, Any]:
    user = {"name": tokens.access_token or "nobody", "email": "own@example.com", "emailVerified": True}
    return {"user": user, "data": {"id": "own", "sub": "own"}}


def _failing(*given: Any) -> None:
    raise KeyError("key")


def _own_profile(tokens: Tokens) -> dict[str, Any]:
    name = tokens.access_token or "nobody"
    return {"id": "own", "name": name, "email": "own@example.com", "emailVerified": "true", "image": "i"}


def _fail(*given: Any) -> Any:
    raise ValueError("fails")


async def _customize(request: TokenRequest) -> None:
    request.body["custom"] = request.grant_type
    request.headers["x-custom"] = "yes"


# The same as in reference.mjs.
_FUNCTIONS: dict[str, Any] = {
    "mapped": lambda profile: {"name": "Mapped object", "email": "mapped@example.com", "nickname": "m"},
    "mappedToNothing": lambda profile: None,
    "verified": lambda profile: {"email": "mapped@example.com", "emailVerified": True},
    "nullImage": lambda profile: {"image": None},
    "ownProfile": _own_profile,
    "ownProfileOfAnother": lambda tokens: {"sub": "other", "name": "Other", "email": "other@example.com"},
    "ownSubject": lambda profile, tokens: f"{tokens.access_token} of {profile['name']}",
    "exchanged": lambda asked: Tokens(access_token=asked.code, refresh_token=asked.code_verifier, scopes=("own",)),
    "refreshParameters": lambda request: {"audience": "own"},
    "fails": _fail,
    "noEmail": lambda profile: {"email": None},
    "ownUser": _own_user,
    "ownTokens": lambda token: Tokens(access_token=f"new of {token}", scopes=("a",)),
    "nobody": lambda tokens: None,
    "believe": lambda token, nonce: nonce == "nonce" or token == "believed",
    "assertion": lambda asked: f"assertion of {asked.client_id} for {asked.token_endpoint}",
    "customize": _customize,
    "failing": _failing,
}


class World(httpx.AsyncBaseTransport):
    """Answers as a case says, and remembers what it was asked."""

    def __init__(self, answers: list[dict[str, Any]]) -> None:
        self._answers = answers
        self._asked: Counter[str] = Counter()
        self.requests: list[dict[str, Any]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = (await request.aread()).decode()
        headers = {
            name: value
            for name, value in sorted(request.headers.items())
            if name not in _BY_THE_LIBRARY and (name, value) not in _DEFAULTS
        }
        self.requests.append({"method": request.method, "url": str(request.url), "headers": headers, "body": body})
        key = f"{request.method} {str(request.url).partition('?')[0]}"
        possible = [answer for answer in self._answers if answer["request"] == key]
        self._asked[key] += 1
        answer: dict[str, Any] = possible[min(self._asked[key], len(possible)) - 1] if possible else {"fails": True}
        if answer.get("fails"):
            raise httpx.ConnectError("refused", request=request)
        return httpx.Response(answer["status"], headers=answer["headers"], content=answer["body"].encode("latin-1"))


async def play(provider_id: str, case: dict[str, Any]) -> dict[str, Any]:
    """Return what this server's provider does: the result, and what it asked outside."""
    world = World(case["answers"])
    async with httpx.AsyncClient(transport=world) as client:
        try:
            is_generic = provider_id.startswith("generic-oauth/")
            made = await _make_generic(case["options"], client) if is_generic else None
            provider = made or make_provider(provider_id, case["options"], client)
            result = await _CALLS[case["call"]](provider, case["request"])
        except ConfigurationError as error:
            result = {"refuses to start": str(error)}
        except OAuthError:
            result = None
    return {"result": parse(stringify(result)), "requests": world.requests}


def make_provider(provider_id: str, options: dict[str, Any], client: httpx.AsyncClient) -> SocialProvider:
    """Return the provider for better-auth's options."""
    home = find_provider(provider_id)
    assert home is not None, f"no module for {provider_id}"
    loaded = load_group(home.options, _our_options(options), f"social_providers.{provider_id}")
    return SocialProvider(home.make(loaded), loaded, client=lambda: client, clock=ManualClock(NOW))


async def _make_generic(options: dict[str, Any], client: httpx.AsyncClient) -> SocialProvider:
    """Return the provider of generic-oauth for better-auth's options.

    Raises:
        OAuthError: if it has to be discovered and cannot be.
    """
    loaded = load_group(GenericProviderOptions, _our_options(options), "plugins.generic-oauth.config[0]")
    configured = checked([loaded], "plugins.generic-oauth.config")[0]
    is_discovered = configured.options.discovery_url is not None
    found = await discover(configured.options, ProviderClient(lambda: client)) if is_discovered else None
    return SocialProvider(*generic_provider(configured, found), client=lambda: client, clock=ManualClock(NOW))


def _our_options(value: Any) -> Any:
    if isinstance(value, list):
        return [_our_options(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$fn" in value:
        return _FUNCTIONS[value["$fn"]]
    return {sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower(): _our_options(item) for name, item in value.items()}


async def _authorize(provider: SocialProvider, request: dict[str, Any]) -> Any:
    return await provider.authorization_url(
        AuthorizationRequest(
            state=request["state"],
            code_verifier=request["codeVerifier"],
            redirect_uri=request["redirectURI"],
            scopes=tuple(request.get("scopes", ())),
            login_hint=request.get("loginHint"),
            nonce=request.get("nonce"),
            additional_parameters=request.get("additionalParams", {}),
        )
    )


async def _exchanged(provider: SocialProvider, request: dict[str, Any]) -> Tokens:
    return await provider.exchange(
        CodeExchange(
            code=request["code"],
            redirect_uri=request["redirectURI"],
            code_verifier=request["codeVerifier"],
            device_id=request.get("deviceId"),
        )
    )


async def _exchange(provider: SocialProvider, request: dict[str, Any]) -> Any:
    return _shown_tokens(await _exchanged(provider, request))


async def _refresh(provider: SocialProvider, request: dict[str, Any]) -> Any:
    if not provider.can_refresh:
        return "unsupported"
    return _shown_tokens(await provider.refresh(request["refreshToken"]))


async def _sign_in(provider: SocialProvider, request: dict[str, Any]) -> Any:
    tokens = replace(await _exchanged(provider, request), expected_nonce=request.get("nonce"))
    return await _shown_user(provider, tokens, request)


async def _id_token(provider: SocialProvider, request: dict[str, Any]) -> Any:
    if not provider.supports_id_token_sign_in:
        return "unsupported"
    if not await provider.verify_id_token(request["token"], request.get("nonce")):
        return "invalid"
    tokens = Tokens(id_token=request["token"], access_token=request.get("accessToken"))
    return await _shown_user(provider, tokens, request)


_CALLS = {
    "authorize": _authorize,
    "exchange": _exchange,
    "refresh": _refresh,
    "sign_in": _sign_in,
    "id_token": _id_token,
}


async def _shown_user(provider: SocialProvider, tokens: Tokens, request: dict[str, Any]) -> Any:
    user = await provider.user(replace(tokens, posted_user=request.get("user")))
    return None if user is None else {"user": user.fields, "data": user.profile, "subject": user.subject}


def _shown_tokens(tokens: Tokens) -> dict[str, Any]:
    shown = {
        "tokenType": tokens.token_type,
        "accessToken": tokens.access_token,
        "refreshToken": tokens.refresh_token,
        "accessTokenExpiresAt": tokens.access_token_expires_at and to_wire(tokens.access_token_expires_at),
        "refreshTokenExpiresAt": tokens.refresh_token_expires_at and to_wire(tokens.refresh_token_expires_at),
        "scopes": None if tokens.scopes is None else list(tokens.scopes),
        "idToken": tokens.id_token,
    }
    return {name: UNDEFINED if value is None else value for name, value in shown.items()}
