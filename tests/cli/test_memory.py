"""What `betterauth serve` does for its memory."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

# In a process of its own: what is measured is the process's allocator.
HASHES = """
import asyncio, ctypes, resource, sys
from betterauth_py.cli.memory import settle_memory
from betterauth_py.crypto import hash_queue
from betterauth_py.crypto.passwords import PasswordHasher
from betterauth_py.options import PasswordOptions

THREADS = 2

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def resident():
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS:"))

async def main():
    hash_queue._IDLE_SECONDS = 0.5
    passwords = PasswordHasher(PasswordOptions(algorithm=sys.argv[1], workers=THREADS, longest_wait=None))
    if sys.argv[2] == "settled":
        settle_memory(passwords.when_idle)

    async def hash_on_all_threads():
        await asyncio.gather(*(passwords.hash("password1234") for _ in range(THREADS)))

    await hash_on_all_threads()
    # As any library may: cut a piece off the memory of the hash before, and keep it.
    ctypes.CDLL(None).malloc(1_000_000)
    for _ in range(2):
        await hash_on_all_threads()
    before = faults()
    for _ in range(5):
        await hash_on_all_threads()
    print((faults() - before) // (5 * THREADS), resident())
    await asyncio.sleep(1.5)
    print(resident())

asyncio.run(main())
"""

only_glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="NOT TESTED: only glibc's malloc can be told")


def hashes(algorithm: str, how: str) -> tuple[int, int, int]:
    """Page faults for each hash, MiB afterwards, and MiB once nothing has been hashed for a while."""
    done = subprocess.run(
        [sys.executable, "-c", HASHES, algorithm, how],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    faults, busy, idle = map(int, done.stdout.split())
    return faults, busy, idle


@only_glibc
@pytest.mark.parametrize(("algorithm", "mebibytes"), [("argon2id", 19), ("scrypt", 32)])
def test_a_hash_uses_the_memory_of_the_one_before_and_idle_threads_give_it_back(algorithm: str, mebibytes: int) -> None:
    faults, busy, idle = hashes(algorithm, "settled")
    assert faults < 500
    assert busy - idle > mebibytes


@only_glibc
def test_without_that_every_hash_with_scrypt_asks_the_kernel_for_its_memory() -> None:
    faults, _, _ = hashes("scrypt", "as it is")
    assert faults > 5_000
