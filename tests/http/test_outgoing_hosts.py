"""What a stranger sends never chooses whom this server asks (OWASP, SSRF Prevention; RFC 8725, 3.10)."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any, NoReturn

import httpx
import pytest

from betterauth_py import BetterAuth
from betterauth_py.clock import ManualClock
from tests.conftest import MakeAuth
from tests.http.client import Client
from tests.http.oauth_world import begin, come_back
from tests.http.people import sign_up
from tests.oauth.signing import public_keys, sign

EVIL = "https://evil.test"
SOCIAL = {"client_id": "web", "client_secret": "secret"}
GENERIC = {"provider_id": "acme", "discovery_url": "https://id.test/.well-known/openid-configuration", **SOCIAL}
DISCOVERED = {
    "issuer": "https://id.test",
    "authorization_endpoint": "https://id.test/authorize",
    "token_endpoint": "https://id.test/token",
    "userinfo_endpoint": "https://id.test/me",
    "jwks_uri": "https://id.test/keys",
    "id_token_signing_alg_values_supported": ["RS256"],
}
# Whom the options name, by provider.
CONFIGURED = {
    "google": "www.googleapis.com",
    "apple": "appleid.apple.com",
    "microsoft": "login.microsoftonline.com",
    "acme": "id.test",
}
HEADERS: dict[str, dict[str, Any]] = {
    "jku": {"jku": f"{EVIL}/keys"},
    "x5u": {"x5u": f"{EVIL}/chain.pem"},
    "jwk": {"jwk": public_keys()[0]},
    "kid": {"kid": f"{EVIL}/keys#key-1"},
    "iss": {"iss": EVIL},
    "all of them": {"jku": f"{EVIL}/keys", "x5u": f"{EVIL}/chain.pem", "iss": EVIL},
}


@pytest.fixture
def asked() -> list[httpx.Request]:
    return []


@pytest.fixture
async def auth(make_auth: MakeAuth, clock: ManualClock, asked: list[httpx.Request]) -> BetterAuth:
    async def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        found = request.url.path.endswith("openid-configuration")
        return httpx.Response(200, json=DISCOVERED if found else {"keys": public_keys()})

    return await make_auth(
        http_client=httpx.AsyncClient(transport=httpx.MockTransport(answer)),
        social_providers={name: SOCIAL for name in CONFIGURED if name != "acme"},
        plugins={"generic-oauth": {"config": [GENERIC]}, "one-tap": {"client_id": "web"}},
        email_and_password={"enabled": True},
        clock=clock,
    )


@pytest.fixture(autouse=True)
def no_other_client(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody asks past the auth's own client: every name would have to be resolved."""
    resolved: list[object] = []

    def refuse(host: object, *_: object, **__: object) -> NoReturn:
        resolved.append(host)
        raise socket.gaierror(f"{host} was asked for")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    yield
    assert resolved == []


def forged(clock: ManualClock, header: dict[str, Any]) -> Iterator[str]:
    seconds = clock.milliseconds() // 1000
    claims = {"aud": "web", "sub": "7", "email": "ada@example.com", "iat": seconds, "exp": seconds + 3600}
    for issuer in (EVIL, f"{EVIL}/v2.0", "https://id.test"):
        for key in ("signing", "other"):
            yield sign({**claims, "iss": issuer, "jwks_uri": f"{EVIL}/keys"}, header=header, key=key)


@pytest.mark.parametrize("name", HEADERS)
async def test_an_id_token_does_not_say_where_its_keys_are(
    auth: BetterAuth, clock: ManualClock, asked: list[httpx.Request], name: str
) -> None:
    visitor, member = Client(auth.app), Client(auth.app)
    await sign_up(member)
    for token in forged(clock, HEADERS[name]):
        for provider in CONFIGURED:
            given = {"token": token, "accessToken": "a", "issuer": EVIL, "jwksUrl": f"{EVIL}/keys"}
            body = {"provider": provider, "idToken": given, "jwksUrl": EVIL, "discoveryUrl": EVIL, "issuer": EVIL}
            for client, path in ((visitor, "sign-in/social"), (member, "link-social")):
                assert (await client.post(f"/api/auth/{path}", body)).status < 500
        await visitor.post("/api/auth/one-tap/callback", {"idToken": token, "issuer": EVIL})
    # Each was really looked at, with the keys of the provider.
    assert {request.url.host for request in asked} == set(CONFIGURED.values())


async def test_no_url_of_a_body_or_a_callback_is_asked(auth: BetterAuth, asked: list[httpx.Request]) -> None:
    urls = dict.fromkeys(("callbackURL", "errorCallbackURL", "newUserCallbackURL"), f"{EVIL}/in")
    more: dict[str, Any] = {
        "additionalParams": {"issuer": EVIL, "discovery": EVIL, "token_endpoint": EVIL},
        "additionalData": {"tokenUrl": EVIL, "discoveryUrl": EVIL, "issuer": EVIL},
    }
    visitor, member = Client(auth.app), Client(auth.app)
    await sign_up(member, image=f"{EVIL}/ada.png")
    for client, path in ((visitor, "sign-in/social"), (member, "link-social")):
        for name, url in urls.items():
            reply = await client.post(f"/api/auth/{path}", {"provider": "acme", "callbackURL": "/in", name: url})
            assert reply.status == 403
    state = await begin(visitor, provider="acme", **more)
    reply = await come_back(visitor, state, provider="acme", iss=EVIL, issuer=EVIL, token_endpoint=EVIL)
    assert reply.status == 302
    state = await begin(visitor, provider="acme", **more)
    await come_back(visitor, state, provider="acme", issuer=EVIL, jwks_uri=EVIL)
    assert {request.url.host for request in asked} == {"id.test"}
    assert {request.url.path for request in asked} >= {"/token"}
