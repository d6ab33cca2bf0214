"""What happens when more people sign in than a server can hash passwords for.

The capacity is measured first. Then sign-ins come at a rate, whether the server keeps up or not, while sessions are
read at a steady rate that every server answers with ease. Latency counts from the moment a request was due.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from time import sleep

from benchmarks.contestants import NODE, OURS, BenchmarkError, Server, Servers
from benchmarks.hash_pressure import sign_in_load, steady_reads
from benchmarks.load import client_process, put_load, read_result
from benchmarks.measure import Tell
from benchmarks.seed import Seed

CONTESTANTS = (OURS, NODE)
FACTORS = (0.5, 1.0, 2.0)
# More than can be in line at once.
_SIGN_IN_CONNECTIONS = 1_600
_CAPACITY_CONNECTIONS = 16
# Longer than anybody may wait in line with default options, so that the line is full.
_SETTLING = 7.0


@dataclass(frozen=True, kw_only=True)
class Overload:
    """One contestant under one rate of sign-ins; latencies in milliseconds."""

    contestant: str
    label: str
    factor: float
    """The rate of sign-ins as a multiple of the capacity; 0 for none."""
    rate: float
    read_p50: float
    read_p99: float
    signed_in: int = 0
    sign_in_p99: float = 0.0
    refused: int = 0
    refused_p99: float = 0.0


def measure_overload(servers: Servers, seed: Seed, *, seconds: float, folder: Path, tell: Tell) -> list[Overload]:
    """Measure the contestants one after the other, each without sign-ins and then with more and more."""
    found = []
    for contestant in CONTESTANTS:
        server = servers[contestant.name]
        capacity = put_load(
            server, sign_in_load(server, seed, folder, _CAPACITY_CONNECTIONS, min(seconds, 3)), use_wrk=False
        ).throughput
        for factor in (0.0, *FACTORS):
            measured = _measure(server, seed, factor, capacity * factor, seconds, folder)
            tell(
                f"{contestant.label}, sign-ins at {factor:g} of capacity: get-session p99 {measured.read_p99:.1f} ms, "
                f"{measured.signed_in} signed in, {measured.refused} refused"
            )
            found.append(measured)
    return found


def _measure(server: Server, seed: Seed, factor: float, rate: float, seconds: float, folder: Path) -> Overload:
    reads = steady_reads(server, seed, seconds, folder)
    name, label = server.contestant.name, server.contestant.label
    if not factor:
        alone = put_load(server, reads, use_wrk=False)
        return Overload(contestant=name, label=label, factor=0, rate=0, read_p50=alone.p50, read_p99=alone.p99)
    sign_ins = sign_in_load(server, seed, folder, _SIGN_IN_CONNECTIONS, _SETTLING + seconds, rate=rate)
    with client_process(sign_ins) as process:
        sleep(_SETTLING)
        pressed = put_load(server, reads, use_wrk=False)
        result = read_result(server, process)
    if result.problems:
        raise BenchmarkError(f"{server.contestant.name}: {result.problems[0]}")
    return Overload(
        contestant=name,
        label=label,
        factor=factor,
        rate=rate,
        read_p50=pressed.p50,
        read_p99=pressed.p99,
        signed_in=result.requests,
        sign_in_p99=result.p99,
        refused=result.refused,
        refused_p99=result.refused_p99,
    )
