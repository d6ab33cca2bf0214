"""A service that is down, slow, restarting, or answers anything but a session: never a yes, never a long wait."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from betterauth_py.verify import Remote, SessionVerifier, VerificationUnavailableError, sync
from tests.verify.servers import JsonServer, SocketServer, reply
from tests.verify.test_remote import ANSWER, COOKIE

TIMEOUT = 0.5
GOOD = json.dumps(ANSWER)


def sending(data: bytes, *, then_close: bool = False) -> Callable[[socket.socket, bytes], None]:
    def handle(connection: socket.socket, request: bytes) -> None:
        connection.sendall(data)
        if then_close:
            connection.close()

    return handle


def dripping(data: bytes) -> Callable[[socket.socket, bytes], None]:
    def handle(connection: socket.socket, request: bytes) -> None:
        for byte in data:
            connection.sendall(bytes([byte]))
            time.sleep(0.05)

    return handle


def silent(connection: socket.socket, request: bytes) -> None:
    time.sleep(3)


def session_of(**changes: Any) -> bytes:
    return reply(json.dumps({**ANSWER, **changes}))


HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
CHUNKED = HEAD + b"transfer-encoding: chunked\r\n\r\n"
FAULTS: dict[str, Callable[[socket.socket, bytes], None]] = {
    "silent": silent,
    "dripping a head": dripping(reply(GOOD)),
    "dripping a body": dripping(GOOD.encode()),
    "closing at once": lambda connection, request: connection.close(),
    "closing in the head": sending(reply(GOOD)[:30], then_close=True),
    "closing in the body": sending(reply(GOOD)[:-5], then_close=True),
    "another protocol": sending(b"220 mail.example.com ESMTP\r\n\r\n"),
    "binary": sending(bytes(range(256)) * 10 + b"\r\n\r\n"),
    "no JSON": sending(reply("<html>")),
    "JSON that is no session": sending(reply('{"ok":true}')),
    "a list": sending(reply("[]")),
    "true": sending(reply("true")),
    "deep JSON": sending(reply("[" * 100_000)),
    "an empty body": sending(reply("")),
    "a session without a user": sending(session_of(user=None)),
    "a user without an id": sending(session_of(user={"email": "ada@example.com"})),
    "an empty id": sending(session_of(user={"id": ""}, session={"userId": ""})),
    "somebody else's session": sending(session_of(user={"id": "u2"})),
    "a redirect": sending(reply(GOOD, 302, "location: http://127.0.0.1:9/\r\n")),
    "a lasting redirect": sending(reply(GOOD, 308, "location: /\r\n")),
    "not found": sending(reply(GOOD, 404)),
    "forbidden": sending(reply(GOOD, 403)),
    "too many requests": sending(reply(GOOD, 429)),
    "broken": sending(reply(GOOD, 500)),
    "overloaded": sending(reply(GOOD, 503)),
    "no content": sending(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "only an interim answer": sending(b"HTTP/1.1 103 Early Hints\r\n\r\n", then_close=True),
    "huge": sending(HEAD + b"content-length: 900000000\r\n\r\n" + b" " * 1_000_000),
    "huge without saying so": sending(HEAD + b"\r\n" + b" " * 3_000_000, then_close=True),
    "huge in chunks": sending(CHUNKED + b"fffff\r\n" + b" " * 0xFFFFF + b"\r\nfffff\r\n"),
    "a huge head": sending(b"HTTP/1.1 200 OK\r\n" + b"x-y: z\r\n" * 20_000),
    "two lengths": sending(HEAD + b"content-length: 4\r\ncontent-length: 5\r\n\r\nnull"),
    "a length that is none": sending(HEAD + b"content-length: +4\r\n\r\nnull"),
    "length and chunks": sending(HEAD + b"content-length: 4\r\n" + CHUNKED[len(HEAD) :] + b"4\r\nnull\r\n0\r\n\r\n"),
    "more than its length": sending(HEAD + b"content-length: 2\r\n\r\n" + GOOD.encode()),
    "chunks of no size": sending(CHUNKED + b"zz\r\n"),
    "unknown coding": sending(HEAD + b"transfer-encoding: gzip\r\n\r\n" + GOOD.encode(), then_close=True),
    "compressed": sending(reply(GOOD, 200, "content-encoding: gzip\r\n")),
}  # fmt: skip


@pytest.fixture(params=list(FAULTS))
def faulty(request: pytest.FixtureRequest) -> Iterator[SocketServer]:
    with SocketServer(FAULTS[request.param]) as server:
        yield server


async def test_no_fault_lets_anybody_in_or_waits_long(faulty: SocketServer) -> None:
    async with SessionVerifier(Remote(faulty.url, timeout=TIMEOUT, cache_for=60)) as verifier:
        start = time.monotonic()
        with pytest.raises(VerificationUnavailableError) as caught:
            await verifier.find({"cookie": COOKIE})
        assert time.monotonic() - start < TIMEOUT + 1
        assert "signature" not in f"{caught.value} {caught.value.reason} {caught.value!r}"
        assert caught.value.status == 503
        # The next one stands in nobody's source, and gets nothing that was left over.
        faulty.handle = sending(reply(GOOD))
        assert (await verifier.verify({"cookie": COOKIE})).user.id == "u1"


def test_no_fault_lets_anybody_in_or_waits_long_in_a_thread(faulty: SocketServer) -> None:
    with sync.SessionVerifier(sync.Remote(faulty.url, timeout=TIMEOUT, cache_for=60)) as verifier:
        start = time.monotonic()
        with pytest.raises(VerificationUnavailableError):
            verifier.find({"cookie": COOKIE})
        assert time.monotonic() - start < TIMEOUT + 1
        faulty.handle = sending(reply(GOOD))
        assert verifier.verify({"cookie": COOKIE}).user.id == "u1"


@pytest.mark.parametrize(
    "data",
    [
        reply(GOOD),
        CHUNKED + b"5;x=y\r\n" + GOOD.encode()[:5] + b"\r\n"
        + f"{len(GOOD) - 5:X}\r\n{GOOD[5:]}\r\n0\r\nx: y\r\n\r\n".encode(),
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + reply(GOOD),
        HEAD + b"connection: close\r\n\r\n" + GOOD.encode(),
        b"HTTP/1.0 200\r\n\r\n" + GOOD.encode(),
    ],
    ids=["with a length", "in chunks", "after interim answers", "until the end", "HTTP/1.0"],
)  # fmt: skip
async def test_every_framing_of_an_answer_is_understood(data: bytes) -> None:
    closes = b"content-length" not in data and b"chunked" not in data
    with SocketServer(sending(data, then_close=closes)) as server:
        async with SessionVerifier(Remote(server.url, timeout=2)) as verifier:
            assert (await verifier.verify({"cookie": COOKIE})).user.id == "u1"
        with sync.SessionVerifier(sync.Remote(server.url, timeout=2)) as twin:
            assert twin.verify({"cookie": COOKIE}).user.id == "u1"


def listening_on(port: int) -> JsonServer:
    for _ in range(50):
        with suppress(OSError):
            return JsonServer(ANSWER, port=port)
        time.sleep(0.1)
    raise AssertionError("the port stays taken")


async def test_a_service_that_restarts_is_missed_and_found_again() -> None:
    with JsonServer(ANSWER) as service:
        port = service.port
        verifier = SessionVerifier(Remote(service.url, timeout=TIMEOUT))
        blocking = sync.SessionVerifier(sync.Remote(service.url, timeout=TIMEOUT))
        assert (await verifier.verify({"cookie": COOKIE})).user.id == "u1"
        assert blocking.verify({"cookie": COOKIE}).user.id == "u1"
    for _ in range(3):
        with pytest.raises(VerificationUnavailableError):
            await verifier.verify({"cookie": COOKIE})
        with pytest.raises(VerificationUnavailableError):
            blocking.verify({"cookie": COOKIE})
    with listening_on(port):
        assert (await verifier.verify({"cookie": COOKIE})).user.id == "u1"
        assert blocking.verify({"cookie": COOKIE}).user.id == "u1"
        await verifier.aclose()
        blocking.close()


async def test_connections_closed_while_idle_go_unnoticed() -> None:
    def once(connection: socket.socket, request: bytes) -> None:
        connection.sendall(reply(GOOD))
        # Without `connection: close`: as a server does that shuts down or is out of patience.
        connection.close()

    with SocketServer(once) as server:
        async with SessionVerifier(Remote(server.url)) as verifier:
            blocking = sync.SessionVerifier(sync.Remote(server.url))
            for _ in range(5):
                assert (await verifier.verify({"cookie": COOKIE})).user.id == "u1"
                assert blocking.verify({"cookie": COOKIE}).user.id == "u1"
                await asyncio.sleep(0.01)
            blocking.close()


async def test_a_hundred_waiting_at_a_silent_service_are_let_go_in_time() -> None:
    with SocketServer(silent) as server:
        async with SessionVerifier(Remote(server.url, timeout=TIMEOUT)) as verifier:
            start = time.monotonic()
            waiting = [verifier.find({"cookie": f"{COOKIE}{index}"}) for index in range(300)]
            answers = await asyncio.gather(*waiting, return_exceptions=True)
            assert time.monotonic() - start < TIMEOUT + 2
    assert {type(answer) for answer in answers} == {VerificationUnavailableError}
