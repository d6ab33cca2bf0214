"""Keys as they are stored: of other times and kinds, damaged, unencrypted, or kept elsewhere."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from betterauth_py.clock import ManualClock
from betterauth_py.plugins.jwt import jwt
from betterauth_py.plugins.jwt.keys import KEPT_MS, UnusableKeyError
from tests.conftest import MakeAuth
from tests.http.client import Client
from tests.plugins.jwt.support import header_of, published, sign_in, token_of, verified
from tests.store.support import SECRET, auth_on, execute_script, running, stored_rows

KEPT = KEPT_MS / 1000
PLAIN = {"jwt": {"jwks": {"disable_private_key_encryption": True}}}


async def test_a_key_of_a_time_without_algorithms_goes_on_signing(make_auth: MakeAuth, clock: ManualClock) -> None:
    auth = await make_auth(plugins=["jwt"], clock=clock)
    headers = await sign_in(auth)
    first = await token_of(auth, headers)
    await execute_script(str(auth.options.database.url), "UPDATE jwks SET alg = NULL, crv = NULL")
    clock.advance(KEPT)
    assert header_of(await token_of(auth, headers)) == header_of(first)
    [key] = (await auth.api.get_jwks())["keys"]
    assert list(key) == ["alg", "crv", "x", "kty", "kid"]
    assert await verified(auth, first) is not None


async def test_a_key_of_the_wanted_kind_goes_before_newer_ones_of_another(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=["jwt"], secret=SECRET)
    headers = await sign_in(auth)
    first = header_of(await token_of(auth, headers))
    url = str(auth.options.database.url)
    # As in better-auth, a key that is there already goes on signing, whatever kind the options want now.
    async with running(auth_on(url, plugins=[jwt(jwks={"key_pair_config": {"alg": "ES256"}})])) as changed:
        signed = (await changed.api.sign_jwt(body={"payload": {"sub": "x"}}))["token"]
        assert header_of(signed) == first
        await execute_script(url, "UPDATE jwks SET expires_at = 1000")
    async with running(auth_on(url, plugins=[jwt(jwks={"key_pair_config": {"alg": "ES256"}})])) as changed:
        signed = (await changed.api.sign_jwt(body={"payload": {"sub": "x"}}))["token"]
        assert header_of(signed)["alg"] == "ES256"
    await execute_script(url, "UPDATE jwks SET expires_at = NULL")
    async with running(auth_on(url, plugins=["jwt"])) as back:
        signed = (await back.api.sign_jwt(body={"payload": {"sub": "x"}}))["token"]
        assert header_of(signed) == first


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        ("""private_key = '"00"'""", "was encrypted under another secret. Bring that secret back"),
        ("private_key = '{}'", "is none for EdDSA. Delete the row"),
        ("private_key = 'rubbish'", "is none for EdDSA. Delete the row"),
        ("alg = 'ES256'", "is none for ES256. Delete the row"),
        ("alg = 'HS256'", "is none for HS256. Delete the row"),
    ],
)
async def test_a_private_key_that_cannot_be_used_is_named_and_nothing_of_it(
    damage: str, reason: str, make_auth: MakeAuth, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    auth = await make_auth(plugins=["jwt"], clock=clock)
    headers = await sign_in(auth)
    kid = header_of(await token_of(auth, headers))["kid"]
    await execute_script(str(auth.options.database.url), f"UPDATE jwks SET {damage}")
    clock.advance(KEPT)
    with pytest.raises(UnusableKeyError) as caught:
        await token_of(auth, headers)
    assert str(caught.value).startswith(f"The private key {kid} of the table jwks {reason}")
    cookies = dict(pair.split("=", 1) for pair in headers["cookie"].split("; "))
    answer = await Client(auth.app, cookies=cookies).get("/api/auth/token")
    assert (answer.status, answer.body) == (500, b"")
    assert reason in caplog.text
    assert '"d"' not in caplog.text


async def test_a_public_key_that_is_none_is_left_out(make_auth: MakeAuth, caplog: pytest.LogCaptureFixture) -> None:
    auth = await make_auth(plugins=["jwt"])
    token = (await auth.api.sign_jwt(body={"payload": {"sub": "x"}}))["token"]
    await execute_script(str(auth.options.database.url), "UPDATE jwks SET public_key = 'rubbish'")
    assert await auth.api.get_jwks() == {"keys": []}
    assert await verified(auth, token) is None
    assert f"The public key {header_of(token)['kid']} is not JSON" in caplog.text


async def test_keys_are_read_whether_they_are_encrypted_or_not(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=PLAIN)
    first = header_of((await auth.api.sign_jwt(body={"payload": {"sub": "x"}}))["token"])
    [row] = await stored_rows(str(auth.options.database.url), "jwks")
    assert row["private_key"].startswith('{"crv":"Ed25519","d":"')
    # Encryption is turned on afterwards: better-auth would fail from then on.
    async with running(auth_on(str(auth.options.database.url), plugins=["jwt"])) as encrypting:
        assert header_of((await encrypting.api.sign_jwt(body={"payload": {"sub": "x"}}))["token"]) == first


async def test_keys_may_be_kept_elsewhere(make_auth: MakeAuth, clock: ManualClock) -> None:
    kept: list[dict[str, Any]] = []

    async def create_jwk(row: dict[str, Any], _: Any) -> dict[str, Any]:
        kept.append({**row, "id": f"key-{len(kept) + 1}"})
        return kept[-1]

    plugin = jwt(adapter={"get_jwks": lambda _: kept, "create_jwk": create_jwk}, jwks={"rotation_interval": 100})
    auth = await make_auth(plugins=[plugin], clock=clock)
    headers = await sign_in(auth)
    tokens = await asyncio.gather(*(token_of(auth, headers) for _ in range(5)))
    assert {header_of(token)["kid"] for token in tokens} == {"key-1"}
    clock.advance(100)
    assert header_of(await token_of(auth, headers))["kid"] == "key-2"
    assert await published(auth) == ["key-1", "key-2"]
    assert await stored_rows(str(auth.options.database.url), "jwks") == []
    assert kept[0]["expiresAt"] - kept[0]["createdAt"] == timedelta(seconds=100)


async def test_a_key_of_a_transaction_that_is_rolled_back_signs_nothing_afterwards(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=["jwt"])

    async def sign_and_fail() -> None:
        async with auth.context.database.transaction():
            await auth.api.sign_jwt(body={"payload": {"sub": "ada"}})
            raise LookupError

    with pytest.raises(LookupError):
        await sign_and_fail()
    token = (await auth.api.sign_jwt(body={"payload": {"sub": "ada"}}))["token"]
    assert await published(auth) == [header_of(token)["kid"]]
