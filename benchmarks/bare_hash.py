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

from benchmarks.contestants import ROOT
from benchmarks.measure import Tell
from benchmarks.portable_argon2 import take_openssl
from benchmarks.seed import PASSWORD
from betterauth_py.cli.memory import settle_memory
from betterauth_py.crypto.passwords import PasswordHasher
from betterauth_py.options import PasswordOptions

PORTABLE: Final = "argon2id for all processors"
"""By OpenSSL, as after a plain `pip install`."""
KINDS: Final = ("argon2id", PORTABLE, "scrypt")
_AT_ONCE = 16
_SHORTEST = 1.0


@dataclass(frozen=True, kw_only=True)
class BareHash:
    """How many passwords a second this machine verifies when it does nothing else: the median of the rounds."""

    kind: str
    """An algorithm, as this server computes it here, or `PORTABLE`."""
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
    if kind == PORTABLE:
        take_openssl()
    options = PasswordOptions(algorithm="scrypt" if kind == "scrypt" else "argon2id", longest_wait=None)
    hasher = PasswordHasher(options)
    settle_memory(hasher.when_idle)
    stored = await hasher.hash(PASSWORD)
    verified, started = 0, perf_counter()

    async def verify() -> None:
        nonlocal verified
        while perf_counter() - started < seconds:
            assert await hasher.verify(stored, PASSWORD)
            verified += 1

    await asyncio.gather(*(verify() for _ in range(_AT_ONCE)))
    rate = verified / (perf_counter() - started)
    hasher.close()
    return rate


if __name__ == "__main__":
    print(asyncio.run(_verify(sys.argv[1], float(sys.argv[2]))))
