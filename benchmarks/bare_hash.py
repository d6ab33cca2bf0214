"""The limit of signing in: password hashes on all cores and nothing else.

`python -m benchmarks.bare_hash <kind> <seconds>` prints how many a second.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Final

import argon2

from benchmarks.contestants import ROOT
from benchmarks.measure import Tell
from benchmarks.seed import PASSWORD
from betterauth_py.crypto.hash_queue import HashQueue
from betterauth_py.crypto.passwords import PasswordHasher
from betterauth_py.options.email_and_password import Argon2Options, PasswordOptions

ARGON2_CFFI: Final = "argon2id by argon2-cffi"
"""The usual library, which this server uses for unusual parameters only."""
KINDS: Final = ("argon2id", ARGON2_CFFI, "scrypt")
_AT_ONCE = 16
_SHORTEST = 1.0


@dataclass(frozen=True, kw_only=True)
class BareHash:
    """How many passwords a second this machine verifies when it does nothing else: the median of the rounds."""

    kind: str
    """An algorithm, as this server computes it, or `ARGON2_CFFI`."""
    throughput: float


def measure_bare_hashes(*, rounds: int, seconds: float, tell: Tell) -> list[BareHash]:
    """Measure every kind in turns."""
    taken: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for _ in range(rounds):
        for kind, rates in taken.items():
            rates.append(_bare_hash(kind, max(seconds, _SHORTEST)))
    found = [BareHash(kind=kind, throughput=median(rates)) for kind, rates in taken.items()]
    for bare in found:
        tell(f"bare {bare.kind}: {bare.throughput:.1f}/s")
    return found


def _bare_hash(kind: str, seconds: float) -> float:
    command = [sys.executable, "-m", "benchmarks.bare_hash", kind, str(seconds)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return float(done.stdout)


async def _verify(kind: str, seconds: float) -> float:
    queue = HashQueue(None, None)
    hasher = PasswordHasher(PasswordOptions(algorithm="scrypt" if kind == "scrypt" else "argon2id", longest_wait=None))
    options = Argon2Options()
    library = argon2.PasswordHasher(options.time_cost, options.memory_cost, options.parallelism)
    stored = await hasher.hash(PASSWORD)
    verified, started = 0, perf_counter()

    async def verify() -> None:
        nonlocal verified
        while perf_counter() - started < seconds:
            if kind == ARGON2_CFFI:
                assert await queue.run(library.verify, stored, PASSWORD)
            else:
                assert await hasher.verify(stored, PASSWORD)
            verified += 1

    await asyncio.gather(*(verify() for _ in range(_AT_ONCE)))
    hasher.close()
    queue.close()
    return verified / (perf_counter() - started)


if __name__ == "__main__":
    print(asyncio.run(_verify(sys.argv[1], float(sys.argv[2]))))
