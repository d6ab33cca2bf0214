"""What `betterauth serve` does for its memory."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

# In a process of its own: what is measured is the process's allocator.
FAULTS_PER_HASH = """
import ctypes, resource, sys, threading
from hashlib import scrypt
from betterauth_py.cli.memory import settle_memory
from betterauth_py.options import EmailAndPasswordOptions, Options, PasswordOptions

def hash_once():
    scrypt(b"password", salt=b"salt" * 8, n=16_384, r=16, p=1, dklen=64, maxmem=2**27)

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def measure():
    hash_once()
    # As any library may: cut a piece off the memory of the hash before, and keep it.
    ctypes.CDLL(None).malloc(1_000_000)
    hash_once()
    before = faults()
    for _ in range(5):
        hash_once()
    print((faults() - before) // 5)

settle_memory(Options(email_and_password=EmailAndPasswordOptions(password=PasswordOptions(algorithm=sys.argv[1]))))
thread = threading.Thread(target=measure)
thread.start()
thread.join()
"""


def faults_per_hash(algorithm: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", FAULTS_PER_HASH, algorithm],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="NOT TESTED: only glibc's malloc can be told")
def test_where_scrypt_is_used_a_hash_uses_the_memory_of_the_one_before() -> None:
    assert faults_per_hash("argon2id") > 5_000
    assert faults_per_hash("scrypt") < 500
