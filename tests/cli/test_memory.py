"""What `betterauth serve` does for its memory."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

# In a process of its own: what is measured is the process's allocator.
FAULTS_PER_HASH = """
import resource, sys, threading
from hashlib import scrypt
from betterauth_py.cli.memory import settle_memory

def hash_once():
    scrypt(b"password", salt=b"salt" * 8, n=16_384, r=16, p=1, dklen=64, maxmem=2**27)

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def measure():
    hash_once()
    before = faults()
    for _ in range(5):
        hash_once()
    print((faults() - before) // 5)

if sys.argv[1] == "settled":
    settle_memory()
thread = threading.Thread(target=measure)
thread.start()
thread.join()
"""


def faults_per_hash(how: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", FAULTS_PER_HASH, how],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="NOT TESTED: only glibc's malloc can be told")
def test_a_hash_uses_the_memory_of_the_one_before() -> None:
    assert faults_per_hash("as it is") > 5_000
    assert faults_per_hash("settled") < 500
