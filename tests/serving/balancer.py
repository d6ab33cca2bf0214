"""A load balancer in front of several servers: it honours readiness and repeats nothing that failed."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
READY = b"GET /health/ready HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"


@dataclass
class Backend:
    """One server, and the idle connections to it."""

    port: int
    up: bool = False
    idle: list[Connection] = field(default_factory=list)


async def read_message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """One request or answer with `content-length`, as head and body."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    return head, await reader.readexactly(length)


class Balancer:
    """Passes requests on to backends that are ready, in turns. Use as an async context manager."""

    def __init__(self, ports: list[int], interval: float) -> None:
        """Prepare; `interval` is the seconds between two questions for readiness."""
        self.backends = [Backend(port) for port in ports]
        self.failures: list[str] = []
        self._interval = interval
        self._turn = 0

    async def __aenter__(self) -> Balancer:
        self._checks = [asyncio.create_task(self._check(backend)) for backend in self.backends]
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(self, *_: object) -> None:
        for check in self._checks:
            check.cancel()
        self._server.close()
        for backend in self.backends:
            for _reader, writer in backend.idle:
                writer.close()

    async def _check(self, backend: Backend) -> None:
        while True:
            try:
                async with asyncio.timeout(2):
                    connection = await asyncio.open_connection("127.0.0.1", backend.port)
                    connection[1].write(READY)
                    answer, _ = await read_message(connection[0])
                    connection[1].close()
                backend.up = answer.startswith(b"HTTP/1.1 200 ")
            except (OSError, EOFError, TimeoutError):
                backend.up = False
            await asyncio.sleep(self._interval)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(EOFError, ConnectionError):
            while True:
                head, body = await read_message(reader)
                writer.write(await self._pass_on(head, body))
        writer.close()

    async def _connection(self, backend: Backend) -> Connection:
        while backend.idle:
            kept = backend.idle.pop()
            if not kept[0].at_eof():
                return kept
            kept[1].close()
        return await asyncio.open_connection("127.0.0.1", backend.port)

    async def _pass_on(self, head: bytes, body: bytes) -> bytes:
        up = [backend for backend in self.backends if backend.up]
        if not up:
            self.failures.append("nobody is ready")
            return b"HTTP/1.1 503 Nobody\r\ncontent-length: 0\r\n\r\n"
        self._turn += 1
        backend = up[self._turn % len(up)]
        try:
            upstream = await self._connection(backend)
            upstream[1].write(head + body)
            answer, content = await read_message(upstream[0])
        except (OSError, EOFError) as error:
            self.failures.append(f"{backend.port}: {error!r}")
            return b"HTTP/1.1 502 Bad\r\ncontent-length: 0\r\n\r\n"
        if b"connection: close" in answer.lower():
            upstream[1].close()
        else:
            backend.idle.append(upstream)
        return answer.replace(b"connection: close\r\n", b"") + content
