"""The generic-oauth plugin in an auth: discovery at the start and later, wrong options, who gets which secret."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from betterauth_py import BetterAuth, ConfigurationError
from betterauth_py.crypto.jwks import ALL_ALGORITHMS
from betterauth_py.crypto.signing import encode_base64url
from betterauth_py.plugins.generic_oauth import generic_oauth, starting
from tests.conftest import SECRET, MakeAuth
from tests.http.client import Client
from tests.http.oauth_world import come_back

ISSUER = "https://id.example.com"
OPENID = {"provider_id": "openid", "discovery_url": f"{ISSUER}/discovery", "client_id": "web", "client_secret": "s"}
PLAIN = {
    "provider_id": "plain",
    "client_id": "web",
    "client_secret": "s",
    "authorization_url": f"{ISSUER}/authorize",
    "token_url": f"{ISSUER}/token",
}


@dataclass
class IdentityProvider:
    """An OpenID Connect provider that can be down."""

    is_down: bool = False
    id_token: str = ""
    keys: list[Any] = field(default_factory=list)
    document: dict[str, Any] = field(default_factory=dict)
    requests: list[httpx.Request] = field(default_factory=list)

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        await asyncio.sleep(0)
        if self.is_down:
            raise httpx.ConnectError("no route")
        endpoints = {"authorization_endpoint": f"{ISSUER}/authorize", "token_endpoint": f"{ISSUER}/token"}
        answers: dict[str, Any] = {
            "/discovery": {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys", **endpoints, **self.document},
            "/token": {"access_token": "a", "id_token": self.id_token},
            "/keys": {"keys": self.keys},
        }
        return httpx.Response(200, json=answers[request.url.path])

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self))


async def begin(client: Client, provider: str = "openid") -> dict[str, str] | int:
    """Begin a sign-in; return the parameters of the provider's page, or the status of the refusal."""
    reply = await client.post("/api/auth/sign-in/social", {"provider": provider, "callbackURL": "/in"})
    if reply.status != 200:
        return reply.status
    return {name: values[0] for name, values in parse_qs(urlsplit(reply.json()["url"]).query).items()}


KEYS: dict[str, Any] = {
    "RS256": RSAKey.generate_key(2048),
    **{name: ECKey.generate_key(curve) for name, curve in (("ES256", "P-256"), ("ES384", "P-384"), ("ES512", "P-521"))},
    "EdDSA": OKPKey.generate_key("Ed25519"),
}


@pytest.mark.parametrize("algorithm", ALL_ALGORITHMS)
async def test_id_tokens_of_every_algorithm_sign_in_by_keys_that_name_none(make_auth: MakeAuth, algorithm: str) -> None:
    key = KEYS.get(algorithm, KEYS["RS256"])
    provider = IdentityProvider(keys=[{**key.as_dict(private=False), "kid": "k"}])
    provider.document = {"id_token_signing_alg_values_supported": [algorithm, "HS256"]}
    auth = await make_auth(plugins=[generic_oauth(config=[OPENID])], http_client=provider.client())
    client = Client(auth.app)
    asked = await begin(client)
    assert isinstance(asked, dict)
    now = auth.context.clock.milliseconds() // 1000
    claims = {"iss": ISSUER, "sub": "7", "aud": "web", "iat": now, "exp": now + 60, "nonce": asked["nonce"]}
    parts = ({"alg": algorithm, "kid": "k"}, {**claims, "email": "ada@example.com", "email_verified": True})
    text = ".".join(encode_base64url(json.dumps(part).encode()) for part in parts)
    signature = encode_base64url(JWSRegistry.algorithms[algorithm].sign(text.encode(), key))
    provider.id_token = f"{text}.{signature}"
    reply = await come_back(client, asked["state"], provider="openid")
    assert reply.header("location") == "/in"
    accounts = await auth.context.rows.find_many("account")
    assert [(one["providerId"], one["accountId"]) for one in accounts] == [("openid", "7")]


async def test_a_provider_that_was_down_is_offered_once_it_answers(
    make_auth: MakeAuth, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = IdentityProvider(is_down=True)
    auth = await make_auth(plugins=[generic_oauth(config=[OPENID])], http_client=provider.client())
    client = Client(auth.app)
    assert await begin(client) == 404
    asked = len(provider.requests)
    assert [await begin(client) for _ in range(3)] == [404] * 3
    assert len(provider.requests) == asked, "strangers had a provider asked that had just failed"
    provider.is_down = False
    monkeypatch.setattr(starting, "_RESPITE", 0)
    statuses = await asyncio.gather(*(begin(Client(auth.app)) for _ in range(5)))
    assert all(isinstance(one, dict) for one in statuses)
    assert len(provider.requests) == asked + 1
    assert await begin(client, "unknown") == 404
    assert len(provider.requests) == asked + 1


async def test_a_provider_takes_the_place_of_a_built_in_one_once_it_is_discovered(
    make_auth: MakeAuth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starting, "_RESPITE", 0)
    provider = IdentityProvider(is_down=True)
    github = {"client_id": "built-in", "client_secret": "s"}
    auth = await make_auth(
        plugins=[generic_oauth(config=[{**OPENID, "provider_id": "github"}, PLAIN])],
        http_client=provider.client(),
        social_providers={"github": github},
    )
    client = Client(auth.app)
    first = await begin(client, "github")
    provider.is_down = False
    second = await begin(client, "github")
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert (first["client_id"], second["client_id"]) == ("built-in", "web")
    assert list(auth.context.oauth_providers) == ["github", "plain"]


async def test_a_function_of_refresh_parameters_gets_the_request(make_auth: MakeAuth) -> None:
    provider = IdentityProvider()
    seen: list[str | None] = []

    async def parameters(request: Any) -> dict[str, str]:
        seen.append(request and dict(request.headers).get("x-tenant"))
        return {"audience": "api"}

    config = {**PLAIN, "refresh_token_params": parameters}
    auth = await make_auth(plugins=[generic_oauth(config=[config])], http_client=provider.client())
    tokens = await auth.context.oauth_providers["plain"].refresh("r1")
    assert tokens.access_token == "a"
    assert seen == [None]
    assert parse_qs(provider.requests[-1].content.decode())["audience"] == ["api"]


WRONG: list[tuple[Any, str]] = [
    ({"client_id": "a"}, "config[0].provider_id` is missing"),
    ({**PLAIN, "client_id": ""}, "config[0].client_id` is empty"),
    ({"provider_id": "a"}, "config[0].client_id` is missing"),
    ({**PLAIN, "authorization_url": None}, "config[0].authorization_url` is missing"),
    ({**PLAIN, "token_url": None}, "config[0].token_url` is missing"),
    (
        {**PLAIN, "token_url": "id.example.com/token"},
        "config[0].token_url`: 'id.example.com/token' is not an https:// URL",
    ),
    ({**PLAIN, "require_id_token_verification": True}, "config[0].require_id_token_verification` needs"),
    ({**PLAIN, "client_secret": None, "authentication": "basic"}, "config[0].client_secret` is missing"),
    ({**PLAIN, "token_endpoint_auth": {"method": "none"}}, "config[0].client_secret` does not go with"),
    ({"preset": "auth0", "client_id": "a"}, "config[0].domain` is missing"),
    ({"preset": "auth0", "client_id": "a", "domain": "a b"}, "config[0].domain`: 'a b' is no domain"),
    ({"preset": "okta", "client_id": "a"}, "config[0].issuer` is missing"),
    ({"preset": "okta", "client_id": "a", "issuer": "a"}, "config[0].discovery_url`: 'a/.well-known"),
    ({"preset": "microsoft-entra-id", "client_id": "a", "tenant_id": "common"}, "is not the id (GUID) of one tenant"),
    ({"preset": "okto", "client_id": "a"}, "config[0].preset` must be"),
    ({**PLAIN, "clientSecret": "a"}, "Did you mean `client_secret`?"),
]


@pytest.mark.parametrize(("config", "message"), WRONG, ids=[message for _, message in WRONG])
def test_wrong_options_stop_the_start(config: Any, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        BetterAuth(secret=SECRET, plugins={"generic-oauth": {"config": [config]}})
    assert message in str(caught.value)


def test_two_providers_of_one_id_stop_the_start() -> None:
    with pytest.raises(ConfigurationError, match=r"'plain' is the id of `plugins.generic-oauth.config"):
        generic_oauth(config=[PLAIN, PLAIN])


def test_no_secret_is_shown() -> None:
    config = {**PLAIN, "client_secret": "the-secret", "authorization_headers": {"x": "the-secret"}}
    assert "the-secret" not in repr(generic_oauth(config=[config]))
