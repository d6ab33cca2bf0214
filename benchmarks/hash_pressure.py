"""Does get-session stay fast while sign-ins saturate the password hashing?

get-session is asked at a steady rate that every server answers with ease; its latency is compared without and with
clients that sign in as fast as they can. Latency counts from the moment a request was due.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import sleep

from benchmarks.contestants import NODE, OURS, OURS_SCRYPT, BenchmarkError, Server, Servers
from benchmarks.load import client_process, put_load, read_result
from benchmarks.load_client import LoadResult, LoadSettings
from benchmarks.measure import Tell
from benchmarks.seed import Seed
from benchmarks.works import GET_SESSION_WORK, SIGN_IN_WORK

CONTESTANTS = (OURS, OURS_SCRYPT, NODE)
SIGN_IN_CLIENTS = 16
# Enough for the steady rate even where every answer takes seconds.
READERS = 200
READS_PER_SECOND = 50.0
_SETTLING = 0.7
_UNTIL_STOPPED = 600


@dataclass(frozen=True, kw_only=True)
class Pressure:
    """One contestant: get-session's latency in milliseconds, alone and beside sign-ins; medians over the rounds."""

    contestant: str
    label: str
    p50_alone: float
    p99_alone: float
    p50_pressed: float
    p99_pressed: float
    sign_ins: float
    """Sign-ins per second meanwhile."""


@dataclass(frozen=True)
class _Round:
    alone: LoadResult
    pressed: LoadResult
    sign_ins: LoadResult


def measure_pressure(
    servers: Servers, seed: Seed, *, rounds: int, seconds: float, folder: Path, tell: Tell
) -> list[Pressure]:
    """Measure all contestants in interleaved rounds."""
    chosen = [servers[contestant.name] for contestant in CONTESTANTS]
    taken: dict[str, list[_Round]] = {contestant.name: [] for contestant in CONTESTANTS}
    for number in range(rounds):
        for server in chosen:
            taken[server.contestant.name].append(_round(server, seed, seconds, number * 3001, folder))
    found = [_summarize(server, taken[server.contestant.name]) for server in chosen]
    for pressure in found:
        tell(
            f"get-session beside sign-ins, {pressure.label}: p99 {pressure.p99_alone:.1f} -> "
            f"{pressure.p99_pressed:.1f} ms"
        )
    return found


def _round(server: Server, seed: Seed, seconds: float, start: int, folder: Path) -> _Round:
    reads = steady_reads(server, seed, seconds, folder, start=start)
    sign_ins = sign_in_load(server, seed, folder, SIGN_IN_CLIENTS, _UNTIL_STOPPED, start=start)
    alone = put_load(server, reads, use_wrk=False)
    with client_process(sign_ins) as process:
        sleep(_SETTLING)
        pressed = put_load(server, reads, use_wrk=False)
        if process.poll() is not None:
            raise BenchmarkError(f"{server.contestant.name}: the sign-ins ended before the reads")
        process.terminate()
        sign_in_result = read_result(server, process)
    if sign_in_result.problems:
        raise BenchmarkError(f"{server.contestant.name}: {sign_in_result.problems[0]}")
    return _Round(alone, pressed, sign_in_result)


def steady_reads(server: Server, seed: Seed, seconds: float, folder: Path, *, start: int = 0) -> LoadSettings:
    """Return a load of get-session at a low, even rate: what it waits is not its own doing."""
    return LoadSettings(
        port=server.port,
        requests=str(GET_SESSION_WORK.write_requests(server, seed, folder)),
        kind="session",
        connections=READERS,
        seconds=seconds,
        start=start,
        rate=READS_PER_SECOND,
    )


def sign_in_load(
    server: Server,
    seed: Seed,
    folder: Path,
    connections: int,
    seconds: float,
    *,
    start: int = 0,
    rate: float | None = None,
) -> LoadSettings:
    """Return a load of sign-ins: as many as the server answers, or at a `rate`, some of which it may refuse."""
    return LoadSettings(
        port=server.port,
        requests=str(SIGN_IN_WORK.write_requests(server, seed, folder)),
        kind="sign-in",
        connections=connections,
        seconds=seconds,
        start=start,
        rate=rate,
        may_refuse=rate is not None,
    )


def _summarize(server: Server, rounds: Sequence[_Round]) -> Pressure:
    return Pressure(
        contestant=server.contestant.name,
        label=server.contestant.label,
        p50_alone=median(entry.alone.p50 for entry in rounds),
        p99_alone=median(entry.alone.p99 for entry in rounds),
        p50_pressed=median(entry.pressed.p50 for entry in rounds),
        p99_pressed=median(entry.pressed.p99 for entry in rounds),
        sign_ins=median(entry.sign_ins.throughput for entry in rounds),
    )
