"""An answer that is sent without a look at each header is the same as uvicorn's, byte for byte."""

from __future__ import annotations

from typing import Any

import pytest
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from betterauth_py.serving import protocol
from betterauth_py.serving.config import ServingConfig
from betterauth_py.serving.cycle import AnswerCycle
from betterauth_py.serving.protocol import BoundedProtocol, ConnectionState

LENGTH = (b"content-length", b"4")
PLAIN = [(b"content-type", b"text/plain"), LENGTH]
START: dict[str, Any] = {"type": "http.response.start", "status": 200, "headers": PLAIN}
BODY: dict[str, Any] = {"type": "http.response.body", "body": b"body"}


class Transport:
    """Keeps what is written."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.written.append(bytes(data))

    def close(self) -> None:
        self.written.append(b"(closed)")

    def is_closing(self) -> bool:
        return b"(closed)" in self.written

    def get_extra_info(self, name: str) -> tuple[str, int] | None:
        return ("127.0.0.1", 50_000) if name == "peername" else None


async def answered(messages: list[dict[str, Any]], request: bytes, *, leaving: bool = False) -> tuple[Any, ...]:
    """What is written for an app that sends `messages`, how that ends, and of which class the cycle was."""
    ended: list[object] = []

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        try:
            for message in messages:
                await send(message)
        except Exception as error:
            ended.append((type(error), str(error)))

    config = ServingConfig(app)
    config.load()
    state, transport = ConnectionState(), Transport()
    state.default_headers, state.leaving = [(b"date", b"Sat, 21 Nov 2026 12:00:00 GMT")], leaving
    connection = BoundedProtocol(config, state, {})
    connection.app = app
    connection.connection_made(transport)  # type: ignore[arg-type]
    connection.data_received(request)
    for task in list(connection.tasks):
        await task
    cycle = connection.cycle
    assert cycle is not None
    return transport.written, ended, cycle.response_complete, state.total_requests, type(cycle)


def start(*headers: tuple[bytes, bytes], status: int = 200) -> dict[str, Any]:
    return {"type": "http.response.start", "status": status, "headers": list(headers)}


ANSWERS = {
    "simple": [START, BODY],
    "empty": [start((b"content-length", b"0")), {**BODY, "body": b""}],
    "body left out": [start((b"content-length", b"0")), {"type": "http.response.body"}],
    "in pieces": [START, {**BODY, "body": b"bo", "more_body": True}, {**BODY, "body": b"dy"}],
    "no length": [start((b"content-type", b"text/plain")), BODY],
    "no headers": [{"type": "http.response.start", "status": 200}, BODY],
    "nothing to say": [start(status=204), {**BODY, "body": b""}],
    "chunked by itself": [start((b"transfer-encoding", b"chunked")), BODY],
    "ends the connection": [start(LENGTH, (b"connection", b"close")), BODY],
    "ends the connection, capitals": [start(LENGTH, (b"Connection", b"Close")), BODY],
    "names in capitals": [start((b"Content-Type", b"text/plain"), (b"Content-Length", b"4")), BODY],
    "two cookies": [start(LENGTH, (b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")), BODY],
    "two lengths": [start(LENGTH, LENGTH), BODY],
    "lists for pairs": [{**START, "headers": [list(header) for header in PLAIN]}, BODY],
    "line break in a value": [start(LENGTH, (b"location", b"/\r\nset-cookie: a=1")), BODY],
    "line break in a name": [start(LENGTH, (b"x\r\nset-cookie", b"a=1")), BODY],
    "NUL in a value": [start(LENGTH, (b"x-name", b"a\0b")), BODY],
    "colon in a name": [start(LENGTH, (b"x:name", b"a")), BODY],
    "tab in a value": [start(LENGTH, (b"x-name", b"a\tb")), BODY],
    "longer than announced": [START, {**BODY, "body": b"too long"}],
    "shorter than announced": [START, {**BODY, "body": b"bo"}],
    "body first": [BODY],
    "head twice": [START, START],
    "body twice": [START, BODY, BODY],
}


@pytest.mark.parametrize("leaving", [False, True])
@pytest.mark.parametrize("line", [b"GET / HTTP/1.1", b"HEAD / HTTP/1.1", b"GET / HTTP/1.0"])
@pytest.mark.parametrize("messages", ANSWERS.values(), ids=ANSWERS.keys())
async def test_an_answer_is_the_same_as_uvicorns(
    monkeypatch: pytest.MonkeyPatch, messages: list[dict[str, Any]], line: bytes, leaving: bool
) -> None:
    request = line + b"\r\nhost: localhost\r\n\r\n"
    ours = await answered(messages, request, leaving=leaving)
    monkeypatch.setattr(protocol, "AnswerCycle", RequestResponseCycle)
    theirs = await answered(messages, request, leaving=leaving)
    assert ours[:-1] == theirs[:-1]
    assert (ours[-1], theirs[-1]) == (AnswerCycle, RequestResponseCycle)
