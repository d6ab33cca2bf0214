"""The keys of the jwt source: fetched when needed, kept a while, rotated, and never confused."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from joserfc import jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OKPKey, RSAKey

from betterauth_py import ConfigurationError
from betterauth_py.crypto.signing import decode_base64, encode_base64url
from betterauth_py.javascript.json import stringify
from betterauth_py.verify import (
    JWT,
    NoSessionError,
    SessionVerifier,
    VerificationUnavailableError,
    VerifiedSession,
    sync,
)
from tests.verify.servers import JsonServer

pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")


def published(key: Any, kid: str, alg: str = "EdDSA") -> dict[str, Any]:
    return {**key.as_dict(private=False), "kid": kid, "alg": alg}


def token(key: Any, kid: str, issuer: str, alg: str = "EdDSA", **changes: Any) -> str:
    claims = {"sub": "u1", "iss": issuer, "aud": issuer, "exp": int(time.time()) + 60, "email": "a@example.com"}
    return jws.serialize_compact({"alg": alg, "kid": kid}, stringify({**claims, **changes}), key, algorithms=[alg])


def bearing(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


@pytest.fixture
def first() -> OKPKey:
    return OKPKey.generate_key("Ed25519")


@pytest.fixture
def service(first: OKPKey) -> Iterator[JsonServer]:
    with JsonServer({"keys": [published(first, "k1")]}) as server:
        yield server


async def test_keys_are_fetched_once_however_many_ask(service: JsonServer, first: OKPKey) -> None:
    async with SessionVerifier(JWT(service.url)) as verifier:
        good = bearing(token(first, "k1", service.url))
        found = await asyncio.gather(*(verifier.verify(good) for _ in range(100)))
        await verifier.verify(good)
    assert {one.user.id for one in found} == {"u1"}
    assert len(service.requests) == 1
    assert service.requests[0].startswith(b"GET /api/auth/jwks HTTP/1.1\r\n")


async def test_many_unknown_keys_cost_one_fetch_in_a_cool_down(service: JsonServer, first: OKPKey) -> None:
    async with SessionVerifier(JWT(service.url, cooldown=0.4)) as verifier:
        await verifier.verify(bearing(token(first, "k1", service.url)))
        unknown = [verifier.find(bearing(token(first, f"x{index}", service.url))) for index in range(200)]
        assert set(await asyncio.gather(*unknown)) == {None}
        assert await verifier.find(bearing(token(first, "x", service.url))) is None
        assert len(service.requests) == 2
        await asyncio.sleep(0.45)
        unknown = [verifier.find(bearing(token(first, f"y{index}", service.url))) for index in range(200)]
        assert set(await asyncio.gather(*unknown)) == {None}
        assert await verifier.find(bearing(token(first, "y", service.url))) is None
    assert len(service.requests) == 3


async def test_a_key_that_comes_right_after_a_fetch_is_found_at_once(service: JsonServer, first: OKPKey) -> None:
    second = OKPKey.generate_key("Ed25519")
    async with SessionVerifier(JWT(service.url)) as verifier:
        assert await verifier.find(bearing(token(first, "k1", service.url)))
        service.answer = {"keys": [published(second, "k2")]}
        assert await verifier.find(bearing(token(second, "k2", service.url)))


async def test_a_new_key_is_found_and_a_withdrawn_one_is_forgotten(service: JsonServer, first: OKPKey) -> None:
    second = OKPKey.generate_key("Ed25519")
    async with SessionVerifier(JWT(service.url, cooldown=0, keep_keys_for=0.5)) as verifier:
        old, new = bearing(token(first, "k1", service.url)), bearing(token(second, "k2", service.url))
        assert await verifier.find(old)
        service.answer = {"keys": [published(first, "k1"), published(second, "k2")]}
        assert await verifier.find(new)
        service.answer = {"keys": [published(second, "k2")]}
        assert await verifier.find(old)
        await asyncio.sleep(0.55)
        assert await verifier.find(old) is None
        assert await verifier.find(new)


async def test_without_keys_nobody_is_let_in_and_recovery_is_by_itself(service: JsonServer, first: OKPKey) -> None:
    good, answer = bearing(token(first, "k1", service.url)), service.answer
    async with SessionVerifier(JWT(service.url, timeout=0.5, keep_keys_for=0.3, cooldown=0)) as verifier:
        wrong: Any
        for wrong in (None, [], {"keys": None}, {"keys": {}}, "x"):
            service.answer = wrong
            with pytest.raises(VerificationUnavailableError):
                await verifier.find(good)
        service.answer, service.status = answer, 503
        with pytest.raises(VerificationUnavailableError):
            await verifier.find(good)
        service.status = 200
        assert await verifier.find(good)
        # Keys that cannot be confirmed any more are not believed either.
        await asyncio.sleep(0.35)
        service.status = 500
        with pytest.raises(VerificationUnavailableError):
            await verifier.find(good)


async def test_strangers_do_not_have_a_service_asked_that_has_just_failed(service: JsonServer, first: OKPKey) -> None:
    good, service.status = bearing(token(first, "k1", service.url)), 429
    async with SessionVerifier(JWT(service.url)) as verifier:
        for number in range(100):
            with pytest.raises(VerificationUnavailableError):
                await verifier.find(bearing(token(first, f"made up {number}", service.url)))
        assert len(service.requests) == 1
        service.status = 200
        await asyncio.sleep(1)
        assert await verifier.find(good)


async def test_keys_that_are_no_good_are_passed_over(service: JsonServer, first: OKPKey) -> None:
    key = published(first, "k1")
    with pytest.warns(SecurityWarning):
        weak_key = RSAKey.generate_key(1024)
    weak = {**weak_key.as_dict(private=False), "kid": "weak", "alg": "RS256"}
    bad: list[Any] = [
        None, 1, {}, {**key, "kid": 1}, {**key, "kid": "enc", "use": "enc"}, {**key, "kid": "other", "alg": "ES256"},
        {**key, "kid": "none", "alg": "none"}, {"kty": "oct", "k": "c2VjcmV0", "kid": "oct", "alg": "HS256"}, weak,
        {**key, "kid": "no alg", "alg": None}, {**key, "kid": "short", "x": "AA"},
        {**key, "kid": "list", "alg": ["EdDSA"]}, {**key, "kid": "signs", "key_ops": ["sign"]},
        {**key, "kid": "both", "key_ops": ["verify", "sign"]}, {**key, "kid": "nothing", "key_ops": []},
        {**key, "kid": "text", "key_ops": "verify"}, {**key, "kid": "ext", "ext": "true"},
        {**key, "kid": "not base64url", "x": f"{key['x']}="},
        {**key, "kid": "private", "d": first.as_dict(private=True)["d"]},
        {**weak, "kid": "padded", "n": encode_base64url(bytes(128) + decode_base64(str(weak["n"])))},
    ]  # fmt: skip
    service.answer = {"keys": [*bad, key]}
    async with SessionVerifier(JWT(service.url)) as verifier:
        assert await verifier.find(bearing(token(first, "k1", service.url)))
        for kid in [one["kid"] for one in bad[3:] if isinstance(one["kid"], str)]:
            assert await verifier.find(bearing(token(first, kid, service.url))) is None
        assert await verifier.find(bearing(token(weak_key, "padded", service.url, "RS256"))) is None


async def test_keys_of_one_name_are_told_apart_by_algorithm_and_the_first_of_equal_ones_counts(first: OKPKey) -> None:
    curve, second = ECKey.generate_key("P-256"), OKPKey.generate_key("Ed25519")
    keys = [published(curve, "k", "ES256"), published(first, "k"), published(second, "k")]
    with JsonServer({"keys": keys}) as service:
        async with SessionVerifier(JWT(service.url)) as verifier:
            assert await verifier.find(bearing(token(curve, "k", service.url, "ES256")))
            assert await verifier.find(bearing(token(first, "k", service.url)))
            assert await verifier.find(bearing(token(second, "k", service.url))) is None


@pytest.mark.parametrize("depth", [100, 240, 300, 450, 600, 900])
async def test_claims_of_any_depth_are_a_session_or_none(service: JsonServer, first: OKPKey, depth: int) -> None:
    claims = {"sub": "u1", "iss": service.url, "aud": service.url, "exp": int(time.time()) + 60}
    payload = stringify(claims)[:-1] + b',"meta":' + b"[" * depth + b"]" * depth + b"}"
    text = jws.serialize_compact({"alg": "EdDSA", "kid": "k1"}, payload, first, algorithms=["EdDSA"])
    async with SessionVerifier(JWT(service.url)) as verifier:
        found = [await verifier.find(bearing(text)) for _ in range(2)]
    assert None not in found or depth > 100


async def test_a_token_names_the_algorithm_of_its_key_and_is_no_longer_than_64_kb(
    service: JsonServer, first: OKPKey
) -> None:
    async with SessionVerifier(JWT(service.url)) as verifier:
        assert await verifier.find(bearing(token(first, "k1", service.url, padding="x" * 40_000)))
        assert await verifier.find(bearing(token(first, "k1", service.url, padding="x" * 50_000))) is None
        # The other name of the same algorithm (RFC 9864): better-auth would take it.
        assert await verifier.find(bearing(token(first, "k1", service.url, "Ed25519"))) is None


async def test_a_service_that_fails_is_not_asked_for_each_unknown_key(service: JsonServer, first: OKPKey) -> None:
    known, answer = bearing(token(first, "k1", service.url)), service.answer
    async with SessionVerifier(JWT(service.url, cooldown=0.2)) as verifier:
        await verifier.verify(known)
        service.status = 500
        await asyncio.sleep(0.25)
        for index in range(50):
            with pytest.raises(VerificationUnavailableError):
                await verifier.find(bearing(token(first, f"x{index}", service.url)))
            assert await verifier.find(known)
        asked = len(service.requests) - 1
        assert 1 <= asked <= 10
        second = OKPKey.generate_key("Ed25519")
        service.answer, service.status = {"keys": [*answer["keys"], published(second, "k2")]}, 200
        await asyncio.sleep(0.25)
        assert await verifier.find(bearing(token(second, "k2", service.url)))


async def test_rubbish_takes_no_known_key_away(service: JsonServer, first: OKPKey) -> None:
    known, unknown = (bearing(token(first, kid, service.url)) for kid in ("k1", "x"))
    async with SessionVerifier(JWT(service.url, cooldown=0)) as verifier:
        await verifier.verify(known)
        rubbish: Any
        for rubbish in ("<html>", None, {"keys": "k1"}, {"keys": [{}]}, {"keys": [None, {"kid": "k1"}]}):
            service.answer = rubbish
            with pytest.raises(VerificationUnavailableError):
                await verifier.find(unknown)
            assert await verifier.find(known)
        # better-auth's answer when all of its keys are over: a set all the same.
        service.answer = {"keys": []}
        assert await verifier.find(unknown) is None
        assert await verifier.find(known) is None


async def test_only_allowed_algorithms_count(first: OKPKey) -> None:
    curve = ECKey.generate_key("P-256")
    with JsonServer({"keys": [published(first, "k1"), published(curve, "k2", "ES256")]}) as service:
        async with SessionVerifier(JWT(service.url, algorithms=["ES256"])) as verifier:
            assert await verifier.find(bearing(token(first, "k1", service.url))) is None
            assert await verifier.find(bearing(token(curve, "k2", service.url, "ES256")))


async def test_clocks_may_differ_by_the_leeway_and_no_more(service: JsonServer, first: OKPKey) -> None:
    now = int(time.time())
    over = token(first, "k1", service.url, exp=now - 20)
    early = token(first, "k1", service.url, nbf=now + 20)
    async with SessionVerifier(JWT(service.url)) as strict, SessionVerifier(JWT(service.url, leeway=60)) as lenient:
        for text in (over, early):
            assert await strict.find(bearing(text)) is None
            assert await lenient.find(bearing(text))
        assert await lenient.find(bearing(token(first, "k1", service.url, exp=now - 120))) is None


@pytest.mark.parametrize(
    "claims",
    [b"{}", b"null", b"[]", b"x", b"\xff", b"[" * 90_000, b'{"exp":NaN}', b'{"exp":Infinity}', b'{"exp":"9999999999"}',
     b'{"nbf":null}', b'{"iat":null}',
     b'{"exp":true}', b'{"exp":1e400}', b'{"exp":1e300}', b'{"exp":null}', b'{"nbf":"x"}', b'{"iat":"x"}', b'{"sub":1}',
     b'{"sub":""}', b'{"iss":null}', b'{"aud":{}}', b'{"aud":[]}', b'{"aud":[1]}'],
)  # fmt: skip
async def test_claims_of_any_kind_are_a_session_or_none(service: JsonServer, first: OKPKey, claims: bytes) -> None:
    good = {"sub": "u1", "iss": service.url, "aud": service.url, "exp": 32_503_680_000}
    payload = claims
    if claims.startswith(b'{"'):
        # Everything else of it is right.
        payload = stringify({name: value for name, value in good.items() if f'"{name}"' not in claims.decode()})
        payload = payload[:-1] + b"," + claims[1:]
    text = jws.serialize_compact({"alg": "EdDSA", "kid": "k1"}, payload, first, algorithms=["EdDSA"])
    async with SessionVerifier(JWT(service.url)) as verifier:
        assert await verifier.find(bearing(text)) is None
        assert await verifier.find(bearing(token(first, "k1", service.url)))


async def test_what_is_no_jwt_is_left_to_the_next_source(service: JsonServer) -> None:
    async with SessionVerifier(JWT(service.url)) as verifier:
        for header in ("Bearer abc", "Bearer a.b", "Bearer ", "Basic a.b.c", "a.b.c", "Bearer a.b.c.d"):
            with pytest.raises(NoSessionError):
                await verifier.verify({"authorization": header})
    assert service.requests == []


def test_threads_share_the_keys(service: JsonServer, first: OKPKey) -> None:
    found: list[VerifiedSession] = []
    good = bearing(token(first, "k1", service.url))
    with sync.SessionVerifier(sync.JWT(service.url)) as verifier:
        threads = [threading.Thread(target=lambda: found.append(verifier.verify(good))) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
    assert len(found) == 20
    assert len(service.requests) == 1


@pytest.mark.parametrize(
    "wrong",
    [{"algorithms": ["HS256"]}, {"algorithms": ["none"]}, {"algorithms": []}, {"issuer": ""}, {"audience": []},
     {"leeway": -1}, {"timeout": 0}],
)  # fmt: skip
def test_options_that_would_let_anything_pass_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="JWT: "):
        JWT("http://localhost:3001", **wrong)
