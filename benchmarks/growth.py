"""Does reading a session cost more when there are more of them?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.contestants import OURS, growing
from benchmarks.load import put_load
from benchmarks.load_client import LoadSettings
from benchmarks.measure import Tell
from benchmarks.seed import Seed
from benchmarks.works import GET_SESSION_WORK, check_completely

_CONNECTIONS = 32


@dataclass(frozen=True, kw_only=True)
class Size:
    """This server with so many sessions: medians over the rounds."""

    sessions: int
    throughput: float
    p50: float
    p99: float
    cpu: float | None
    """Microseconds of the server's CPU per request."""


def measure_growth(sizes: Sequence[int], *, rounds: int, seconds: float, folder: Path, tell: Tell) -> list[Size]:
    """Measure all sizes in interleaved rounds; half as many users as sessions."""
    seeds = [Seed(users=max(1, size // 2), sessions=size) for size in sizes]
    tell(f"filling tables of up to {max(sizes):,} sessions")
    with growing(OURS, seeds) as servers:
        taken: dict[int, list[tuple[float, float, float, float | None]]] = {size: [] for size in sizes}
        files = {}
        for server, seed in zip(servers, seeds, strict=True):
            files[seed.sessions] = folder / f"growth-{seed.sessions}.tsv"
            files[seed.sessions].write_text("\n".join(GET_SESSION_WORK.lines(server, seed)))
            check_completely(GET_SESSION_WORK, server, files[seed.sessions])
        for number in range(-1, rounds):
            for server, seed in zip(servers, seeds, strict=True):
                settings = LoadSettings(
                    port=server.port,
                    requests=str(files[seed.sessions]),
                    kind="session",
                    connections=_CONNECTIONS,
                    seconds=seconds,
                    start=max(0, number) * 3001,
                )
                before = server.cpu_seconds()
                result = put_load(server, settings, use_wrk=True)
                after = server.cpu_seconds()
                cpu = None if before is None or after is None else (after - before) / result.requests * 1e6
                # The first round only warms up.
                if number >= 0:
                    taken[seed.sessions].append((result.throughput, result.p50, result.p99, cpu))
    found = [_summarize(size, rounds_of) for size, rounds_of in taken.items()]
    for size in found:
        tell(f"{size.sessions:,} sessions: {size.throughput:,.0f}/s, p50 {size.p50:.2f} ms")
    return found


def _summarize(sessions: int, rounds: Sequence[tuple[float, float, float, float | None]]) -> Size:
    cpus = [entry[3] for entry in rounds if entry[3] is not None]
    return Size(
        sessions=sessions,
        throughput=median(entry[0] for entry in rounds),
        p50=median(entry[1] for entry in rounds),
        p99=median(entry[2] for entry in rounds),
        cpu=median(cpus) if cpus else None,
    )
