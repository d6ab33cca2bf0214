"""`python -m benchmarks`: this server beside better-auth on Node."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import asyncpg

from benchmarks.contestants import BenchmarkError, Contestant, Servers, running
from benchmarks.hash_pressure import CONTESTANTS as PRESSED
from benchmarks.hash_pressure import Pressure, measure_pressure
from benchmarks.measure import Effort, Measurement, measure
from benchmarks.report import Report, describe_machine, describe_method, find_versions
from benchmarks.seed import Seed
from benchmarks.works import WORKS

RESULTS = Path(__file__).parent / "results"
PRESSURE = "hash-pressure"
_SHORTEST_PRESSURE = 1.5


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parsed = _parser().parse_args(arguments)
    seed = Seed(users=parsed.users, sessions=parsed.sessions)
    try:
        report = _run(seed, _effort(parsed), parsed.only or [work.name for work in WORKS] + [PRESSURE])
    except BenchmarkError as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 1
    report.write(parsed.output)
    print(f"\n{report.table()}\n\nWritten to {parsed.output}")
    return 0


def _run(seed: Seed, effort: Effort, names: Sequence[str]) -> Report:
    works = [work for work in WORKS if work.name in names]
    contestants: dict[Contestant, None] = dict.fromkeys(c for work in works for c in work.contestants)
    if PRESSURE in names:
        contestants |= dict.fromkeys(PRESSED)
    measurements: list[Measurement] = []
    pressures: list[Pressure] = []
    _tell("starting PostgreSQL and the servers")
    with running(list(contestants), seed) as servers, tempfile.TemporaryDirectory() as folder:
        postgresql = asyncio.run(_postgresql_version(servers))
        for work in works:
            for connections in effort.connections_of(work):
                measurements += measure(work, servers, seed, effort, connections, Path(folder), _tell)
        if PRESSURE in names:
            pressures = measure_pressure(
                servers,
                seed,
                rounds=effort.hash_rounds,
                seconds=max(effort.hash_seconds, _SHORTEST_PRESSURE),
                folder=Path(folder),
                tell=_tell,
            )
    return Report(
        measurements=measurements,
        pressures=pressures,
        machine=describe_machine(),
        versions=find_versions(postgresql),
        method=describe_method(seed, effort),
    )


async def _postgresql_version(servers: Servers) -> str:
    connection = await asyncpg.connect(next(iter(servers.values())).database)
    try:
        return str(await connection.fetchval("SHOW server_version")).split()[0]
    finally:
        await connection.close()


def _effort(parsed: argparse.Namespace) -> Effort:
    connections = tuple(parsed.connections)
    use_wrk = parsed.client == "wrk"
    if parsed.quick:
        return Effort(
            rounds=2,
            seconds=1,
            hash_rounds=1,
            hash_seconds=0.5,
            warm_up=1.5,
            connections=connections,
            use_wrk=use_wrk,
            is_brief=True,
        )
    return Effort(
        rounds=parsed.rounds,
        seconds=parsed.seconds,
        hash_rounds=parsed.rounds,
        hash_seconds=parsed.seconds,
        warm_up=3,
        connections=connections,
        use_wrk=use_wrk,
    )


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="less than 90 seconds; good for a look, not for quoting")
    parser.add_argument("--users", type=int, default=10_000, help="users per database (default: %(default)s)")
    parser.add_argument("--sessions", type=int, default=20_000, help="sessions per database (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds per work (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=4, help="seconds per round (default: %(default)s)")
    parser.add_argument(
        "--connections", type=int, nargs="+", default=[1, 32], help="numbers of connections (default: 1 32)"
    )
    parser.add_argument(
        "--only", nargs="+", choices=[*(work.name for work in WORKS), PRESSURE], help="only these works"
    )
    parser.add_argument(
        "--client",
        choices=["wrk", "own"],
        default="wrk",
        help="what asks for sessions: wrk where it is installed, or always the project's own client",
    )
    parser.add_argument("--output", type=Path, default=RESULTS, help="folder for the results (default: %(default)s)")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
