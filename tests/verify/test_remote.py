"""Asking the auth service: what is forwarded, what comes back, and how often it is asked."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from betterauth_py import ConfigurationError
from betterauth_py.verify import (
    CookieNames,
    InvalidSessionError,
    NoSessionError,
    Remote,
    SessionVerifier,
    VerificationUnavailableError,
    sync,
)
from betterauth_py.verify.remote import service_url
from tests.verify.servers import JsonServer, SocketServer, reply

ANSWER = {
    "session": {"id": "s1", "userId": "u1", "token": "t1", "expiresAt": "2099-01-01T00:00:00.000Z"},
    "user": {"id": "u1", "email": "ada@example.com", "name": "2026-01-01T00:00:00.000Z", "favoriteColor": "green"},
}
COOKIE = "better-auth.session_token=t1.signature"


@pytest.fixture
def service() -> Iterator[JsonServer]:
    with JsonServer(ANSWER) as server:
        yield server


def headers_of(request: bytes) -> dict[str, str]:
    lines = request.decode("latin-1").split("\r\n")[1:]
    return {name: value for name, _, value in (line.partition(": ") for line in lines)}


async def test_the_session_and_user_of_the_answer_are_typed_and_whole(service: JsonServer) -> None:
    async with SessionVerifier(Remote(service.url)) as verifier:
        verified = await verifier.verify({"Cookie": COOKIE})
    assert (verified.source, verified.user.id, verified.session.user_id) == ("remote", "u1", "u1")
    assert verified.session.expires_at == datetime(2099, 1, 1, tzinfo=UTC)
    assert verified.user.name == "2026-01-01T00:00:00.000Z"
    assert verified.user.favorite_color == verified.user["favoriteColor"] == "green"
    assert verified.user.extra == {"favoriteColor": "green"}


async def test_only_the_cookies_of_the_service_and_a_bearer_token_are_forwarded(service: JsonServer) -> None:
    cookie = f'theme=dark; {COOKIE}; __Secure-better-auth.session_data="x"; better-author=no; sid=1;better-auth.x'
    async with SessionVerifier(Remote(service.url)) as verifier:
        await verifier.verify([("cookie", cookie), ("Authorization", "Bearer abc"), ("X-Secret", "1")])
        await verifier.verify({"cookie": COOKIE, "authorization": "Basic abc"})
    first, second = (headers_of(request) for request in service.requests)
    assert first == {
        "host": f"127.0.0.1:{service.port}",
        "cookie": f'{COOKIE}; __Secure-better-auth.session_data="x"',
        "authorization": "Bearer abc",
        "accept": "application/json",
    }
    assert "authorization" not in second
    assert service.requests[0].startswith(b"GET /api/auth/get-session HTTP/1.1\r\n")


async def test_names_paths_and_options_reach_the_service(service: JsonServer) -> None:
    source = Remote(
        f"{service.url}/base/",
        disable_cookie_cache=True,
        disable_refresh=True,
        cookies=CookieNames(prefix="acme", session_data="cached"),
        forward_headers=["X-Forwarded-For"],
    )
    async with SessionVerifier(source) as verifier:
        pairs = [
            (b"cookie", b"acme.session_token=1; cached.0=2"),
            (b"cookie", b"x=y"),
            (b"X-Forwarded-For", b"10.0.0.1"),
        ]
        await verifier.verify(pairs)
    [request] = service.requests
    assert request.startswith(b"GET /base/get-session?disableCookieCache=true&disableRefresh=true HTTP/1.1\r\n")
    assert headers_of(request)["cookie"] == "acme.session_token=1; cached.0=2"
    assert headers_of(request)["x-forwarded-for"] == "10.0.0.1"


async def test_all_cookies_are_forwarded_where_that_is_wanted(service: JsonServer) -> None:
    async with SessionVerifier(Remote(service.url, forward_all_cookies=True)) as verifier:
        await verifier.verify({"cookie": "a=b; c"})
    assert headers_of(service.requests[0])["cookie"] == "a=b; c"


@pytest.mark.parametrize("headers", [{}, {"cookie": "theme=dark"}, {"cookie": ""}, {"authorization": "Basic YTpi"}])
async def test_without_anything_to_forward_nobody_is_asked(service: JsonServer, headers: dict[str, str]) -> None:
    verifier = SessionVerifier(Remote(service.url))
    with pytest.raises(NoSessionError):
        await verifier.verify(headers)
    assert await verifier.find(headers) is None
    assert service.requests == []


async def test_refreshed_and_cleared_cookies_come_back(service: JsonServer) -> None:
    service.more_headers = "set-cookie: a=1; Path=/\r\nSet-Cookie: b=2; Expires=Sat, 01 Jan 2028 00:00:00 GMT\r\n"
    async with SessionVerifier(Remote(service.url)) as verifier:
        verified = await verifier.verify({"cookie": COOKIE})
        assert verified.set_cookies == ("a=1; Path=/", "b=2; Expires=Sat, 01 Jan 2028 00:00:00 GMT")
        service.answer = None
        with pytest.raises(InvalidSessionError) as caught:
            await verifier.verify({"cookie": COOKIE})
    assert caught.value.set_cookies == verified.set_cookies


async def test_a_vanished_session_is_an_invalid_one(service: JsonServer) -> None:
    service.status = 401
    async with SessionVerifier(Remote(service.url)) as verifier:
        assert await verifier.find({"cookie": COOKIE}) is None


async def test_ten_thousand_requests_at_once_with_one_cookie_are_one_request_to_the_service() -> None:
    def slowly(connection: Any, request: bytes) -> None:
        time.sleep(1.5)
        connection.sendall(reply(json.dumps(ANSWER)))

    with SocketServer(slowly) as server:
        async with SessionVerifier(Remote(server.url, timeout=20)) as verifier:
            waiting = [verifier.verify({"cookie": f"{COOKIE}; other={index}"}) for index in range(10_000)]
            answers = await asyncio.gather(*waiting)
            await verifier.verify({"cookie": COOKIE})
        assert len({id(answer) for answer in answers}) == 1
        assert len(server.requests) == 2


async def test_when_the_one_who_asks_for_all_gives_up_the_next_one_asks() -> None:
    def slowly(connection: Any, request: bytes) -> None:
        time.sleep(0.3)
        connection.sendall(reply(json.dumps(ANSWER)))

    with SocketServer(slowly) as server:
        async with SessionVerifier(Remote(server.url)) as verifier:
            first = asyncio.create_task(verifier.verify({"cookie": COOKIE}))
            await asyncio.sleep(0.05)
            second = asyncio.create_task(verifier.verify({"cookie": COOKIE}))
            await asyncio.sleep(0.05)
            third = asyncio.create_task(verifier.verify({"cookie": COOKIE}))
            await asyncio.sleep(0.05)
            first.cancel()
            assert (await second).user.id == (await third).user.id == "u1"
        assert len(server.requests) == 2


async def test_one_who_gives_up_waiting_takes_the_answer_from_nobody() -> None:
    def slowly(connection: Any, request: bytes) -> None:
        time.sleep(0.3)
        connection.sendall(reply(json.dumps(ANSWER)))

    with SocketServer(slowly) as server:
        async with SessionVerifier(Remote(server.url)) as verifier:
            first, second, third = (asyncio.create_task(verifier.verify({"cookie": COOKIE})) for _ in range(3))
            await asyncio.sleep(0.1)
            second.cancel()
            assert (await first).user.id == (await third).user.id == "u1"
        assert len(server.requests) == 1


def test_threads_share_a_request_and_different_cookies_do_not() -> None:
    def slowly(connection: Any, request: bytes) -> None:
        time.sleep(0.5)
        connection.sendall(reply(json.dumps(ANSWER)))

    with SocketServer(slowly) as server, sync.SessionVerifier(sync.Remote(server.url)) as verifier:
        found: list[str] = []
        threads = [
            threading.Thread(target=lambda: found.append(verifier.verify({"cookie": COOKIE}).user.id))
            for _ in range(20)
        ]
        threads.append(threading.Thread(target=lambda: verifier.verify({"cookie": f"{COOKIE}x"})))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert found == ["u1"] * 20
        assert len(server.requests) == 2


async def test_answers_are_kept_only_when_asked_for_briefly_and_in_bounds(service: JsonServer) -> None:
    service.more_headers = "set-cookie: a=1\r\n"
    async with SessionVerifier(Remote(service.url, cache_for=0.3, cache_size=2)) as verifier:
        assert (await verifier.verify({"cookie": COOKIE})).set_cookies == ("a=1",)
        assert (await verifier.verify({"cookie": COOKIE})).set_cookies == ()
        assert len(service.requests) == 1
        await verifier.verify({"cookie": f"{COOKIE}2"})
        await verifier.verify({"cookie": f"{COOKIE}3"})
        await verifier.verify({"cookie": COOKIE})
        assert len(service.requests) == 4
        await asyncio.sleep(0.35)
        service.answer = None
        assert await verifier.find({"cookie": COOKIE}) is None
        service.answer = ANSWER
        assert await verifier.find({"cookie": f"{COOKIE}2"}) is not None


async def test_a_kept_answer_does_not_outlive_its_session(service: JsonServer) -> None:
    soon = datetime.fromtimestamp(time.time() + 0.3, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    service.answer = {**ANSWER, "session": {**ANSWER["session"], "expiresAt": soon}}
    async with SessionVerifier(Remote(service.url, cache_for=60)) as verifier:
        assert await verifier.find({"cookie": COOKIE}) is not None
        await asyncio.sleep(0.35)
        service.answer = None
        assert await verifier.find({"cookie": COOKIE}) is None


async def test_a_client_of_the_service_is_used_and_left_open(service: JsonServer) -> None:
    async with httpx.AsyncClient(headers={"x-mine": "1"}) as client:
        async with SessionVerifier(Remote(service.url, client=client)) as verifier:
            assert (await verifier.verify({"cookie": COOKIE})).user.id == "u1"
        assert not client.is_closed
    with httpx.Client() as blocking, sync.SessionVerifier(sync.Remote(service.url, client=blocking)) as twin:
        assert twin.verify({"cookie": COOKIE}).user.id == "u1"
    assert headers_of(service.requests[0])["x-mine"] == "1"


def test_one_verifier_serves_several_event_loops(service: JsonServer) -> None:
    verifier = SessionVerifier(Remote(service.url))

    async def ask() -> str:
        user_id = (await verifier.verify({"cookie": COOKIE})).user.id
        await verifier.aclose()
        return user_id

    assert [asyncio.run(ask()) for _ in range(3)] == ["u1"] * 3


async def test_a_header_cannot_smuggle_another_request(service: JsonServer) -> None:
    async with SessionVerifier(Remote(service.url)) as verifier:
        with pytest.raises(VerificationUnavailableError):
            await verifier.verify({"cookie": f"{COOKIE}\r\n\r\nGET / HTTP/1.1"})
    assert service.requests == []


@pytest.mark.parametrize(
    "url",
    ["localhost:3001", "", "ftp://x", "http://", "http://a:b@x", "http://x/?a=b", "http://x/#a", "http://x:99999",
     "http://x:y", "http://[::1", "http://a..b", "http://x y/"],
)  # fmt: skip
def test_a_url_of_no_service_is_refused_at_once(url: str) -> None:
    with pytest.raises(ConfigurationError, match="Remote: "):
        Remote(url)
    with pytest.raises(ConfigurationError, match="JWT: "):
        sync.JWT(url)


@pytest.mark.parametrize(
    ("url", "address"),
    [("https://b\xfccher.example:3000", "https://xn--bcher-kva.example:3000/api/auth"),
     ("http://[::1]:3000/\xe4 b/", "http://[::1]:3000/%C3%A4%20b"), ("HTTP://Example.com", "http://Example.com/api/auth"),
     ("http://x/a%20b", "http://x/a%20b")],
)  # fmt: skip
def test_a_url_is_written_as_it_is_sent(url: str, address: str) -> None:
    assert service_url(url, "Remote") == address


def test_wrong_numbers_and_shared_ways_are_refused() -> None:
    for wrong in ({"timeout": 0}, {"cache_for": -1}, {"cache_size": 0}):
        with pytest.raises(ConfigurationError, match="Remote: `timeout`"):
            Remote("http://x", **wrong)  # type: ignore[arg-type]
    source = Remote("http://x")
    SessionVerifier(source)
    with pytest.raises(ConfigurationError, match="belongs to another verifier"):
        sync.SessionVerifier(source)
    with pytest.raises(ConfigurationError, match="has no session source"):
        SessionVerifier()
    with pytest.raises(ConfigurationError, match=r"not a str"):
        SessionVerifier("http://x")  # type: ignore[arg-type]


async def test_a_client_of_the_other_kind_is_refused() -> None:
    async with httpx.AsyncClient() as client:
        for source in (Remote("http://x", client=client), sync.JWT("http://x", client=client)):
            with pytest.raises(ConfigurationError, match=r"has to be an httpx.Client for sync.SessionVerifier"):
                sync.SessionVerifier(source)
    with httpx.Client() as blocking, pytest.raises(ConfigurationError, match=r"an httpx.AsyncClient for SessionV"):
        SessionVerifier(Remote("http://x", client=blocking))
