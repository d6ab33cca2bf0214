"""What it costs to verify an ID token that a client sends, once the provider's key is known."""

from __future__ import annotations

from time import process_time, time

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.conftest import MakeAuth

ROUNDS, TOKENS = 15, 100
# A tenth more than the library that verifies the signature takes, with its own checks of the claims.
MOST = 1.1
ATTEMPTS = 3


@pytest.mark.slow
async def test_an_id_token_is_verified_at_the_librarys_own_cost(make_auth: MakeAuth) -> None:
    key = RSAKey.generate_key(2048, {"kid": "key-1", "alg": "RS256", "use": "sig"})
    public = RSAKey.import_key(key.as_dict(private=False))
    issued = int(time())
    claims = {
        "iss": "https://accounts.google.com", "aud": "client", "sub": "7", "iat": issued, "exp": issued + 3600,
        "email": "ada@example.com", "email_verified": True, "name": "Ada", "nonce": "nonce",
    }  # fmt: skip
    token = jwt.encode({"alg": "RS256", "kid": "key-1"}, claims, key)
    expected = jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": "https://accounts.google.com"}, aud={"essential": True, "value": "client"}
    )
    keys = httpx.MockTransport(lambda _request: httpx.Response(200, json={"keys": [public.as_dict()]}))
    auth = await make_auth(
        http_client=httpx.AsyncClient(transport=keys),
        social_providers={"google": {"client_id": "client", "client_secret": "secret"}},
    )
    google = auth.context.oauth_providers["google"]
    assert await google.verify_id_token(token, "nonce")
    assert not await google.verify_id_token(token, "another nonce")

    ratios = []
    for _ in range(ATTEMPTS):
        ours, library = [], []
        for _ in range(ROUNDS):
            started = process_time()
            for _ in range(TOKENS):
                await google.verify_id_token(token, "nonce")
            between = process_time()
            for _ in range(TOKENS):
                expected.validate(jwt.decode(token, public, algorithms=["RS256"]).claims)
            library.append(process_time() - between)
            ours.append(between - started)
        ratios.append(min(ours) / min(library))
        if ratios[-1] <= MOST:
            return
    assert min(ratios) <= MOST
