"""Keep-alive HTTP/1.1 load from a process of its own: `python -m benchmarks.load_client '<settings>'`.

Raw sockets on an event loop, no HTTP library: about 15 microseconds per request, so that the servers, not the client,
are what is measured. Every answer's status and body are checked; every 50th is parsed and checked field by field.
"""

from __future__ import annotations

import asyncio
import json
import resource
import signal
import sys
from collections import deque
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.answers import Kind, looks_right, problem_with

# What is sent, what the answer must contain, and when it was due.
Request = tuple[bytes, bytes, float]
SAMPLED = 50
# A request that takes longer than this is a failure, not a measurement.
DRAIN_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class LoadSettings:
    """One round of load on one server."""

    port: int
    requests: str
    """A file of requests: one line each, `METHOD path cookie body expected` separated by tabs."""
    kind: Kind
    connections: int
    seconds: float
    start: int = 0
    """The request to begin with."""
    rate: float | None = None
    """Requests per second; None for as many as the server answers."""
    may_refuse: bool = False
    """Whether a 503 with `Retry-After` is a right answer, counted by itself."""


@dataclass(frozen=True, kw_only=True)
class LoadResult:
    """What came of it. Latencies are in milliseconds."""

    requests: int
    seconds: float
    p50: float
    p99: float
    problems: list[str]
    refused: int = 0
    """Requests that were turned away; none of the numbers above counts them."""
    refused_p99: float = 0.0

    @property
    def throughput(self) -> float:
        """Answers per second."""
        return self.requests / self.seconds


def encode_request(line: str, port: int) -> tuple[bytes, bytes]:
    """Return the bytes on the wire, and what the answer must contain."""
    method, path, cookie, body, expected = line.split("\t")
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: application/json\r\n"
    if cookie:
        name = "Authorization" if cookie.startswith("Bearer ") else "Cookie"
        head += f"{name}: {cookie}\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body.encode())}\r\n"
    return f"{head}\r\n{body}".encode(), expected.encode()


def split_answer(data: bytes) -> tuple[bytes, bytes] | None:
    """Return the head and the decoded body of a response, or None while it is incomplete."""
    end = data.find(b"\r\n\r\n")
    if end == -1:
        return None
    head, rest = data[:end].lower(), data[end + 4 :]
    at = head.find(b"\r\ncontent-length:")
    if at != -1:
        length = int(head[at + 17 :].split(b"\r\n", 1)[0])
        return (head, rest) if len(rest) >= length else None
    if b"\r\ntransfer-encoding: chunked" not in head:
        raise ValueError(f"neither a length nor chunks: {head!r}")
    if not rest.endswith(b"0\r\n\r\n"):
        return None
    body = b""
    while True:
        size, _, rest = rest.partition(b"\r\n")
        length = int(size, 16)
        if length == 0:
            return head, body
        if len(rest) < length + 2:
            return None
        body, rest = body + rest[:length], rest[length + 2 :]


class LoadRun:
    """The requests to send and the answers so far."""

    def __init__(self, settings: LoadSettings) -> None:
        self.settings = settings
        lines = Path(settings.requests).read_text().splitlines()
        self._requests = [encode_request(line, settings.port) for line in lines]
        self._next = settings.start % len(self._requests)
        self._latencies: list[float] = []
        self._refusals: list[float] = []
        self._problems: list[str] = []
        self._started = self._ended = perf_counter()
        self._deadline = self._started + settings.seconds
        self._due: deque[float] = deque()
        self._idle: list[Connection] = []
        self._replacements: set[asyncio.Task[None]] = set()
        self._is_over = False
        self.busy = 0
        self.drained = asyncio.Event()

    def take(self) -> tuple[bytes, bytes]:
        """Return the next request; begin again after the last."""
        request = self._requests[self._next]
        self._next = (self._next + 1) % len(self._requests)
        return request

    def answered(self, kind: Kind, expected: bytes, started: float, head: bytes, body: bytes) -> None:
        """Count an answer and check it."""
        self._ended = perf_counter()
        if self.settings.may_refuse and head[9:12] == b"503" and b"\r\nretry-after:" in head:
            self._refusals.append(self._ended - started)
            return
        self._latencies.append(self._ended - started)
        if head[9:12] != b"200":
            self.failed(f"status {head[9:12].decode()}: {body[:200]!r}")
        elif not looks_right(kind, expected, body) or len(self._latencies) % SAMPLED == 1:
            problem = problem_with(kind, expected, body)
            if problem:
                self.failed(problem)

    def failed(self, problem: str) -> None:
        """Note a problem."""
        self._problems.append(problem)

    def rest(self, connection: Connection) -> None:
        """Give a connection that has nothing to do its next request, if one is due."""
        if self.settings.rate is None:
            if perf_counter() < self._deadline:
                connection.ask(perf_counter())
                return
        elif self._due:
            connection.ask(self._due.popleft())
            return
        self._idle.append(connection)
        if self.busy == 0 and perf_counter() >= self._deadline:
            self.drained.set()

    def lost(self, connection: Connection, unanswered: Request | None) -> None:
        """Replace a connection that the server has closed while it was idle, as servers do after some seconds.

        A request may have been on its way by then: it is `unanswered`, and goes over the new connection.
        """
        if connection in self._idle:
            self._idle.remove(connection)
        if unanswered is None and (self._is_over or perf_counter() >= self._deadline):
            return
        replacement = asyncio.get_running_loop().create_task(self._replace(unanswered))
        self._replacements.add(replacement)
        replacement.add_done_callback(self._replacements.discard)

    async def _replace(self, unanswered: Request | None) -> None:
        try:
            connection = await self._connect()
        except OSError as error:
            self.failed(f"no new connection: {error}")
            self.drained.set()
            return
        if unanswered is None:
            self.rest(connection)
        else:
            connection.ask_again(unanswered)

    async def _connect(self) -> Connection:
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(lambda: Connection(self), "127.0.0.1", self.settings.port)
        return connection

    def _take_idle(self) -> Connection | None:
        """Return a connection that has nothing to do; one that is just being closed will be replaced."""
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open:
                return connection
        return None

    def stop(self) -> None:
        """Send nothing more."""
        self._deadline = perf_counter()

    async def run(self) -> LoadResult:
        """Open the connections, load the server, wait for the last answer."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.stop)
        for _ in range(self.settings.connections):
            self._idle.append(await self._connect())
        self._started = perf_counter()
        self._deadline = self._started + self.settings.seconds
        if self.settings.rate is None:
            idle, self._idle = self._idle, []
            for connection in idle:
                connection.ask(perf_counter())
        else:
            await self._pace(self.settings.rate)
        try:
            await asyncio.wait_for(self.drained.wait(), self.settings.seconds + DRAIN_SECONDS)
        except TimeoutError:
            self.failed("requests without an answer")
        self._is_over = True
        for connection in self._idle:
            connection.close()
        return self._result()

    async def _pace(self, rate: float) -> None:
        # A request's time counts from when it was due, so that a slow answer does not hide the wait of the next.
        for number in range(int(self.settings.seconds * rate)):
            due = self._started + number / rate
            if (pause := due - perf_counter()) > 0:
                await asyncio.sleep(pause)
            connection = self._take_idle()
            if connection is None:
                self._due.append(due)
            else:
                connection.ask(due)
        if (pause := self._deadline - perf_counter()) > 0:
            await asyncio.sleep(pause)
        if self.busy == 0:
            self.drained.set()

    def _result(self) -> LoadResult:
        latencies, refusals = sorted(self._latencies) or [0.0], sorted(self._refusals) or [0.0]
        return LoadResult(
            requests=len(self._latencies),
            seconds=max(self._ended - self._started, 1e-9),
            p50=latencies[len(latencies) // 2] * 1000,
            p99=latencies[min(len(latencies) - 1, len(latencies) * 99 // 100)] * 1000,
            problems=self._problems[:5],
            refused=len(self._refusals),
            refused_p99=refusals[min(len(refusals) - 1, len(refusals) * 99 // 100)] * 1000,
        )


class Connection(asyncio.Protocol):
    """One keep-alive connection with at most one request under way."""

    def __init__(self, run: LoadRun) -> None:
        self._run = run
        self._kind = run.settings.kind
        self._transport: Any = None
        self._received = b""
        self._request: Request | None = None
        self._is_second_try = False

    @property
    def is_open(self) -> bool:
        """Whether a request may be sent."""
        return not self._transport.is_closing()

    def connection_made(self, transport: Any) -> None:
        """See `asyncio.Protocol`."""
        self._transport = transport

    def ask(self, due: float) -> None:
        """Send the next request; its time counts from `due`."""
        data, expected = self._run.take()
        self._run.busy += 1
        self._is_second_try = False
        self._send((data, expected, due))

    def ask_again(self, request: Request) -> None:
        """Send a request that crossed the end of another connection; it may not do so twice."""
        self._is_second_try = True
        self._send(request)

    def _send(self, request: Request) -> None:
        self._request = request
        self._transport.write(request[0])

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        self._received = self._received + data if self._received else data
        answer = split_answer(self._received)
        if answer is None or self._request is None:
            return
        self._received = b""
        self._run.busy -= 1
        _, expected, due = self._request
        self._request = None
        self._run.answered(self._kind, expected, due, *answer)
        self._run.rest(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """See `asyncio.Protocol`."""
        request, self._request = self._request, None
        if request is None or not (self._is_second_try or self._received):
            self._run.lost(self, request)
            return
        self._run.failed(f"connection lost: {exc}")
        self._run.drained.set()

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()


async def _main() -> None:
    # One file for each connection, and 1,024 are the usual limit.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    result = await LoadRun(LoadSettings(**json.loads(sys.argv[1]))).run()
    print(json.dumps(asdict(result)))


if __name__ == "__main__":
    try:
        import uvloop
    except ImportError:
        asyncio.run(_main())
    else:
        uvloop.run(_main())
