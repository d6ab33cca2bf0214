"""What one connection may take from the server: headers, bodies and time, each with an end."""

from __future__ import annotations

import signal
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.cli.command import Server, serving
from tests.serving.wire import REQUEST, answer, connect, read_all, seconds_until_closed, sent, status

BODY = b'{"email":"a@example.com","password":"12345678"}'
SIGN_IN = b"POST /api/auth/sign-in/email HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with short times: headers 1 s, bodies 2 s, idle connections 3 s."""
    times = ("--header-timeout", "1", "--body-timeout", "2", "--keep-alive", "3")
    with serving(tmp_path_factory.mktemp("bounded"), *times) as running:
        yield running


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([b"a: " + b"x" * 30_000], 200),
        ([b"a: " + b"x" * 33_000], 431),
        ([b"cookie: " + b"x" * 9_500_000], 431),
        ([b"a: b"] * 98, 200),
        ([b"a: b"] * 120, 431),
        ([b"a:"] * 100_000, 431),
    ],
    ids=["30 kB", "33 kB", "9.5 MB of cookie", "98 headers", "120 headers", "100,000 headers"],
)
def test_headers_are_bounded_in_size_and_number(server: Server, headers: list[bytes], expected: int) -> None:
    lines = b"".join(header + b"\r\n" for header in headers)
    with connect(server.port) as connection:
        started = time.monotonic()
        try:
            connection.sendall(REQUEST[:-2] + lines + b"connection: close\r\n\r\n")
        except ConnectionError:
            # The rest was not wanted; the answer is there all the same.
            assert expected == 431
        assert status(answer(connection)) == expected
        assert time.monotonic() - started < 5


def test_a_request_line_counts_as_header(server: Server) -> None:
    with sent(server.port, b"GET /" + b"x" * 40_000 + REQUEST[5:]) as connection:
        assert status(read_all(connection)) == 431


def test_who_resets_a_connection_cannot_say_whose_it_was(tmp_path: Path) -> None:
    """A reset one has no address any more: without one, the headers of a stranger counted as a trusted proxy's."""
    body = BODY[:-1] + b',"name":"Ada"}'
    forged = SIGN_IN.replace(b"sign-in", b"sign-up") + b"x-forwarded-for: 198.51.100.7\r\n"
    with serving(tmp_path, "--access-log", BETTER_AUTH_TRUSTED_PROXIES="192.0.2.1") as server:
        server.process.send_signal(signal.SIGSTOP)
        with connect(server.port) as connection:
            connection.sendall(forged + b"content-length: %d\r\n\r\n" % len(body) + body)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        server.process.send_signal(signal.SIGCONT)
        assert server.ask("GET", "/api/auth/ok").status == 200
        assert server.stop() == 0
        assert "198.51.100.7" not in server.printed


def test_a_large_body_is_no_header(server: Server) -> None:
    with sent(server.port, SIGN_IN + b"content-length: 60000\r\n\r\n" + BODY.ljust(60_000)) as connection:
        assert status(answer(connection)) == 401


def test_many_headers_at_once_do_not_keep_others_waiting(server: Server) -> None:
    with ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(sent(server.port, REQUEST[:-2] + b"a:\r\n" * 60_000))
        started = time.monotonic()
        assert server.ask("GET", "/api/auth/ok").status == 200
        assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("beginning", "expected"),
    [
        (b"", 0),
        (b"\r\n", 0),
        (b"GET /api/auth/ok HTTP/1.1\r\nhost: loc", 408),
        (SIGN_IN + b"content-length: 47\r\n\r\n{", 408),
        (SIGN_IN + b"transfer-encoding: chunked\r\n\r\n1\r\n{\r\n", 408),
    ],
    ids=["silent", "an empty line", "half a header", "half a body", "half a chunked body"],
)
def test_what_never_comes_is_not_waited_for(server: Server, beginning: bytes, expected: int) -> None:
    with ExitStack() as stack:
        connections = [stack.enter_context(sent(server.port, beginning)) for _ in range(50)]
        started = time.monotonic()
        received = [read_all(connection) for connection in connections]
        assert time.monotonic() - started < 10
    assert [status(one) for one in received] == [expected] * 50
    assert [one for one in received if b"<reset>" in one] == []


def test_headers_that_drip_have_no_longer_than_others(server: Server) -> None:
    with sent(server.port, REQUEST[:-2]) as connection:
        started = time.monotonic()
        try:
            while time.monotonic() - started < 15:
                connection.sendall(b"a: b\r\n")
                time.sleep(0.2)
        except ConnectionError:
            pass
        assert time.monotonic() - started < 10


def test_trailers_and_sizes_of_chunks_are_bounded_and_no_headers(server: Server) -> None:
    with sent(server.port, SIGN_IN + b"transfer-encoding: chunked\r\n\r\n2f\r\n" + BODY + b"\r\n") as connection:
        connection.sendall(b"0\r\norigin: https://evil.example\r\ncookie: a=b\r\n\r\n")
        assert status(answer(connection)) == 401
    with sent(server.port, SIGN_IN + b"transfer-encoding: chunked\r\n\r\n2f;") as connection:
        connection.sendall(b"x" * 2_000_000)
        assert status(read_all(connection)) == 400


def test_an_idle_connection_is_kept_as_long_as_was_set(server: Server) -> None:
    with sent(server.port, REQUEST) as connection:
        assert status(answer(connection)) == 200
        time.sleep(1.5)
        connection.sendall(REQUEST)
        assert status(answer(connection)) == 200
        assert 2.5 < seconds_until_closed(connection) < 8


def test_by_default_an_idle_connection_outlives_that_of_a_proxy(tmp_path: Path) -> None:
    with serving(tmp_path) as server, sent(server.port, REQUEST) as connection:
        assert status(answer(connection)) == 200
        time.sleep(7)
        connection.sendall(REQUEST)
        assert status(answer(connection)) == 200


def test_requests_that_are_sent_before_their_answers_are_answered_in_order(server: Server) -> None:
    paths = [b"/api/auth/ok", b"/health/live", b"/api/auth/nothing"]
    with sent(server.port, b"".join(REQUEST.replace(paths[0], path) for path in paths)) as connection:
        received = b""
        while received.count(b"HTTP/1.1 ") < 3:
            received += connection.recv(65536)
    assert [int(part[:3]) for part in received.split(b"HTTP/1.1 ")[1:]] == [200, 200, 404]


def test_a_flood_of_requests_on_one_connection_is_cut_off(server: Server) -> None:
    with sent(server.port, REQUEST * 2_000) as connection:
        read_all(connection)
    assert server.ask("GET", "/api/auth/ok").status == 200


def test_what_is_no_http_is_answered_400(server: Server) -> None:
    with sent(server.port, b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n") as connection:
        assert status(read_all(connection)) == 400


def test_an_offer_of_http_2_is_declined_and_the_request_answered(server: Server) -> None:
    # As Java's client makes it, with a body.
    offer = (
        b"connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAA\r\n"
    )
    with sent(server.port, SIGN_IN + offer + b"content-length: 47\r\n\r\n" + BODY) as connection:
        assert status(answer(connection)) == 401
        connection.sendall(REQUEST)
        assert status(answer(connection)) == 200
    assert "upgrade" not in server.printed.lower()


@pytest.mark.parametrize(
    "offer",
    [
        b"GET /api/auth/ok HTTP/1.1\r\nhost: localhost\r\nconnection: Upgrade, Close\r\nupgrade: h2c\r\n\r\n",
        b"GET /api/auth/ok HTTP/1.0\r\nconnection: Upgrade\r\nupgrade: h2c\r\n\r\n",
    ],
    ids=["wants to close", "HTTP/1.0"],
)
def test_a_declined_offer_leaves_the_connection_as_it_was_asked_for(server: Server, offer: bytes) -> None:
    with sent(server.port, offer) as connection:
        started = time.monotonic()
        assert status(read_all(connection)) == 200
        assert time.monotonic() - started < 2


def test_half_a_body_is_not_acted_upon(server: Server) -> None:
    """Signing out needs no body; the half of one ends no session."""
    alice = {"name": "Alice", "email": "alice@example.com", "password": "correct horse battery"}
    assert server.ask("POST", "/api/auth/sign-up/email", alice).status == 200
    cookies = "; ".join(f"{name}={value}" for name, value in server.cookies.items())
    head = f"POST /api/auth/sign-out HTTP/1.1\r\nhost: localhost:{server.port}\r\ncookie: {cookies}\r\n"
    head += f"origin: http://localhost:{server.port}\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n{{"
    with sent(server.port, head.encode()) as connection:
        assert status(read_all(connection)) == 408
    with sent(server.port, head.encode()):
        time.sleep(0.2)
    assert server.ask("GET", "/api/auth/get-session").json()["user"]["email"] == alice["email"]
    assert "without starting response" not in server.printed
