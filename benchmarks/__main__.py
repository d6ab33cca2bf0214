"""`python -m benchmarks`: this server beside better-auth on Node, and what the session verifier costs."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import asyncpg

from benchmarks.bare_hash import BareHash, measure_bare_hashes
from benchmarks.contestants import OURS, PYPI, BenchmarkError, Contestant, Servers, running
from benchmarks.growth import Size, measure_growth
from benchmarks.hash_pressure import CONTESTANTS as PRESSED
from benchmarks.hash_pressure import Pressure, measure_pressure
from benchmarks.measure import Effort, Measurement, measure
from benchmarks.oauth import CONTESTANTS as WITH_PROVIDER
from benchmarks.oauth import OAuthBurst, OAuthCost, measure_bursts, measure_oauth
from benchmarks.overload import CONTESTANTS as OVERLOADED
from benchmarks.overload import Overload, measure_overload
from benchmarks.pypi_environment import PypiEnvironmentError, pypi_python
from benchmarks.report import Report, VerifierResult, describe_machine, describe_method, find_versions
from benchmarks.seed import Seed
from benchmarks.starts import CONTESTANTS as STARTED
from benchmarks.starts import Start, measure_starts
from benchmarks.verify import CONTESTANTS as VERIFIED
from benchmarks.verify import COUNT, ROUNDS, document
from benchmarks.verify import measure as measure_verifier
from benchmarks.works import WORKS, Work

RESULTS = Path(__file__).parent / "results"
PRESSURE = "hash-pressure"
OVERLOAD = "overload"
GROWTH = "growth"
VERIFY = "verify"
START = "start"
OAUTH = "oauth"
NAMES = (*(work.name for work in WORKS), START, OAUTH, PRESSURE, OVERLOAD, GROWTH, VERIFY)
_SHORTEST_PRESSURE = 1.5
_OVERLOAD_SECONDS = 5
_BRIEF_ROUNDS, _BRIEF_COUNT = 15, 200
_STARTS, _BRIEF_STARTS = 7, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parsed = _parser().parse_args(arguments)
    seed = Seed(users=parsed.users, sessions=parsed.sessions)
    try:
        report = _run(seed, _effort(parsed), parsed.only or _usual(parsed), parsed.growth)
    except BenchmarkError as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 1
    report.write(parsed.output)
    if report.verifier:
        (parsed.output / "verify.md").write_text(document(report.verifier, report.machine), encoding="utf-8")
    print(f"\n{report.table()}\n\nWritten to {parsed.output}")
    return 0


def _usual(parsed: argparse.Namespace) -> list[str]:
    """Return what is measured unless something is asked for: everything, or under `--quick` what is quick."""
    return [name for name in NAMES if not parsed.quick or name not in {OVERLOAD, GROWTH}]


def _run(seed: Seed, effort: Effort, names: Sequence[str], sizes: Sequence[int]) -> Report:
    works = _without_pypi([work for work in WORKS if work.name in names])
    contestants: dict[Contestant, None] = dict.fromkeys(c for work in works for c in work.contestants)
    if START in names:
        contestants |= dict.fromkeys(STARTED)
    if OAUTH in names:
        contestants |= dict.fromkeys(WITH_PROVIDER)
    if PRESSURE in names:
        contestants |= dict.fromkeys(PRESSED)
    if OVERLOAD in names:
        contestants |= dict.fromkeys(OVERLOADED)
    if VERIFY in names:
        contestants |= dict.fromkeys(VERIFIED)
    contestants = contestants or {OURS: None}
    measurements: list[Measurement] = []
    starts: list[Start] = []
    oauth: list[OAuthCost] = []
    oauth_bursts: list[OAuthBurst] = []
    pressures: list[Pressure] = []
    bare_hashes: list[BareHash] = []
    overloads: list[Overload] = []
    growth: list[Size] = []
    verifier: list[VerifierResult] = []
    _tell("starting PostgreSQL and the servers")
    with running(list(contestants), seed) as servers, tempfile.TemporaryDirectory() as folder:
        postgresql = asyncio.run(_postgresql_version(servers))
        if START in names:
            starts = measure_starts(servers, rounds=_BRIEF_STARTS if effort.is_brief else _STARTS, tell=_tell)
        if OAUTH in names:
            oauth = measure_oauth(servers, rounds=effort.hash_rounds, is_brief=effort.is_brief, tell=_tell)
            oauth_bursts = measure_bursts(servers, rounds=effort.hash_rounds, tell=_tell)
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
        if OVERLOAD in names:
            overloads = measure_overload(servers, seed, seconds=_OVERLOAD_SECONDS, folder=Path(folder), tell=_tell)
        if VERIFY in names:
            rounds, count = (_BRIEF_ROUNDS, _BRIEF_COUNT) if effort.is_brief else (ROUNDS, COUNT)
            verifier = measure_verifier(servers, seed, rounds=rounds, count=count, tell=_tell)
    if any(work.is_hashing for work in works):
        bare_hashes = measure_bare_hashes(rounds=effort.hash_rounds, seconds=effort.hash_seconds, tell=_tell)
    if GROWTH in names:
        with tempfile.TemporaryDirectory() as folder:
            growth = measure_growth(
                sizes, rounds=effort.rounds, seconds=effort.seconds, folder=Path(folder), tell=_tell
            )
    return Report(
        measurements=measurements,
        starts=starts,
        oauth=oauth,
        oauth_bursts=oauth_bursts,
        bare_hashes=bare_hashes,
        pressures=pressures,
        overloads=overloads,
        growth=growth,
        verifier=verifier,
        machine=describe_machine(),
        versions=find_versions(postgresql),
        method=describe_method(seed, effort),
    )


def _without_pypi(works: list[Work]) -> list[Work]:
    """Return the works as they are, or without the PyPI package, saying so loudly, where it cannot be installed."""
    if not any(PYPI in work.contestants for work in works):
        return works
    try:
        pypi_python()
    except PypiEnvironmentError as error:
        _tell(f"THE PYPI PACKAGE better-auth-server IS NOT MEASURED: it cannot be installed: {error}")
        return [work.between(*(c for c in work.contestants if c != PYPI)) for work in works]
    return works


async def _postgresql_version(servers: Servers) -> str:
    connection = await asyncpg.connect(
        next(server.database for server in servers.values() if not server.contestant.on_sqlite)
    )
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
        sweep=tuple(parsed.sweep),
        use_wrk=use_wrk,
    )


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="less than 90 seconds; good for a look, not for quoting")
    parser.add_argument("--users", type=int, default=100_000, help="users per database (default: %(default)s)")
    parser.add_argument("--sessions", type=int, default=200_000, help="sessions per database (default: %(default)s)")
    parser.add_argument(
        "--growth",
        type=int,
        nargs="+",
        default=[1_000, 10_000, 100_000, 1_000_000],
        help="numbers of sessions to compare; 5000000 takes some minutes and 4 GB (default: up to 1000000)",
    )
    parser.add_argument("--rounds", type=int, default=5, help="rounds per work (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=4, help="seconds per round (default: %(default)s)")
    parser.add_argument(
        "--connections", type=int, nargs="+", default=[1, 32], help="numbers of connections (default: 1 32)"
    )
    parser.add_argument(
        "--sweep",
        type=int,
        nargs="+",
        default=[1, 8, 32, 128, 512],
        help="numbers of connections for get-session (default: 1 8 32 128 512)",
    )
    parser.add_argument("--only", nargs="+", choices=NAMES, help="only these; verify is the session verifier")
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
