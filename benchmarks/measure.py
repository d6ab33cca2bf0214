"""Interleaved rounds: every contestant in turn, again and again, so that a noisy neighbour hits all of them alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.contestants import Server, Servers
from benchmarks.load import put_load
from benchmarks.load_client import LoadResult, LoadSettings
from benchmarks.seed import Seed
from benchmarks.works import GET_SESSION_WORK, Work, check_completely

Tell = Callable[[str], None]

_WARMING_CONNECTIONS = 4


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How long and how often to measure."""

    rounds: int
    seconds: float
    hash_rounds: int
    hash_seconds: float
    warm_up: float
    """Seconds of load before a work is measured, for Node's compiler above all."""
    connections: tuple[int, ...] = (1, 32)
    sweep: tuple[int, ...] = (1, 8, 32, 128, 512)
    """Connections for get-session."""
    use_wrk: bool = True
    is_brief: bool = False
    """Whether only get-session is measured with every number of connections, and the rest with the last."""

    def connections_of(self, work: Work) -> tuple[int, ...]:
        """Return the numbers of connections to measure a work with."""
        if work is GET_SESSION_WORK:
            return self.connections if self.is_brief else tuple(sorted({*self.connections, *self.sweep}))
        return self.connections[-1:] if self.is_brief or work.of_one_load else self.connections

    def of(self, work: Work) -> tuple[int, float]:
        """Return rounds and seconds for a work."""
        return (self.hash_rounds, self.hash_seconds) if work.is_hashing else (self.rounds, self.seconds)


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One contestant at one work with so many connections: medians over the rounds."""

    work: str
    title: str
    contestant: str
    kind: str
    label: str
    connections: int
    throughput: float
    """Answers per second."""
    p50: float
    """Milliseconds."""
    p99: float
    """Milliseconds."""
    cpu: float | None
    """Microseconds of the server's CPU per request."""
    ratio: float | None
    """Throughput as a multiple of Node's: the median of the rounds' ratios."""
    ratios: tuple[float, ...]
    """The ratio in each round."""
    cpu_ratio: float | None
    """How many of these answers cost the CPU of one of Node's."""
    limit_ratio: float | None
    """Throughput as a multiple of the raw limit's, where it does this work; the median of the rounds' ratios."""
    memory: float | None
    """Memory of the process in MiB, right after."""
    requests: int
    """Answers in all rounds together; every one of them was right."""


@dataclass(frozen=True)
class _Round:
    result: LoadResult
    cpu: float | None


def measure(
    work: Work, servers: Servers, seed: Seed, effort: Effort, connections: int, folder: Path, tell: Tell
) -> list[Measurement]:
    """Measure one work with so many connections on all its contestants."""
    rounds, seconds = effort.of(work)
    chosen = [servers[contestant.name] for contestant in work.contestants]
    files = {server.port: work.write_requests(server, seed, folder) for server in chosen}
    for server in chosen:
        check_completely(work, server, files[server.port])
        if connections == effort.connections_of(work)[0]:
            warm_up = effort.warm_up / 4 if work.is_hashing else effort.warm_up
            _round(work, server, files[server.port], _WARMING_CONNECTIONS, warm_up, 0, use_wrk=False)
    taken: dict[int, list[_Round]] = {server.port: [] for server in chosen}
    for number in range(rounds):
        for server in chosen:
            if work.fresh:
                files[server.port] = work.write_requests(server, seed, folder)
            start = 0 if work.fresh else number * 3001
            taken[server.port].append(
                _round(work, server, files[server.port], connections, seconds, start, use_wrk=effort.use_wrk)
            )
    measurements = _summarize(work, chosen, taken, connections)
    for measurement in measurements:
        tell(f"{work.title}, {connections} connections, {measurement.label}: {measurement.throughput:,.0f}/s")
    return measurements


def _round(
    work: Work, server: Server, requests: Path, connections: int, seconds: float, start: int, *, use_wrk: bool
) -> _Round:
    settings = LoadSettings(
        port=server.port,
        requests=str(requests),
        kind=work.kind,
        connections=connections,
        seconds=seconds,
        start=start,
    )
    before = server.cpu_seconds()
    result = put_load(server, settings, use_wrk=use_wrk)
    after = server.cpu_seconds()
    cpu = None if before is None or after is None else (after - before) / result.requests * 1e6
    return _Round(result, cpu)


def _summarize(
    work: Work, servers: Sequence[Server], taken: dict[int, list[_Round]], connections: int
) -> list[Measurement]:
    node = next(taken[server.port] for server in servers if server.contestant.kind == "node")
    raw = next((taken[server.port] for server in servers if server.contestant.kind == "raw"), None)
    node_cpu = _median_cpu(node)
    measurements = []
    for server in servers:
        rounds = taken[server.port]
        is_node = server.contestant.kind == "node"
        cpu = _median_cpu(rounds)
        ratios = _ratios(rounds, node)
        measurements.append(
            Measurement(
                work=work.name,
                title=work.title,
                contestant=server.contestant.name,
                kind=server.contestant.kind,
                label=server.contestant.label,
                connections=connections,
                throughput=median(entry.result.throughput for entry in rounds),
                p50=median(entry.result.p50 for entry in rounds),
                p99=median(entry.result.p99 for entry in rounds),
                cpu=cpu,
                ratio=None if is_node else median(ratios),
                ratios=() if is_node else ratios,
                cpu_ratio=node_cpu / cpu if node_cpu and cpu and not is_node else None,
                limit_ratio=None if raw is None else median(_ratios(rounds, raw)),
                memory=server.memory_mib(),
                requests=sum(entry.result.requests for entry in rounds),
            )
        )
    return measurements


def _ratios(own: Sequence[_Round], reference: Sequence[_Round]) -> tuple[float, ...]:
    pairs = zip(own, reference, strict=True)
    return tuple(first.result.throughput / second.result.throughput for first, second in pairs)


def _median_cpu(rounds: Sequence[_Round]) -> float | None:
    known = [entry.cpu for entry in rounds if entry.cpu is not None]
    return median(known) if known else None
