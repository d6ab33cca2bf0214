"""Requests to providers, against a real server that misbehaves."""

from __future__ import annotations

import asyncio
import gzip
import json
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import suppress
from time import monotonic

import httpx
import pytest

from betterauth_py.core.http_client import LARGEST_RESPONSE, make_http_client
from betterauth_py.oauth import http
from betterauth_py.oauth.errors import OAuthError
from betterauth_py.oauth.http import LARGEST_ANSWER, ProviderClient
from tests.conftest import MakeAuth


class Provider:
    """A server on a port of its own: answers each path as told, and remembers the requests."""

    def __init__(self) -> None:
        self.heads: list[str] = []
        self.answers: dict[str, bytes] = {}
        self.drips = False
        self.requests_per_connection = 1
        self.connections: list[asyncio.Task[None]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.connections.append(task)
        try:
            for _ in range(self.requests_per_connection):
                await self._answer(reader, writer)
            writer.close()
            await writer.wait_closed()
        except (ConnectionError, asyncio.IncompleteReadError):
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heads.append(head)
        answer = self.answers[head.split()[1]]
        for byte in answer if self.drips else [answer]:
            writer.write(bytes([byte]) if isinstance(byte, int) else byte)
            await writer.drain()
            await asyncio.sleep(0.01 if self.drips else 0)


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"content-length: {len(body)}", "connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


@pytest.fixture
async def provider() -> AsyncIterator[tuple[Provider, str]]:
    served = Provider()
    server = await asyncio.start_server(served.serve, "127.0.0.1", 0)
    yield served, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
    await server.wait_closed()
    await asyncio.wait_for(asyncio.gather(*served.connections), 5)


@pytest.fixture(params=["the server's own", "a developer's"])
async def client(request: pytest.FixtureRequest) -> AsyncIterator[ProviderClient]:
    # What a developer may give: it follows redirects, and keeps cookies.
    own = request.param == "the server's own"
    async with make_http_client() if own else httpx.AsyncClient(follow_redirects=True, timeout=5) as given:
        yield ProviderClient(lambda: given)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_refused(provider: tuple[Provider, str], client: ProviderClient, status: int) -> None:
    served, url = provider
    served.answers["/token"] = answer(b"", f"location: {url}/inside", status=f"{status} Moved")
    with pytest.raises(OAuthError, match="redirect"):
        await client.send("POST", f"{url}/token", headers={"authorization": "Bearer t"}, body="a=b")
    assert len(served.heads) == 1


async def test_an_answer_is_read_up_to_a_bound(provider: tuple[Provider, str], client: ProviderClient) -> None:
    served, url = provider
    whole = json.dumps("x" * (LARGEST_ANSWER - 2)).encode()
    served.answers |= {"/most": answer(whole), "/more": answer(whole + b" ")}
    assert (await client.send("GET", f"{url}/most")).data == "x" * (LARGEST_ANSWER - 2)
    with pytest.raises(OAuthError, match="more than 1048576 bytes"):
        await client.send("GET", f"{url}/more")


async def test_what_unpacks_to_more_is_refused(provider: tuple[Provider, str], client: ProviderClient) -> None:
    served, url = provider
    packed = gzip.compress(b" " * 16 * 1024 * 1024)
    served.answers["/"] = answer(packed, "content-encoding: gzip")
    tracemalloc.start()
    try:
        with pytest.raises(OAuthError, match="more than"):
            await client.send("GET", f"{url}/")
        assert tracemalloc.get_traced_memory()[1] < 4 * LARGEST_ANSWER
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("nothing", [b"\0", b"\x00\x00\x00\xff\xff"], ids=["after the end", "empty blocks"])
async def test_what_unpacks_to_nothing_is_bounded(
    provider: tuple[Provider, str], client: ProviderClient, nothing: bytes
) -> None:
    served, url = provider
    begun = gzip.compress(b"{}") if nothing == b"\0" else b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
    served.answers["/"] = answer(begun + nothing * LARGEST_ANSWER, "content-encoding: gzip")
    with pytest.raises(OAuthError, match="more than 1048576 bytes"):
        await client.send("GET", f"{url}/")


@pytest.mark.parametrize(
    ("head", "endless"),
    [
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;", b"extension"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"1;" + b"x" * 90 + b"\r\n \r\n"),
    ],
    ids=["interim responses", "a chunk extension", "chunk extensions"],
)
async def test_what_is_no_content_is_bounded(head: bytes, endless: bytes) -> None:
    taken = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal taken
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head)
        piece = endless * (65536 // len(endless))
        while not writer.is_closing():
            writer.write(piece)
            await writer.drain()
            taken += len(piece)

    async def serve_until_closed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            await serve(reader, writer)
        writer.close()

    server = await asyncio.start_server(serve_until_closed, "127.0.0.1", 0)
    async with make_http_client() as made, server:
        with pytest.raises(OAuthError, match="cannot be asked"):
            await ProviderClient(lambda: made).send("GET", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    assert taken < 3 * LARGEST_RESPONSE


async def test_a_packed_answer_is_unpacked(provider: tuple[Provider, str], client: ProviderClient) -> None:
    served, url = provider
    packed = gzip.compress(b'{"a": "' + b"x" * 1000 + b'"}')
    served.answers |= {
        "/gzip": answer(packed, "content-encoding: gzip", "content-type: application/json"),
        "/br": answer(packed, "content-encoding: br"),
        "/rubbish": answer(b"{}", "content-encoding: gzip"),
    }
    assert (await client.send("GET", f"{url}/gzip")).data == {"a": "x" * 1000}
    for path in ("br", "rubbish"):
        with pytest.raises(OAuthError):
            await client.send("GET", f"{url}/{path}")


async def test_an_answer_that_drips_is_given_up(
    provider: tuple[Provider, str], client: ProviderClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    served, url = provider
    served.answers["/"] = answer(b'{"a": 1}' * 100)
    served.drips = True
    monkeypatch.setattr(http, "TIMEOUT", 0.2)
    started = monotonic()
    with pytest.raises(OAuthError, match=r"127\.0\.0\.1 has not answered within 0\.2 seconds"):
        await client.send("GET", f"{url}/")
    assert monotonic() - started < 2


async def test_a_cookie_of_one_sign_in_is_not_sent_with_the_next(
    provider: tuple[Provider, str], client: ProviderClient
) -> None:
    served, url = provider
    served.answers["/"] = answer(b"{}", "set-cookie: session=of-ada; path=/")
    for _ in range(2):
        await client.send("GET", f"{url}/")
    assert [head for head in served.heads if "cookie" in head.lower()] == []


async def test_the_servers_own_client_keeps_no_cookie(provider: tuple[Provider, str], make_auth: MakeAuth) -> None:
    served, url = provider
    served.answers["/"] = answer(b"{}", "set-cookie: session=of-ada; path=/")
    shared = (await make_auth()).context.http_client
    for _ in range(2):
        await shared.get(f"{url}/")
    assert [head for head in served.heads if "cookie" in head.lower()] == []
    assert len(shared.cookies.jar) == 0


async def test_as_many_requests_are_under_way_as_there_are() -> None:
    many = 150
    reached = asyncio.Event()
    connections = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await reader.readuntil(b"\r\n\r\n")
        if connections == many:
            reached.set()
        await reached.wait()
        writer.write(answer(b"{}"))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=many)
    async with make_http_client() as made, server:
        client = ProviderClient(lambda: made)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        answers = await asyncio.gather(*(client.send("GET", url) for _ in range(many)))
    assert [one.data for one in answers] == [{}] * many


async def test_a_connection_is_used_again(provider: tuple[Provider, str]) -> None:
    served, url = provider
    served.answers["/"] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
    served.requests_per_connection = 3
    async with make_http_client() as made:
        client = ProviderClient(lambda: made)
        assert [(await client.send("GET", f"{url}/")).data for _ in range(3)] == [{}] * 3
    assert len(served.connections) == 1


async def test_what_fails_leaves_no_connection_open(provider: tuple[Provider, str]) -> None:
    served, url = provider
    endless = b"HTTP/1.1 200 OK\r\ncontent-length: 9000000\r\n\r\n" + b"x" * (LARGEST_ANSWER + 1)
    served.answers |= {"/moved": answer(b"", status="302 Found"), "/rubbish": b"SSH-2.0\r\n", "/endless": endless}
    served.answers["/"] = answer(b"{}")
    served.requests_per_connection = 2
    async with make_http_client() as made:
        client = ProviderClient(lambda: made)
        for path in ("moved", "rubbish", "endless"):
            with pytest.raises(OAuthError):
                await client.send("GET", f"{url}/{path}")
        with pytest.raises(OAuthError):
            await client.send("GET", "http://127.0.0.1:1/")
        assert (await client.send("GET", f"{url}/")).data == {}
        assert len(served.connections) == 4
        await asyncio.wait_for(asyncio.gather(*served.connections), 5)


async def test_proxies_of_the_environment_count(
    monkeypatch: pytest.MonkeyPatch, provider: tuple[Provider, str]
) -> None:
    served, url = provider
    served.answers["http://github.example.com/"] = answer(b'{"from": "the proxy"}')
    monkeypatch.setenv("HTTP_PROXY", url)
    async with make_http_client() as made:
        reply = await ProviderClient(lambda: made).send("GET", "http://github.example.com/")
    assert reply.data == {"from": "the proxy"}


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "nothing", "http://[", "file:///etc/passwd"])
async def test_who_cannot_be_asked_is_an_error_of_oauth(client: ProviderClient, url: str) -> None:
    with pytest.raises(OAuthError):
        await client.send("GET", url, headers={"authorization": "Bearer secret-token"})


@pytest.mark.parametrize("token", ["\ud800", "日本", "a\r\nx: y", "a\0b"])
async def test_a_token_that_no_header_can_hold_is_not_sent(
    provider: tuple[Provider, str], client: ProviderClient, token: str
) -> None:
    served, url = provider
    served.answers["/"] = answer(b"{}")
    with pytest.raises(OAuthError):
        await client.send("GET", f"{url}/", headers={"authorization": f"Bearer {token}"})
    assert served.heads == []


async def test_no_error_tells_a_token(provider: tuple[Provider, str], client: ProviderClient) -> None:
    served, url = provider
    served.answers["/?access_token=secret"] = answer(b"", f"location: {url}", status="302 Found")
    with pytest.raises(OAuthError) as raised:
        await client.send("GET", f"{url}/?access_token=secret", headers={"authorization": "Bearer secret"})
    assert "secret" not in str(raised.value)
    assert raised.value.__cause__ is None
