"""The load client goes on where a server closes connections that were idle for some seconds, as all servers do."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import uvloop

from benchmarks.load_client import LoadResult, LoadRun, LoadSettings

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nnull"
IDLE_SECONDS = 0.1


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer requests; end like uvicorn's keep-alive time-out, or in the middle of it: without reading any more."""
    try:
        while True:
            async with asyncio.timeout(IDLE_SECONDS):
                await reader.readuntil(b"\r\n\r\n")
            writer.write(ANSWER)
    except (TimeoutError, asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def loaded(requests: Path, *, connections: int, rate: float, seconds: float) -> tuple[LoadResult, int]:
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
    requests = tmp_path / "requests.tsv"
    requests.write_text("GET\t/api/auth/get-session\t\t\tnull")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        result, opened = runner.run(loaded(requests, connections=connections, rate=rate, seconds=1.5))
    assert result.problems == []
    assert result.requests == 1.5 * rate
    assert opened > connections
