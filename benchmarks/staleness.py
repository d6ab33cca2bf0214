"""How long a change made elsewhere stays unseen with the memory cache: `python -m benchmarks.staleness`.

A writer commits a change of a user whose session the server has in memory. From the moment in which the writer knows
of the COMMIT, the session is asked for over HTTP again and again until the change is shown. What is told is the time
to the arrival of the first right answer, a request's own time included, and how many answers before it were old.
Measured on an idle server, under load, and with the connection that listens silently dead.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any

import asyncpg

from benchmarks.contestants import OURS_REMEMBERED, Server, running
from benchmarks.load import find_wrk
from benchmarks.load_client import encode_request, split_answer
from benchmarks.seed import Seed
from benchmarks.works import GET_SESSION, GET_SESSION_WORK
from betterauth_py.options import MemoryCacheOptions

SEED = Seed(users=10_000, sessions=10_000)
CHANGES = 2_000
SILENCES = 5
_LISTENING = (
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_trigger%' "
    "AND pid <> pg_backend_pid()"
)


class Reader:
    """A client that keeps its connection."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def __aenter__(self) -> Reader:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()
        await self._writer.wait_closed()

    async def name_shown(self, session: int) -> str:
        """Ask for the session; return its user's name."""
        self._writer.write(encode_request(f"GET\t{GET_SESSION}\t{SEED.cookie(session)}\t\t", self._port)[0])
        received = b""
        while (answer := split_answer(received)) is None:
            received += await self._reader.read(65_536)
        name: str = json.loads(answer[1])["user"]["name"]
        return name


async def one_change(reader: Reader, writer: asyncpg.Connection[Any], number: int) -> tuple[float, int]:
    """Change a user; return the milliseconds until that was shown, and the number of old answers before."""
    session = number % SEED.sessions
    for _ in range(2):
        await reader.name_shown(session)
    name, old = f"Changed {number}", 0
    await writer.execute('UPDATE "user" SET name = $1 WHERE id = $2', name, SEED.user_id(SEED.owner(session)))
    committed = perf_counter()
    while await reader.name_shown(session) != name:
        old += 1
    return (perf_counter() - committed) * 1000, old


async def changes(server: Server, count: int) -> list[tuple[float, int]]:
    """Make changes one after the other."""
    writer = await asyncpg.connect(server.database)
    try:
        async with Reader(server.port) as reader:
            return [await one_change(reader, writer, number) for number in range(count)]
    finally:
        await writer.close()


async def silences(server: Server, count: int) -> list[tuple[float, int]]:
    """Make changes while the connection that listens is silently dead, each time another one."""
    watcher = await asyncpg.connect(server.database)
    found = []
    try:
        for number in range(count):
            (listening,) = await watcher.fetch(_LISTENING)
            os.kill(listening["pid"], signal.SIGSTOP)
            try:
                async with Reader(server.port) as reader:
                    found.append(await one_change(reader, watcher, CHANGES + number))
                # It gives the connection up and makes another.
                await asyncio.sleep(MemoryCacheOptions.max_staleness)
            finally:
                os.kill(listening["pid"], signal.SIGCONT)
            await asyncio.sleep(1)
    finally:
        await watcher.close()
    return found


@contextmanager
def under_load(server: Server, folder: Path) -> Iterator[None]:
    """Keep 32 connections busy."""
    wrk = find_wrk()
    if wrk is None:
        raise SystemExit("wrk is not installed: nothing can be said about a server under load.")
    requests = GET_SESSION_WORK.write_requests(server, SEED, folder)
    script = Path(__file__).parent / "wrk.lua"
    command = [wrk, "-t1", "-c32", "-d600s", "-s", str(script), f"http://127.0.0.1:{server.port}"]
    with subprocess.Popen([*command, "--", str(requests), "0", '{"session":{"'], stdout=subprocess.DEVNULL) as load:
        try:
            yield
        finally:
            load.kill()


def tell(title: str, found: list[tuple[float, int]]) -> None:
    """Print one line."""
    times = sorted(time for time, _ in found)
    cuts = quantiles(times, n=1000, method="inclusive")
    old = sum(old > 0 for _, old in found)
    print(
        f"{title}: {len(times)} changes, p50 {cuts[499]:.2f} ms, p99 {cuts[989]:.2f} ms, max {times[-1]:.2f} ms; "
        f"{old} times the first answer was old"
    )


def main() -> None:
    """Measure and print."""
    with running([OURS_REMEMBERED], SEED) as servers, tempfile.TemporaryDirectory() as folder:
        server = servers[OURS_REMEMBERED.name]
        tell("idle", asyncio.run(changes(server, CHANGES)))
        with under_load(server, Path(folder)):
            tell("under load", asyncio.run(changes(server, CHANGES)))
        tell("connection silently dead", asyncio.run(silences(server, SILENCES)))


if __name__ == "__main__":
    main()
