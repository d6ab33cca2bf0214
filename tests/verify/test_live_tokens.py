"""The jwt source against a running better-auth on Node and against ours: the same tokens, rotated keys, forgeries."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager
from itertools import count
from typing import Any

import httpx
import pytest

from betterauth_py.conformance.recorder.embedded_postgres import EmbeddedPostgres
from betterauth_py.conformance.sealed import b64url, compact_json, from_b64url
from betterauth_py.verify import (
    JWT,
    InvalidSessionError,
    Remote,
    SessionVerifier,
    VerificationUnavailableError,
    VerifiedSession,
    sync,
)
from tests.verify.services import Service, SignedIn, jwt_of, ours, reference, sign_out, sign_up
from tests.verify.vectors import as_json

Make = Callable[..., AbstractContextManager[Service]]
_numbers = count(1)
every_service = pytest.mark.parametrize("make", [reference, ours], ids=["node", "ours"])


@pytest.fixture(scope="module", params=[reference, ours], ids=["node", "ours"])
def service(request: pytest.FixtureRequest, postgres: EmbeddedPostgres) -> Iterator[Service]:
    with request.param(postgres.database(f"tokens_{request.param.__name__}"), strategy="compact") as running:
        yield running


@pytest.fixture
async def verifier(service: Service) -> AsyncIterator[SessionVerifier]:
    async with SessionVerifier(JWT(service.url)) as made:
        yield made


def somebody(service: Service, **fields: Any) -> SignedIn:
    return sign_up(service, f"token{next(_numbers)}@example.com", **fields)


def bearing(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


async def by(source: JWT, token: str) -> VerifiedSession | None:
    async with SessionVerifier(source) as verifier:
        return await verifier.find(bearing(token))


def asked(service: Service, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
    return httpx.get(f"{service.url}/api/auth{path}", headers=headers, trust_env=False)


def published(service: Service) -> list[dict[str, Any]]:
    keys: list[dict[str, Any]] = asked(service, "/jwks").json()["keys"]
    return keys


async def test_a_token_says_who_is_signed_in(service: Service, verifier: SessionVerifier) -> None:
    who = somebody(service, favoriteColor="green")
    verified = await verifier.verify(bearing(jwt_of(service, who)))
    assert (verified.user.id, verified.user.email, verified.session.user_id) == (who.user_id, who.email, who.user_id)
    assert verified.user.email_verified is False
    assert verified.user.name == "Ada Ä😀"
    assert verified.user.favorite_color == "green"
    assert (verified.session.expires_at - verified.session.created_at).total_seconds() == 900
    with pytest.raises(AttributeError, match="This session has no field 'token'"):
        _ = verified.session.token


async def test_the_token_of_the_header_is_as_good(service: Service, verifier: SessionVerifier) -> None:
    who = somebody(service)
    answer = asked(service, "/get-session", who.headers)
    assert answer.headers["access-control-expose-headers"] == "set-auth-jwt"
    verified = await verifier.verify(bearing(answer.headers["set-auth-jwt"]))
    assert as_json(verified)["user"] == answer.json()["user"]


async def test_a_token_is_believed_until_it_ends_whatever_becomes_of_the_session(
    service: Service, verifier: SessionVerifier
) -> None:
    who = somebody(service)
    token = jwt_of(service, who)
    sign_out(service, who)
    assert await verifier.find(bearing(token)) is not None
    answer = asked(service, "/token", who.token_only)
    assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHORIZED")


async def test_issuer_and_audience_must_be_the_service(service: Service) -> None:
    token = jwt_of(service, somebody(service))
    assert await by(JWT(service.url), token) is not None
    assert await by(JWT(service.url, issuer=service.url, audience=["x", service.url]), token) is not None
    assert await by(JWT(service.url, audience="http://another.example.com"), token) is None
    assert await by(JWT(service.url, issuer="http://another.example.com"), token) is None


async def test_what_was_changed_on_the_way_is_refused(service: Service, verifier: SessionVerifier) -> None:
    header, payload, signature = jwt_of(service, somebody(service)).split(".")
    other = jwt_of(service, somebody(service)).split(".")
    none = b64url(compact_json({"alg": "none", "kid": published(service)[0]["kid"]}).encode())
    renamed = b64url(from_b64url(payload).replace(b"@example.com", b"@example.org"))
    for forged in (
        f"{header}.{payload}.{'A' * len(signature)}",
        f"{header}.{payload}.{other[2]}",
        f"{header}.{renamed}.{signature}",
        f"{none}.{payload}.",
        f"{none}.{payload}.{signature}",
    ):
        with pytest.raises(InvalidSessionError):
            await verifier.verify(bearing(forged))


def test_the_twin_without_await_says_the_same(service: Service) -> None:
    token = jwt_of(service, somebody(service))
    with sync.SessionVerifier(sync.JWT(service.url)) as blocking:
        verified = blocking.verify(bearing(token))
    assert as_json(verified) == as_json(asyncio.run(_verified(service, token)))


async def _verified(service: Service, token: str) -> VerifiedSession:
    async with SessionVerifier(JWT(service.url)) as verifier:
        return await verifier.verify(bearing(token))


async def test_a_cookie_is_left_to_the_next_source(service: Service) -> None:
    who = somebody(service)
    async with SessionVerifier(JWT(service.url), Remote(service.url)) as verifier:
        assert (await verifier.verify(who.headers)).source == "remote"
        assert (await verifier.verify({**who.headers, **bearing(jwt_of(service, who))})).source == "jwt"


@pytest.mark.parametrize("algorithm", ["ES256", "ES512", "RS256", "PS256"])
@every_service
async def test_every_algorithm(make: Make, algorithm: str, postgres: EmbeddedPostgres) -> None:
    url = postgres.database(f"tokens_{make.__name__}_{algorithm.lower()}")
    with make(url, jwks={"keyPairConfig": {"alg": algorithm}}) as service:
        token = jwt_of(service, somebody(service))
        assert [key["alg"] for key in published(service)] == [algorithm]
        assert await by(JWT(service.url), token) is not None
        assert await by(JWT(service.url, algorithms=["EdDSA"]), token) is None


@every_service
async def test_tokens_of_a_rotated_key_are_believed_while_it_is_published(
    make: Make, postgres: EmbeddedPostgres
) -> None:
    url = postgres.database(f"tokens_rotated_{make.__name__}")
    with make(url, jwks={"rotationInterval": 1, "gracePeriod": 3}) as service:
        who = somebody(service)
        async with SessionVerifier(JWT(service.url, cooldown=0.1, keep_keys_for=60)) as verifier:
            first = jwt_of(service, who)
            assert await verifier.find(bearing(first)) is not None
            await asyncio.sleep(1.2)
            second = jwt_of(service, who)
            # A key that this verifier has not seen yet: it is fetched.
            assert await verifier.find(bearing(second)) is not None
            assert await verifier.find(bearing(first)) is not None
            assert len({_kid(first), _kid(second)} & {key["kid"] for key in published(service)}) == 2
        await _until(lambda: _kid(first) not in {key["kid"] for key in published(service)})
        # Whoever fetches the keys now does not believe the first token any more.
        assert await by(JWT(service.url), first) is None
        assert await by(JWT(service.url), jwt_of(service, who)) is not None


@every_service
async def test_other_paths_of_the_keys(make: Make, postgres: EmbeddedPostgres) -> None:
    path = "/.well-known/jwks.json"
    with make(postgres.database(f"tokens_path_{make.__name__}"), jwks={"jwksPath": path}) as service:
        token = jwt_of(service, somebody(service))
        assert await by(JWT(service.url, jwks_path=path), token) is not None
        async with SessionVerifier(JWT(service.url)) as elsewhere:
            with pytest.raises(VerificationUnavailableError):
                await elsewhere.verify(bearing(token))


async def _until(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)


def _kid(token: str) -> str:
    header = from_b64url(token.partition(".")[0])
    return header.decode().split('"kid":"')[1].partition('"')[0]
