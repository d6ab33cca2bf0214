"""The load client goes on where a server closes connections that were idle for some seconds, as all servers do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import uvloop

from benchmarks.load_client import LoadResult, LoadRun, LoadSettings

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nnull"
IDLE_SECONDS = 0.1
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer requests; end like uvicorn's keep-alive time-out, or in the middle of it: without reading any more."""
    try:
        while True:
            async with asyncio.timeout(IDLE_SECONDS):
                await reader.readuntil(b"\r\n\r\n")
            writer.write(ANSWER)
    except (TimeoutError, asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def hang_up_on_every_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    writer.close()


async def loaded(
    tmp_path: Path, serve: Serve, *, connections: int, rate: float | None, seconds: float = 1.5
) -> tuple[LoadResult, int]:
    requests = tmp_path / "requests.tsv"
    requests.write_text("GET\t/api/auth/get-session\t\t\tnull")
    opened = 0

    async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal opened
        opened += 1
        await serve(reader, writer)

    async with await asyncio.start_server(count, "127.0.0.1", 0) as server:
        settings = LoadSettings(
            port=server.sockets[0].getsockname()[1],
            requests=str(requests),
            kind="null",
            connections=connections,
            seconds=seconds,
            rate=rate,
        )
        return await LoadRun(settings).run(), opened


# At the second rate a request is due just when a connection has been idle long enough to be closed.
@pytest.mark.parametrize(("connections", "rate"), [(20, 20), (1, 1 / IDLE_SECONDS)])
def test_connections_that_are_closed_while_they_are_idle_are_replaced(
    tmp_path: Path, connections: int, rate: float
) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        result, opened = runner.run(loaded(tmp_path, serve, connections=connections, rate=rate))
    assert result.problems == []
    assert result.requests == 1.5 * rate
    assert opened > connections


def test_a_connection_that_is_closed_with_its_first_request_on_the_way_is_replaced(tmp_path: Path) -> None:
    closing = iter([hang_up_on_every_request] * 3)

    async def close_the_first(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await next(closing, serve)(reader, writer)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        result, opened = runner.run(loaded(tmp_path, close_the_first, connections=3, rate=20))
    assert result.problems == []
    assert result.requests == 30
    assert opened > 3


@pytest.mark.parametrize("rate", [None, 20])
def test_a_server_that_never_answers_is_a_problem(tmp_path: Path, rate: float | None) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        result, _ = runner.run(loaded(tmp_path, hang_up_on_every_request, connections=2, rate=rate))
    assert result.requests == 0
    assert result.problems[0].startswith("connection lost")
