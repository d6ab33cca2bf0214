"""The limit of signing in: password hashes on all cores and nothing else.

`python -m benchmarks.bare_hash <algorithm> <seconds>` prints how many a second.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import get_args

from benchmarks.contestants import ROOT
from benchmarks.measure import Tell
from benchmarks.seed import PASSWORD, Algorithm
from betterauth_py.crypto.passwords import PasswordHasher
from betterauth_py.options.email_and_password import PasswordOptions

_AT_ONCE = 16
_SHORTEST = 1.0


@dataclass(frozen=True, kw_only=True)
class BareHash:
    """How many passwords a second this machine verifies when it does nothing else: the median of the rounds."""

    algorithm: Algorithm
    throughput: float


def measure_bare_hashes(*, rounds: int, seconds: float, tell: Tell) -> list[BareHash]:
    """Measure both algorithms in turns."""
    taken: dict[Algorithm, list[float]] = {"argon2id": [], "scrypt": []}
    for _ in range(rounds):
        for algorithm, rates in taken.items():
            rates.append(_bare_hash(algorithm, max(seconds, _SHORTEST)))
    found = [BareHash(algorithm=algorithm, throughput=median(rates)) for algorithm, rates in taken.items()]
    for bare in found:
        tell(f"bare {bare.algorithm}: {bare.throughput:.1f}/s")
    return found


def _bare_hash(algorithm: Algorithm, seconds: float) -> float:
    command = [sys.executable, "-m", "benchmarks.bare_hash", algorithm, str(seconds)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return float(done.stdout)


async def _verify(algorithm: Algorithm, seconds: float) -> float:
    hasher = PasswordHasher(PasswordOptions(algorithm=algorithm, longest_wait=None))
    stored = await hasher.hash(PASSWORD)
    verified, started = 0, perf_counter()

    async def verify() -> None:
        nonlocal verified
        while perf_counter() - started < seconds:
            assert await hasher.verify(stored, PASSWORD)
            verified += 1

    await asyncio.gather(*(verify() for _ in range(_AT_ONCE)))
    hasher.close()
    return verified / (perf_counter() - started)


if __name__ == "__main__":
    chosen = next(algorithm for algorithm in get_args(Algorithm) if algorithm == sys.argv[1])
    print(asyncio.run(_verify(chosen, float(sys.argv[2]))))
