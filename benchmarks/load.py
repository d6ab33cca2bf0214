"""Puts load on a server from another process: with wrk where it is installed, else with the project's own client."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache
from pathlib import Path

from benchmarks.contestants import ROOT, BenchmarkError, Server
from benchmarks.load_client import LoadResult, LoadSettings

_WRK_SCRIPT = Path(__file__).parent / "wrk.lua"
# What every body of the two kinds that wrk is used for begins with.
_BEGINNINGS = {"session": '{"session":{"', "null": "null"}


@cache
def find_wrk() -> str | None:
    """Return wrk's path, if it is installed."""
    return shutil.which("wrk")


def put_load(server: Server, settings: LoadSettings, *, use_wrk: bool) -> LoadResult:
    """Run one round.

    Raises:
        BenchmarkError: if any answer was not the right one.
    """
    wrk = find_wrk() if use_wrk and settings.rate is None else None
    if wrk and settings.kind in _BEGINNINGS:
        result = _run_wrk(wrk, settings)
    else:
        with client_process(settings) as process:
            result = read_result(server, process)
    if result.problems or not result.requests:
        problem = result.problems[0] if result.problems else "no answer at all"
        raise BenchmarkError(f"{server.contestant.name}, {settings.kind}: {problem}\n{server.log.read_text()[-2000:]}")
    return result


@contextmanager
def client_process(settings: LoadSettings) -> Iterator[subprocess.Popen[str]]:
    """Start the project's own client."""
    command = [sys.executable, "-m", "benchmarks.load_client", json.dumps(asdict(settings))]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()


def read_result(server: Server, process: subprocess.Popen[str]) -> LoadResult:
    """Wait for the client to end and return what it found.

    Raises:
        BenchmarkError: if it broke.
    """
    output, _ = process.communicate()
    if process.returncode:
        raise BenchmarkError(f"{server.contestant.name}: the load client ended with {process.returncode}")
    return LoadResult(**json.loads(output))


def _run_wrk(wrk: str, settings: LoadSettings) -> LoadResult:
    duration = max(1, round(settings.seconds))
    command = [
        wrk, "-t1", f"-c{settings.connections}", f"-d{duration}s", "--timeout", "30s", "-s", str(_WRK_SCRIPT),
        f"http://127.0.0.1:{settings.port}", "--", settings.requests, str(settings.start), _BEGINNINGS[settings.kind],
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    line = next((line for line in done.stdout.splitlines() if line.startswith("RESULT\t")), None)
    if done.returncode or line is None:
        raise BenchmarkError(f"wrk failed: {done.stdout}{done.stderr}")
    _, requests, microseconds, p50, p99, wrong, errors, sample = line.split("\t", 7)
    problems = []
    if int(wrong):
        problems.append(f"{wrong} wrong answers, one of them: {sample}")
    if int(errors):
        problems.append(f"{errors} connection errors")
    return LoadResult(
        requests=int(requests),
        seconds=int(microseconds) / 1e6,
        p50=float(p50) / 1000,
        p99=float(p99) / 1000,
        problems=problems,
    )
