"""How this server proves to token endpoints who it is; what is sent is in the providers' cases."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from betterauth_py.errors import ConfigurationError
from betterauth_py.oauth.errors import OAuthError
from betterauth_py.oauth.provider import CodeExchange
from betterauth_py.oauth.social_provider import SocialProvider
from tests.oauth.world import World, make_provider


def vercel(client: httpx.AsyncClient | None = None, **options: Any) -> SocialProvider:
    return make_provider("vercel", {"clientId": "client-id", **options}, client or httpx.AsyncClient())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "private_key_jwt"}, "'private_key_jwt' needs `get_client_assertion`"),
        ({"method": "custom"}, "'custom' needs `customize_request`"),
        ({"method": "client_secret_basic"}, "client_secret` is missing"),
        ({"method": "mtls"}, "token_endpoint_auth.method` must be"),
    ],
)
def test_a_method_that_lacks_something_stops_the_start(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        vercel(tokenEndpointAuth=options)


@pytest.mark.parametrize("method", ["none", "private_key_jwt"])
def test_a_method_without_a_secret_refuses_one(method: str) -> None:
    options = {"method": method, "getClientAssertion": {"$fn": "assertion"}}
    with pytest.raises(ConfigurationError, match="client_secret` does not go with"):
        vercel(clientSecret="secret", tokenEndpointAuth=options)


async def test_a_function_that_fails_is_a_failure_of_the_exchange(caplog: pytest.LogCaptureFixture) -> None:
    world = World([])
    async with httpx.AsyncClient(transport=world) as client:
        options = {"method": "private_key_jwt", "getClientAssertion": {"$fn": "failing"}}
        with pytest.raises(OAuthError, match=r"client authentication failed \(KeyError\)"):
            await vercel(client, tokenEndpointAuth=options).exchange(CodeExchange(code="c", redirect_uri="http://x/"))
    assert world.requests == []
    assert "The client authentication for Vercel failed" in caplog.text
