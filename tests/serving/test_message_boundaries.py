"""Where a message ends cannot be read in two ways, so that no proxy in front takes one request for another.

OWASP ASVS 5.0, 4.2.1 and 4.2.2; RFC 9112, 6.3 and 11.2.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cli.command import Server, serving
from tests.serving.wire import read_all, sent, status

SIGN_IN = b"POST /api/auth/sign-in/email HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
BODY = b'{"email":"a@example.com","password":"12345678"}'
HIDDEN = b"0\r\n\r\nGET /api/auth/ok HTTP/1.1\r\nhost: localhost\r\n\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("boundaries")) as running:
        yield running


@pytest.mark.parametrize(
    "message",
    [
        SIGN_IN + b"content-length: 47\r\ncontent-length: 5\r\n\r\n" + BODY,
        SIGN_IN + b"content-length: 47\r\ncontent-length: 47\r\n\r\n" + BODY,
        SIGN_IN + b"content-length: +47\r\n\r\n" + BODY,
        SIGN_IN + b"content-length : 47\r\n\r\n" + BODY,
        SIGN_IN + b"content-length: 47\r\ntransfer-encoding: chunked\r\n\r\n" + HIDDEN,
        SIGN_IN + b"transfer-encoding: xchunked\r\n\r\n" + HIDDEN,
        b"GET /api/auth/ok HTTP/1.1\nhost: localhost\n\n",
        b"GET /api/auth/ok HTTP/1.1\r\nhost: localhost\r\na: b\r\n c\r\n\r\n",
    ],
    ids=["two lengths", "one length twice", "a sign", "a blank", "two framings", "unknown coding", "bare LF", "folded"],
)
def test_a_message_that_could_end_in_two_places_is_refused(server: Server, message: bytes) -> None:
    with sent(server.port, message) as connection:
        received = read_all(connection)
    assert (status(received), received.count(b"HTTP/1.1 ")) == (400, 1)


@pytest.mark.parametrize("path", [b"/", b"/health/live", b"/api/auth/ok"])
@pytest.mark.parametrize("hosts", [b"", b"host: localhost\r\nhost: other.test\r\n"], ids=["no host", "two hosts"])
def test_whom_a_request_is_for_is_said_once(server: Server, path: bytes, hosts: bytes) -> None:
    """RFC 9112, 3.2; HTTP/1.0, in which load balancers ask for health, needs no host."""
    with sent(server.port, b"GET " + path + b" HTTP/1.1\r\n" + hosts + b"\r\n") as connection:
        assert status(read_all(connection)) == 400
    with sent(server.port, b"GET " + path + b" HTTP/1.0\r\n\r\n") as connection:
        assert status(read_all(connection)) == 200
